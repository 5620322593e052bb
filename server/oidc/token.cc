#include "server/oidc/token.h"

#include "server/http/form_body.h"
#include "server/oidc/client_request.h"
#include "server/oidc/grants/grant.h"

namespace gatehouse::oidc {
namespace {

struct GrantType {
  std::string_view name;
  Result<IssuedTokens, OAuthError> (*run)(const grants::TokenRequest& request);
};

constexpr GrantType grant_types[] = {
    {"authorization_code", grants::authorization_code},
    {"refresh_token", grants::refresh_token},
    {"client_credentials", grants::client_credentials},
};

Result<IssuedTokens, OAuthError> run_grant(const grants::TokenRequest& request) {
  const auto wanted = request.form.get_given("grant_type");
  if (!wanted.has_value()) {
    return OAuthError(OAuthCode::invalid_request, "grant_type is missing.");
  }
  for (const GrantType& type : grant_types) {
    if (type.name != *wanted) continue;
    if (!request.client.application().may_use_grant(type.name)) {
      return OAuthError(OAuthCode::unauthorized_client, "This client cannot use this grant.");
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
