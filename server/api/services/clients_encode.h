// ClientService: its messages and what they mean.

#pragma once

#include "scalekit/v1/clients/clients.pb.h"
#include "server/api/call.h"
#include "server/api/convert.h"
#include "server/api/methods.h"
#include "server/applications/consent.h"
#include "server/applications/machine_client.h"
#include "server/applications/resource.h"

namespace gatehouse::api {

namespace clients = scalekit::v1::clients;

using Texts = std::vector<std::string>;

void encode_client(const applications::Application& application, clients::Client& message);
void encode_secret(const applications::SecretRecord& secret, clients::ClientSecret& message);
void encode_machine_client(const applications::MachineClient& client, clients::M2MClient& message);
void encode_scope(const applications::Scope& scope, clients::Scope& message);
void encode_resource(const applications::Resource& resource, clients::Resource& message);
void encode_consent(const applications::Consent& consent, clients::ResourceUserConsent& message);

using TextMessages = google::protobuf::RepeatedPtrField<std::string>;
using ClaimMessages = google::protobuf::RepeatedPtrField<clients::CustomClaim>;
[[nodiscard]] Texts to_texts(const TextMessages& messages);
void set_texts(const Texts& texts, TextMessages& messages);
[[nodiscard]] std::vector<applications::CustomClaim> to_claims(const ClaimMessages& messages);

// Seconds as a field has them. Errors: invalid_argument, naming `field`: none that we could keep.
Result<Duration, Error> to_lifetime(std::int64_t seconds_given, std::string_view field);

// A field of the message that a request carries under `name` goes by that name to the caller.
[[nodiscard]] Error within(std::string_view name, Error error);
template <class Value>
[[nodiscard]] Result<Value, Error> within(std::string_view name, Result<Value, Error> result) {
  if (result.ok()) return result;
  return within(name, std::move(result).error());
}

// Which members of a message a request is about: those that its mask names; without a mask those
// that the message has.
class Wanted {
 public:
  // Errors: invalid_argument: the mask names something that is not among `known`.
  static Result<Wanted, Error> of(const google::protobuf::FieldMask& mask, std::string_view field,
                                  std::span<const std::string_view> known);

  // Whether `member` is to be changed; `present` says whether the message has it.
  enum class Present { yes, no };
  [[nodiscard]] bool has(std::string_view member, Present present) const;

 private:
  std::optional<Texts> paths_;
};
// tidy: allow bool-parameter: it is what turns one into words
[[nodiscard]] constexpr Wanted::Present present_if(bool condition) {
  return condition ? Wanted::Present::yes : Wanted::Present::no;
}

// What messages for organization and resource clients have in common. Errors: invalid_argument.
template <class Message>
Result<applications::NewMachineClient, Error> decode_new_client(const Message& message) {
  applications::NewMachineClient wanted{.name = message.name(),
                                        .description = message.description(),
                                        .scopes = to_texts(message.scopes()),
                                        .audience = to_texts(message.audience()),
                                        .custom_claims = to_claims(message.custom_claims())};
  if (message.expiry() != 0) wanted.token_lifetime = TRY(to_lifetime(message.expiry(), "expiry"));
  return wanted;
}
template <class Message>
Result<applications::MachineClientChange, Error> decode_client_change(const Message& message,
                                                                      const Wanted& wanted) {
  applications::MachineClientChange change;
  if (wanted.has("name", present_if(!message.name().empty()))) change.name = message.name();
  if (wanted.has("description", present_if(!message.description().empty()))) {
    change.description = message.description();
  }
  if (wanted.has("scopes", present_if(message.scopes_size() > 0))) {
    change.scopes = to_texts(message.scopes());
  }
  if (wanted.has("audience", present_if(message.audience_size() > 0))) {
    change.audience = to_texts(message.audience());
  }
  if (wanted.has("custom_claims", present_if(message.custom_claims_size() > 0))) {
    change.custom_claims = to_claims(message.custom_claims());
  }
  if (wanted.has("expiry", present_if(message.expiry() != 0))) {
    change.token_lifetime = message.expiry() == 0 ? applications::machine_token_lifetime_standard
                                                  : TRY(to_lifetime(message.expiry(), "expiry"));
  }
  return change;
}

// The parts of the service that stand in files of their own.
void add_application_secrets(Methods::Service& service);
void add_organization_clients(Methods::Service& service);
void add_resources(Methods::Service& service);
void add_resource_clients(Methods::Service& service);
void add_scopes_and_consents(Methods::Service& service);

}  // namespace gatehouse::api
