#include "server/api/caller.h"

#include "server/http/authorization.h"

namespace gatehouse::api {
namespace {

using storage::Transaction;

// The bits of scalekit.v1.options.AuthenticationType.
constexpr std::uint32_t bit_none = 1;
constexpr std::uint32_t bit_client = 4;
constexpr std::uint32_t bit_user = 8;
constexpr std::uint32_t bit_session = 16;

constexpr std::string_view organization_client_prefix = "m2morg_";

Error no_token(std::string_view detail) {
  return refusal(ErrorCode::unauthenticated, std::string(detail));
}

// What a verified token makes of its bearer.
Result<Caller, Error> caller_of(const Deps& deps, const Context& context,
                                const applications::CatalogEntry& entry,
                                const oidc::AccessToken& token) {
  const auto state = TRY(storage::read(deps.database, context, [&](Transaction& transaction) {
    return oidc::token_state(transaction, context, token);
  }));
  if (!state.has_value()) return no_token("the access token is not valid any more");
  if (state->live.has_value()) {
    return Caller{.kind = Caller::Kind::session,
                  .client_id = token.client_id,
                  .user = state->live->user.id,
                  .session = token.session,
                  .organization = token.organization};
  }
  if (token.client_id.starts_with(organization_client_prefix)) {
    return refusal(ErrorCode::permission_denied,
                   "a client of an organization may not use this API");
  }
  const applications::Application* application = entry.find(token.client_id);
  if (application == nullptr || !application->allow_api_access) {
    return no_token("this client has no access to the API");
  }
  return Caller{.kind = Caller::Kind::client, .client_id = token.client_id};
}

}  // namespace

bool is_open(const Method& method) { return (method.callers & bit_none) != 0; }

Result<Caller, Error> authenticate(const Deps& deps, const Context& context,
                                   const applications::CatalogEntry& entry,
                                   const http::Request& request) {
  const auto bearer = http::read_bearer(request);
  Error reason = bearer.is_malformed ? no_token("the Authorization header is malformed")
                                     : no_token("the request has no access token");
  for (const Secret& candidate : bearer.tokens) {
    const auto token =
        deps.access_tokens.verify(deps.oidc, context, entry.environment, candidate.reveal());
    if (token == nullptr) {
      reason = no_token("the access token is not valid");
      continue;
    }
    auto caller = caller_of(deps, context, entry, *token);
    if (caller.ok()) return caller;
    reason = std::move(caller).error();
    const bool is_refusal =
        reason.code == ErrorCode::unauthenticated || reason.code == ErrorCode::permission_denied;
    if (!is_refusal) return reason;
  }
  return reason;
}

Result<Unit, Error> authorize(const Caller& caller, const Method& method) {
  if (is_open(method)) return Unit{};
  switch (caller.kind) {
    case Caller::Kind::client:
      if ((method.callers & bit_client) != 0) return Unit{};
      return refusal(ErrorCode::permission_denied, "this method is not for API clients");
    case Caller::Kind::session:
      if (method.admits_people && (method.callers & (bit_session | bit_user)) != 0) return Unit{};
      return refusal(ErrorCode::permission_denied,
                     "this method needs an access token of an API client");
    case Caller::Kind::anonymous: break;
  }
  return no_token("the request has no access token");
}

}  // namespace gatehouse::api
