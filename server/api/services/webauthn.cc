// WebAuthnService: the passkeys of people as records. A signed-in person manages their own ones.

#include "scalekit/v1/auth/webauthn.pb.h"
#include "server/api/convert.h"
#include "server/api/services/all.h"
#include "server/encoding/base64.h"
#include "server/encoding/uri.h"
#include "server/sessions/device.h"
#include "server/users/credential.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::auth::webauthn;
using storage::Transaction;
using users::Credential;

bool is_their_own(const Caller& caller, UserId user) {
  return caller.kind != Caller::Kind::session || caller.user == user;
}

// The name that passkeys are bound to: the host of the issuer. [WebAuthn §4, RP ID]
std::string rp_id(const Call& call) {
  const auto uri = parse_uri(call.base_url());
  ENSURE(uri.has_value());  // what is no URI becomes no environment
  return uri->host;
}

void encode_authenticator(const users::Authenticator& authenticator,
                          pb::WebAuthnCredential& message) {
  message.set_attestation_type(authenticator.attestation_type);
  auto& model = *message.mutable_authenticator();
  model.set_aaguid(users::aaguid_text(authenticator.aaguid));
  model.set_name(std::string(users::authenticator_name(authenticator.aaguid)));
  model.set_attachment(std::string(users::attachment_name(authenticator.attachment)));
  for (const std::string& transport : authenticator.transports) message.add_transports(transport);
  auto& flags = *message.mutable_authenticator_flags();
  flags.set_user_present(true);  // no registration is accepted without
  flags.set_user_verified(authenticator.user_verified);
  flags.set_backup_eligible(authenticator.backup_eligible);
  flags.set_backup_state(authenticator.backup_state);
}

void encode_credential(const Credential& credential, pb::WebAuthnCredential& message) {
  message.set_id(credential.id.text());
  message.set_user_id(credential.user.text());
  message.set_credential_id(credential.credential_id);
  encode_authenticator(credential.authenticator, message);
  *message.mutable_created_at() = to_timestamp(credential.created_at);
  *message.mutable_updated_at() = to_timestamp(credential.updated_at);
  const sessions::Device device = sessions::parse_user_agent(credential.user_agent);
  auto& agent = *message.mutable_user_agent();
  agent.set_raw(credential.user_agent);
  agent.set_browser(device.browser);
  agent.set_browser_version(device.browser_version);
  agent.set_os(device.os);
  agent.set_os_version(device.os_version);
  agent.set_device_type(device.type);
  agent.set_device_model(device.model);
  message.mutable_client_info()->set_ip(credential.client_address);
  if (!credential.display_name.empty()) message.set_display_name(credential.display_name);
}

Result<UserId, Error> user_of(const Call& call, const pb::ListCredentialsRequest& request) {
  if (request.user_id().empty()) {
    if (call.caller.user.has_value()) return *call.caller.user;
    return refusal(ErrorCode::invalid_argument, "user_id must be given", "user_id");
  }
  const auto user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  if (!is_their_own(call.caller, user)) return not_found("user");
  return user;
}

Result<pb::ListCredentialsResponse, Error> list(const Call& call,
                                                const pb::ListCredentialsRequest& request) {
  const UserId user = TRY(user_of(call, request));
  const auto credentials = TRY(call.read([&](Transaction& transaction) {
    return users::list_credentials(transaction, call.environment(), user);
  }));
  pb::ListCredentialsResponse response;
  auto& accepted = *response.mutable_all_accepted_credentials_options();
  accepted.set_rp_id(rp_id(call));
  accepted.set_user_id(base64url_encode(users::user_handle(user)));
  for (const Credential& credential : credentials) {
    encode_credential(credential, *response.add_credentials());
    accepted.add_all_accepted_credential_ids(base64url_encode(credential.credential_id));
  }
  return response;
}

// Errors: not_found, also where it is another person's and the caller is one.
Result<Unit, Error> check_owner(const Call& call, Transaction& transaction, CredentialId id) {
  const auto found = TRY(users::find_credential(transaction, call.environment(), id));
  if (!found.has_value() || !is_their_own(call.caller, found->user)) {
    return not_found("credential");
  }
  return Unit{};
}

Result<pb::DeleteCredentialResponse, Error> remove(const Call& call,
                                                   const pb::DeleteCredentialRequest& request) {
  const auto id = TRY(parse_id<CredentialId>(request.credential_id(), "credential_id"));
  const Credential deleted =
      TRY(call.write([&](Transaction& transaction) -> Result<Credential, Error> {
        TRY(check_owner(call, transaction, id));
        return users::delete_credential(transaction, call.environment(), call.context,
                                        call.deps.random, id);
      }));
  pb::DeleteCredentialResponse response;
  response.set_success(true);
  auto& unknown = *response.mutable_unknown_credential_options();
  unknown.set_rp_id(rp_id(call));
  unknown.set_credential_id(base64url_encode(deleted.credential_id));
  return response;
}

Result<pb::UpdateCredentialResponse, Error> update(const Call& call,
                                                   const pb::UpdateCredentialRequest& request) {
  const auto id = TRY(parse_id<CredentialId>(request.credential_id(), "credential_id"));
  const Credential renamed =
      TRY(call.write([&](Transaction& transaction) -> Result<Credential, Error> {
        TRY(check_owner(call, transaction, id));
        return users::rename_credential(transaction, call.environment(), call.context,
                                        call.deps.random, id, request.display_name());
      }));
  pb::UpdateCredentialResponse response;
  encode_credential(renamed, *response.mutable_credential());
  return response;
}

Result<pb::GetRelatedOriginsResponse, Error> related_origins(const Call& call,
                                                             const pb::GetRelatedOriginsRequest&) {
  const auto origin = origin_of(call.base_url());
  ENSURE(origin.has_value());
  pb::GetRelatedOriginsResponse response;
  response.add_origins(*origin);
  return response;
}

}  // namespace

void add_web_authn_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.auth.webauthn.WebAuthnService");
  service.read("ListCredentials", list);
  service.write("DeleteCredential", remove);
  service.write("UpdateCredential", update);
  service.read("GetRelatedOrigins", related_origins);
  for (const auto* name : {"ListCredentials", "DeleteCredential", "UpdateCredential"}) {
    service.people_too(name);
  }
}

}  // namespace gatehouse::api
