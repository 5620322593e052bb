#include "server/oidc/userinfo.h"

#include "server/http/authorization.h"
#include "server/http/form_body.h"
#include "server/oidc/error.h"

namespace gatehouse::oidc {
namespace {

using storage::Transaction;

// The one token of the request [RFC 6750 §2]: a header, or a form field, never both.
Result<std::vector<Secret>, OAuthError> read_tokens(const http::Request& request) {
  auto bearer = http::read_bearer(request);
  if (bearer.is_malformed) {
    return OAuthError(OAuthCode::invalid_request, "The Authorization header is malformed.");
  }
  const bool has_form = request.method == http::Method::post &&
                        http::has_content_type(request, "application/x-www-form-urlencoded");
  if (!has_form) return std::move(bearer.tokens);
  const auto form = http::read_form_body(request);
  if (!form.ok() || form.value().has_duplicates("access_token")) {
    return OAuthError(OAuthCode::invalid_request, "The form cannot be read.");
  }
  if (const auto token = form.value().get_given("access_token")) {
    if (!bearer.tokens.empty()) {
      return OAuthError(OAuthCode::invalid_request, "Send the access token one way only.");
    }
    bearer.tokens.emplace_back(std::string(*token));
  }
  return std::move(bearer.tokens);
}

Result<PersonGrant, OAuthError> load(const Deps& deps, const Context& context,
                                     const AccessToken& token) {
  const OAuthError invalid(OAuthCode::invalid_token, "The access token is not valid any more.");
  const auto scope = ScopeSet::parse(token.scope);
  if (!token.session.has_value() || !scope.has_value() || !scope->has("openid")) {
    return OAuthError(OAuthCode::insufficient_scope, "The access token has no scope openid.");
  }
  auto grant =
      TRY(storage::read(deps.database, context,
                        [&](Transaction& transaction) -> Result<std::optional<PersonGrant>, Error> {
                          auto state = TRY(token_state(transaction, context, token));
                          if (!state.has_value()) return std::optional<PersonGrant>();
                          PersonGrant found{.session = state->live->session,
                                            .user = std::move(state->live->user),
                                            .organization = token.organization,
                                            .organization_external_id = std::nullopt,
                                            .grants = {},
                                            .scope = *scope,
                                            .nonce = {}};
                          return std::optional(std::move(found));
                        }));
  if (!grant.has_value()) return invalid;
  return std::move(*grant);
}

}  // namespace

http::Response UserinfoEndpoint::answer(const Context& context,
                                        const http::Request& request) const {
  const auto shown = read_tokens(request);
  if (!shown.ok()) return bearer_error_response(shown.error());
  if (shown.value().empty()) return bearer_missing_response();

  const auto entry = deps_.catalog.current()->by_id(context.environment);
  std::shared_ptr<const AccessToken> token;
  for (const Secret& candidate : shown.value()) {
    token = tokens_.verify(deps_, context, entry->environment, candidate.reveal());
    if (token != nullptr) break;
  }
  if (token == nullptr) {
    return bearer_error_response(
        OAuthError(OAuthCode::invalid_token, "The access token is not valid."));
  }
  const auto grant = load(deps_, context, *token);
  if (!grant.ok()) return bearer_error_response(grant.error());
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.body = userinfo_claims(grant.value());
  return response;
}

}  // namespace gatehouse::oidc
