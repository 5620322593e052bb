#include "server/oidc/grants/grant.h"
#include "server/sessions/refresh.h"

namespace gatehouse::oidc::grants {
namespace {

using sessions::RefreshGrant;
using sessions::RefreshRefusal;
using storage::Transaction;

struct Refreshed {
  PersonGrant grant;
  Secret token;
};
using Refresh = std::variant<Refreshed, OAuthError>;

OAuthError invalid_grant(std::string detail) {
  return OAuthError(OAuthCode::invalid_grant,
                    "The refresh token is not valid: unknown, expired, revoked or used before.",
                    std::move(detail));
}

std::string_view refusal_name(RefreshRefusal refusal) {
  switch (refusal) {
    case RefreshRefusal::unknown: return "unknown, or another client's";
    case RefreshRefusal::ended: return "the grant or its session is over";
    case RefreshRefusal::reused: return "used before: the grant has been ended";
  }
  ensure_failed("refusal_name: not a RefreshRefusal");
}

// Scope may be narrowed for the new access token, never widened [RFC 6749 §6].
Result<ScopeSet, OAuthError> wanted_scope(const Form& form, std::string_view granted) {
  auto all = ScopeSet::parse(granted);
  ENSURE(all.has_value());
  const auto text = form.get_given("scope");
  if (!text.has_value()) return std::move(*all);
  auto asked = ScopeSet::parse(*text);
  if (!asked.has_value() || !asked->is_subset_of(*all)) {
    return OAuthError(OAuthCode::invalid_scope, "scope is wider than what was granted.");
  }
  return std::move(*asked);
}

Result<Refresh, Error> use(Transaction& transaction, const TokenRequest& request,
                           const Secret& shown) {
  const EnvironmentId environment = request.context.environment;
  const auto& application = request.client.application();
  using Kind = sessions::RefreshUse::ClientKind;
  auto outcome = TRY(sessions::use_refresh_token(
      transaction, environment, request.context, request.deps.random, request.deps.refresh_key,
      {.shown = shown,
       .application = application.id,
       .client_kind = application.is_confidential() ? Kind::confidential : Kind::public_}));
  if (const auto* refusal = std::get_if<RefreshRefusal>(&outcome)) {
    return Refresh(invalid_grant(std::string(refusal_name(*refusal))));
  }
  RefreshGrant& granted = std::get<RefreshGrant>(outcome);
  auto scope = wanted_scope(request.form, granted.family.scope);
  if (!scope.ok()) return Refresh(scope.error());
  auto grant = TRY(load_person_grant(transaction, environment, granted.live,
                                     granted.family.organization, std::move(scope).value(), {}));
  if (!grant.has_value()) return Refresh(invalid_grant("no longer a member"));
  TRY(add_claim_facts(transaction, environment, request.client, *grant));
  return Refresh(Refreshed{std::move(*grant), std::move(granted.token)});
}

}  // namespace

Result<IssuedTokens, OAuthError> refresh_token(const TokenRequest& request) {
  const auto shown = request.form.get_given("refresh_token");
  if (!shown.has_value()) {
    return OAuthError(OAuthCode::invalid_request, "refresh_token is missing.");
  }
  const Secret token{std::string(*shown)};
  const auto ring = request.deps.keys.snapshot(request.context.environment);
  if (ring == nullptr) {
    return OAuthError(OAuthCode::temporarily_unavailable, "Signing keys are being made.");
  }
  Refresh refresh =
      // By row: the family's own row decides who rotates it, and whether it has ended.
      TRY(storage::write_by_row(
          request.deps.database, request.context,
          [&](Transaction& transaction) { return use(transaction, request, token); }));
  if (auto* refusal = std::get_if<OAuthError>(&refresh)) return std::move(*refusal);
  Refreshed& refreshed = std::get<Refreshed>(refresh);
  IssuedTokens tokens = TRY(
      issue_person_tokens(*ring, {.environment = request.client.environment(),
                                  .application = request.client.application(),
                                  .grant = refreshed.grant,
                                  .custom_claims = request.client.entry().custom_claims,
                                  .token = TokenId::make(request.deps.random, request.context.now),
                                  .now = request.context.now}));
  tokens.refresh_token = std::move(refreshed.token);
  return tokens;
}

}  // namespace gatehouse::oidc::grants
