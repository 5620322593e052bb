#include "server/core/limits.h"
#include "server/oidc/grants/grant.h"

namespace gatehouse::oidc::grants {
namespace {

using applications::Application;

// The scopes asked for, as far as the application has them; all it has if it asked for none. The
// scopes of OpenID Connect mean nothing to a machine and are left out.
Result<ScopeSet, OAuthError> granted_scope(const Application& application, const Form& form) {
  const auto text = form.get_given("scope");
  if (!text.has_value()) return ScopeSet::of(application.scopes);
  if (text->size() > limits::scope_bytes_max) {
    return OAuthError(OAuthCode::invalid_scope, "scope is too long.");
  }
  const auto asked = ScopeSet::parse(*text);
  if (!asked.has_value()) return OAuthError(OAuthCode::invalid_scope, "scope is malformed.");
  const ScopeSet granted = asked->intersected_with(application.scopes);
  const ScopeSet of_persons = grantable_to_person(*asked);
  if (granted.list().size() + of_persons.list().size() < asked->list().size()) {
    return OAuthError(OAuthCode::invalid_scope, "The application does not have this scope.");
  }
  return granted;
}

}  // namespace

Result<IssuedTokens, OAuthError> client_credentials(const TokenRequest& request) {
  const Application& application = request.client.application();
  const applications::MachineClient* machine = request.client.machine();
  if (machine != nullptr && !machine->may_use_client_credentials()) {
    return OAuthError(OAuthCode::unauthorized_client, "This client acts for people only.");
  }
  const auto ring = request.deps.keys.snapshot(request.context.environment);
  if (ring == nullptr) {
    return OAuthError(OAuthCode::temporarily_unavailable, "Signing keys are being made.");
  }
  MachineGrant grant;
  grant.scope = TRY(granted_scope(application, request.form));
  if (machine != nullptr) {
    grant.organization = machine->organization();
    grant.organization_external_id = machine->organization_external_id;
  }
  return issue_machine_token(*ring,
                             {.environment = request.client.environment(),
                              .application = application,
                              .grant = grant,
                              .token = TokenId::make(request.deps.random, request.context.now),
                              .now = request.context.now});
}

}  // namespace gatehouse::oidc::grants
