#include "server/oidc/client_auth.h"

#include "server/http/authorization.h"

namespace gatehouse::oidc {
namespace {

using applications::Application;

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

// The last line is the permission: everything before it refuses.
bool is_authentic(const Application& application, const Secret& secret, Instant now) {
  if (!application.is_confidential()) return secret.empty();
  if (secret.empty()) return false;
  return applications::secret_matches(application, secret.reveal(), now);
}

}  // namespace

struct ClientAuthentication {
  static AuthenticatedClient make(std::shared_ptr<const applications::CatalogEntry> entry,
                                  const Application& application) {
    return AuthenticatedClient(std::move(entry), application);
  }
};

Result<AuthenticatedClient, ClientRefusal> authenticate_client(
    const http::Request& request, const Form& form,
    std::shared_ptr<const applications::CatalogEntry> entry, Instant now) {
  const Claimed claimed = TRY(read_claim(request, form));
  const Application* application = entry->find(claimed.client_id);
  if (application == nullptr || !is_authentic(*application, claimed.secret, now)) {
    return refuse(OAuthCode::invalid_client, "Client authentication failed.", claimed);
  }
  return ClientAuthentication::make(std::move(entry), *application);
}

}  // namespace gatehouse::oidc
