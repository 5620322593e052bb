#include "server/oidc/client_auth.h"

#include "server/http/authorization.h"

namespace gatehouse::oidc {
namespace {

using applications::Application;
using applications::SecretRecord;

// What a request says about its client, before anything is believed.
struct Claimed {
  std::string client_id;
  Secret secret;  // empty: none shown
  Challenge challenge = Challenge::none;
};

ClientRefusal refuse(OAuthCode code, std::string description, const Claimed& claimed) {
  return {OAuthError(code, std::move(description)), claimed.challenge,
          claimed.client_id.substr(0, 100)};
}

Result<Claimed, ClientRefusal> read_claim(const http::Request& request, const Form& form) {
  Claimed claimed;
  for (const char* name : {"client_id", "client_secret"}) {
    if (form.has_duplicates(name)) {
      return refuse(OAuthCode::invalid_request, "A parameter was sent more than once.", claimed);
    }
  }
  const auto form_id = form.get_given("client_id");
  // Public clients of some SDKs send an empty client_secret: that is none.
  const auto form_secret = form.get_given("client_secret");
  auto basic = http::read_basic(request);
  if (basic.state == http::BasicRead::State::malformed) {
    claimed.challenge = Challenge::basic;
    return refuse(OAuthCode::invalid_request, "The Authorization header is malformed.", claimed);
  }
  if (basic.state == http::BasicRead::State::found) {
    claimed = {std::move(basic.client_id), std::move(basic.client_secret), Challenge::basic};
    if (form_secret.has_value() || (form_id.has_value() && *form_id != claimed.client_id)) {
      return refuse(OAuthCode::invalid_request, "Use one way of client authentication.", claimed);
    }
    return claimed;
  }
  claimed.client_id = form_id.value_or(std::string_view());
  claimed.secret = Secret(std::string(form_secret.value_or(std::string_view())));
  if (claimed.client_id.empty()) {
    return refuse(OAuthCode::invalid_client, "Client authentication failed.", claimed);
  }
  return claimed;
}

// The secret that was shown, if it is one of `application`; null otherwise. Takes the same work
// whether or not there is such an application.
const SecretRecord* shown_secret(const Application* application, const Secret& secret,
                                 Instant now) {
  constexpr std::span<const SecretRecord> none;
  const std::span<const SecretRecord> held =
      application == nullptr ? none : std::span<const SecretRecord>(application->secrets);
  return applications::matching_secret(held, secret.reveal(), now);
}

// The last line is the permission: everything before it refuses.
bool is_authentic(const Application& application, const Secret& secret, const SecretRecord* match) {
  if (!application.is_confidential()) return secret.empty();
  if (secret.empty()) return false;
  return match != nullptr;
}

}  // namespace

struct ClientAuthentication {
  static AuthenticatedClient make(std::shared_ptr<const applications::CatalogEntry> entry,
                                  const Application& application) {
    return AuthenticatedClient(std::move(entry), application);
  }
  static AuthenticatedClient make(std::shared_ptr<const applications::CatalogEntry> entry,
                                  applications::MachineClient client) {
    Application application = applications::as_application(client, default_algorithm(*entry));
    return AuthenticatedClient(
        std::move(entry),
        std::make_shared<const AuthenticatedClient::Machine>(
            AuthenticatedClient::Machine{std::move(client), std::move(application)}));
  }

 private:
  // Machine clients choose none of their own.
  static std::string default_algorithm(const applications::CatalogEntry& entry) {
    for (const auto& [client_id, application] : entry.by_client_id) {
      if (application.type == applications::Type::env) return application.signing_algorithm;
    }
    return "RS256";
  }
};

namespace {

// The client that is claimed, before its proof; nullopt if there is none.
Result<std::optional<AuthenticatedClient>, Error> find_client(
    const Deps& deps, const Context& context,
    const std::shared_ptr<const applications::CatalogEntry>& entry, const std::string& client_id) {
  if (const Application* application = entry->find(client_id); application != nullptr) {
    return std::optional(ClientAuthentication::make(entry, *application));
  }
  if (!applications::looks_like_machine_client(client_id)) {
    return std::optional<AuthenticatedClient>();
  }
  auto found = TRY(storage::read(deps.database, context, [&](storage::Transaction& transaction) {
    return applications::find_machine_client(transaction, context.environment, client_id);
  }));
  if (!found.has_value()) return std::optional<AuthenticatedClient>();
  return std::optional(ClientAuthentication::make(entry, std::move(*found)));
}

}  // namespace

Result<AuthenticatedClient, ClientRefusal> authenticate_client(
    const Deps& deps, const Context& context, const http::Request& request, const Form& form,
    std::shared_ptr<const applications::CatalogEntry> entry) {
  const Claimed claimed = TRY(read_claim(request, form));
  auto client = find_client(deps, context, entry, claimed.client_id);
  if (!client.ok()) {
    return ClientRefusal{OAuthError(client.error()), claimed.challenge,
                         claimed.client_id.substr(0, 100)};
  }
  std::optional<AuthenticatedClient>& found = client.value();
  const Application* application = found.has_value() ? &found->application() : nullptr;
  const SecretRecord* match = shown_secret(application, claimed.secret, context.now);
  if (application == nullptr || !is_authentic(*application, claimed.secret, match)) {
    return refuse(OAuthCode::invalid_client, "Client authentication failed.", claimed);
  }
  if (match != nullptr) {
    deps.secret_uses.note(
        {.environment = context.environment, .secret = match->id, .at = context.now});
  }
  return std::move(*found);
}

}  // namespace gatehouse::oidc
