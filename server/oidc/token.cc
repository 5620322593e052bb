#include "server/oidc/token.h"

#include "server/http/form_body.h"
#include "server/oidc/client_request.h"
#include "server/oidc/grants/grant.h"

namespace gatehouse::oidc {
namespace {

struct GrantType {
  std::string_view name;
  Result<IssuedTokens, OAuthError> (*run)(const grants::TokenRequest& request);
  bool for_machines;  // what M2M applications may use
};

constexpr GrantType grant_types[] = {
    {"authorization_code", grants::authorization_code, false},
    {"refresh_token", grants::refresh_token, false},
    {"client_credentials", grants::client_credentials, true},
};

Result<IssuedTokens, OAuthError> run_grant(const grants::TokenRequest& request) {
  const auto wanted = request.form.get_given("grant_type");
  if (!wanted.has_value()) {
    return OAuthError(OAuthCode::invalid_request, "grant_type is missing.");
  }
  const bool is_machine = request.client.application().type == applications::Type::m2m;
  for (const GrantType& type : grant_types) {
    if (type.name != *wanted) continue;
    if (is_machine && !type.for_machines) {
      return OAuthError(OAuthCode::unauthorized_client, "A machine cannot use this grant.");
    }
    return type.run(request);
  }
  return OAuthError(OAuthCode::unsupported_grant_type, "This grant_type is not supported.");
}

}  // namespace

http::Response TokenEndpoint::post(const Context& context, const http::Request& request) const {
  const auto opened = open_client_request(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const ClientRequest& asked = opened.value();
  Context by_client = context;
  by_client.actor = {ActorType::client, asked.client.application().client_id};

  const auto tokens = run_grant({deps_, by_client, asked.form, asked.client});
  if (!tokens.ok()) {
    note_client_refusal(deps_, by_client, audit::Event::token_refused,
                        asked.client.application().client_id, tokens.error());
    return oauth_error_response(tokens.error());
  }
  return token_response(tokens.value());
}

}  // namespace gatehouse::oidc
