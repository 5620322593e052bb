#include "server/oidc/code.h"
#include "server/oidc/grants/grant.h"
#include "server/oidc/pkce.h"
#include "server/sessions/refresh.h"

namespace gatehouse::oidc::grants {
namespace {

using applications::Application;
using storage::Transaction;

// What redeeming a code comes to. A refusal is a value: the transaction commits, so the code stays
// used whatever was wrong with the rest.
struct Redeemed {
  PersonGrant grant;
  TokenId token;
  std::optional<Secret> refresh_token;
};
using Redemption = std::variant<Redeemed, OAuthError>;

OAuthError invalid_grant(std::string detail) {
  return OAuthError(OAuthCode::invalid_grant,
                    "The authorization code is not valid: unknown, expired, used before or not "
                    "for this request.",
                    std::move(detail));
}

// The challenge of the authorization request and the verifier of this one go together: both or
// neither [RFC 9700 §2.1.1].
std::optional<OAuthError> check_verifier(const Application& application, const CodeGrant& grant,
                                         std::string_view verifier) {
  if (grant.code_challenge.empty()) {
    if (!verifier.empty()) return invalid_grant("a verifier without a challenge");
    if (!application.is_confidential()) return invalid_grant("a public client without PKCE");
    return std::nullopt;
  }
  if (verifier.empty()) return invalid_grant("code_verifier is missing");
  if (!is_code_verifier(verifier) || !verifier_matches(verifier, grant.code_challenge)) {
    return invalid_grant("code_verifier does not match");
  }
  return std::nullopt;
}

std::optional<OAuthError> check_binding(const TokenRequest& request, const CodeGrant& grant) {
  const Application& application = request.client.application();
  if (grant.application != application.id) return invalid_grant("issued to another client");
  if (request.form.get_given("redirect_uri") != grant.redirect_uri) {
    return invalid_grant("redirect_uri is not that of the authorization request");
  }
  return check_verifier(application, grant,
                        request.form.get_given("code_verifier").value_or(std::string_view()));
}

// A code that is shown again may have been stolen: whatever it was once good for ends.
Result<OAuthError, Error> punish_reuse(Transaction& transaction, const TokenRequest& request,
                                       const CodeGrant& grant) {
  const EnvironmentId environment = request.context.environment;
  const Instant now = request.context.now;
  TRY(sessions::end_families_of(transaction, environment, grant.session, grant.application,
                                sessions::EndReason::reuse_detected, now));
  TRY(sessions::revoke_token(
      transaction, environment, grant.token,
      now + access_token_lifetime(request.client.environment(), request.client.application())));
  TRY(audit::record(transaction, environment, request.context, request.deps.random,
                    {.event = audit::Event::code_reused,
                     .outcome = audit::Outcome::refused,
                     .subject_type = "session",
                     .subject_id = grant.session.text(),
                     .organization = grant.organization,
                     .client_id = request.client.application().client_id}));
  return invalid_grant("used before");
}

Result<Redemption, Error> accept(Transaction& transaction, const TokenRequest& request,
                                 const CodeGrant& code) {
  const EnvironmentId environment = request.context.environment;
  const Instant now = request.context.now;
  const Application& application = request.client.application();
  const auto live = TRY(sessions::check_id(transaction, environment, code.session, now));
  if (!live.has_value()) return Redemption(invalid_grant("the session is over"));
  auto scope = ScopeSet::parse(code.scope);
  ENSURE(scope.has_value());
  auto grant = TRY(load_person_grant(transaction, environment, *live, code.organization,
                                     std::move(*scope), code.nonce));
  if (!grant.has_value()) return Redemption(invalid_grant("no longer a member"));
  TRY(add_claim_facts(transaction, environment, request.client, *grant));

  Redeemed redeemed{std::move(*grant), code.token, std::nullopt};
  TRY(sessions::note_client(transaction, environment, code.session, application.id,
                            code.organization, now));
  if (redeemed.grant.scope.has("offline_access")) {
    redeemed.refresh_token = TRY(sessions::start_family(
        transaction, environment, request.deps.random, request.deps.refresh_key, now,
        {.session = code.session,
         .application = application.id,
         .organization = code.organization,
         .scope = code.scope}));
  }
  Context by_user = request.context;
  by_user.actor = {ActorType::user, code.user.text()};
  TRY(audit::record(transaction, environment, by_user, request.deps.random,
                    {.event = audit::Event::code_redeemed,
                     .subject_type = "session",
                     .subject_id = code.session.text(),
                     .organization = code.organization,
                     .client_id = application.client_id}));
  return Redemption(std::move(redeemed));
}

Result<Redemption, Error> redeem(Transaction& transaction, const TokenRequest& request,
                                 std::string_view code) {
  const CodeRedemption redemption =
      TRY(redeem_code(transaction, request.context.environment, code, request.context.now));
  if (std::holds_alternative<CodeUnknown>(redemption)) {
    return Redemption(invalid_grant("unknown or expired"));
  }
  if (const auto* reused = std::get_if<CodeReused>(&redemption)) {
    // Only its own client can say that a code is shown again; from anybody else it is unknown.
    if (reused->grant.application != request.client.application().id) {
      return Redemption(invalid_grant("used before, by another client"));
    }
    return Redemption(TRY(punish_reuse(transaction, request, reused->grant)));
  }
  const CodeGrant& grant = std::get<CodeGrant>(redemption);
  if (auto refusal = check_binding(request, grant)) return Redemption(std::move(*refusal));
  return accept(transaction, request, grant);
}

}  // namespace

Result<IssuedTokens, OAuthError> authorization_code(const TokenRequest& request) {
  const auto shown = request.form.get_given("code");
  if (!shown.has_value()) {
    return OAuthError(OAuthCode::invalid_request, "code is missing.");
  }
  const Secret code{std::string(*shown)};
  // Keys first: a code is not used up for an answer that cannot be signed.
  const auto ring = request.deps.keys.snapshot(request.context.environment);
  if (ring == nullptr) {
    return OAuthError(OAuthCode::temporarily_unavailable, "Signing keys are being made.");
  }
  Redemption redemption =
      // By row: the code's own row decides who redeems it. A family that begins while its session
      // ends is of no use: each use of it asks for the session.
      TRY(storage::write_by_row(
          request.deps.database, request.context,
          [&](Transaction& transaction) { return redeem(transaction, request, code.reveal()); }));
  if (auto* refusal = std::get_if<OAuthError>(&redemption)) return std::move(*refusal);
  Redeemed& redeemed = std::get<Redeemed>(redemption);
  IssuedTokens tokens =
      TRY(issue_person_tokens(*ring, {.environment = request.client.environment(),
                                      .application = request.client.application(),
                                      .grant = redeemed.grant,
                                      .custom_claims = request.client.entry().custom_claims,
                                      .token = redeemed.token,
                                      .now = request.context.now,
                                      .code = &code}));
  tokens.refresh_token = std::move(redeemed.refresh_token);
  return tokens;
}

}  // namespace gatehouse::oidc::grants
