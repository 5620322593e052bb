#include "server/sso/oidc/redeem.h"

#include <algorithm>
#include <array>

#include "server/encoding/uri.h"
#include "server/sso/oidc/authorize_url.h"
#include "server/sso/oidc/id_token.h"
#include "server/sso/oidc/profile.h"
#include "server/sso/oidc/token_request.h"
#include "server/sso/oidc/user_info.h"

namespace gatehouse::sso::oidc_rp {
namespace {

using connections::Provider;
using login::OutsideIdentity;

constexpr std::size_t parameter_bytes_max = 8 * 1024;

// One redemption under way.
struct Redemption {
  const RedeemDeps& deps;
  const Relying& relying;
  const CallbackParameters& answer;
  const AskedFor& asked_for;
  const Patience& patience;
  CheckLog& checks;
};

bool is_among(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// [RFC 6749 §4.1.2.1] [OIDC Core §3.1.2.6]; the user_cancelled_… are LinkedIn's.
Diagnosis diagnosis_of(std::string_view error) {
  constexpr std::array<std::string_view, 3> refusals = {"access_denied", "user_cancelled_login",
                                                        "user_cancelled_authorize"};
  constexpr std::array<std::string_view, 4> person_needed = {
      "login_required", "interaction_required", "consent_required", "account_selection_required"};
  constexpr std::array<std::string_view, 2> troubles = {"server_error", "temporarily_unavailable"};
  if (is_among(error, refusals)) return Diagnosis::provider_refused;
  if (is_among(error, person_needed)) return Diagnosis::provider_needs_user;
  if (is_among(error, troubles)) return Diagnosis::provider_error;
  return Diagnosis::provider_request_refused;
}

// `iss` of the answer must be the provider's that was asked [RFC 9207 §2.4]: a code of another one,
// brought here, would be sent to this one's token endpoint, or the other way round. OAuth servers
// that are not OpenID providers have no issuer that is known; theirs is held to the place where the
// browser was sent.
Result<Unit, Failure> check_response_issuer(const Redemption& at, const Endpoints& endpoints) {
  const std::string& stated = at.answer.iss;
  if (stated.empty()) {
    if (endpoints.response_issuer == Endpoints::ResponseIssuer::unannounced ||
        !at.answer.error.empty()) {
      return Unit{};
    }
    return Failure(Diagnosis::response_issuer_mismatch, endpoints.issuer, "no iss");
  }
  const std::size_t open = endpoints.issuer.find("{tenantid}");
  bool is_same = stated == endpoints.issuer;
  if (at.relying.proof != Relying::Proof::id_token) {
    const auto place = origin_of(endpoints.authorize_uri);
    is_same = place.has_value() && origin_of(stated) == place;
  } else if (open != std::string::npos) {
    // Which tenant it is, the ID token will say; until then the beginning has to do.
    is_same = stated.starts_with(std::string_view(endpoints.issuer).substr(0, open));
  }
  if (!is_same) return Failure(Diagnosis::response_issuer_mismatch, endpoints.issuer, stated);
  at.checks.passed("The answer comes from the provider that was asked.", stated);
  return Unit{};
}

Result<Unit, Failure> check_answer(const Redemption& at) {
  if (!at.answer.error.empty()) {
    std::string said = at.answer.error;
    if (!at.answer.error_description.empty()) said += ": " + at.answer.error_description;
    return Failure(diagnosis_of(at.answer.error), "a code", std::move(said));
  }
  if (at.answer.code.empty()) return Failure(Diagnosis::code_missing, "code", "none");
  at.checks.passed("The provider answered with a code.");
  return Unit{};
}

Result<VerifiedIdToken, Failure> check_id_token(const Redemption& at, const Endpoints& endpoints,
                                                const Tokens& tokens) {
  if (tokens.id_token.empty()) return Failure(Diagnosis::id_token_missing, "id_token", "none");
  const IdTokenExpectations expected{.issuer = endpoints.issuer,
                                     .tenants = at.relying.tenants,
                                     .client_id = at.relying.client_id,
                                     .nonce = nonce_of(at.deps.flow_key, at.asked_for.request_id),
                                     .nonce_need = at.relying.nonce,
                                     .access_token = std::string(tokens.access_token.reveal()),
                                     .now = at.patience.now};
  ProviderDirectory& providers = at.deps.providers;
  const auto keys = TRY(providers.keys(at.relying, endpoints, at.patience));
  auto verified = verify_id_token(tokens.id_token, *keys, expected, at.checks);
  if (verified.ok() || verified.error().diagnosis != Diagnosis::id_token_key_unknown) {
    return verified;
  }
  const auto newer = TRY(providers.newer_keys(at.relying, endpoints, at.patience));
  return verify_id_token(tokens.id_token, *newer, expected, at.checks);
}

// A provider that was asked for a fresh sign-in and says when it was must not name an old one. Many
// do not say.
Result<Unit, Failure> check_freshness(const Redemption& at, const Json& claims) {
  if (at.asked_for.authentication != ProviderRequest::Authentication::fresh) return Unit{};
  const std::optional<Instant> signed_in_at = TRY(date_claim(claims, "auth_time"));
  const Instant earliest = at.patience.now - limits::flow_lifetime - clock_skew_max;
  if (!signed_in_at.has_value() || *signed_in_at >= earliest) return Unit{};
  return Failure(Diagnosis::provider_needs_user, "a sign-in after " + to_rfc3339(earliest),
                 to_rfc3339(*signed_in_at));
}

// Userinfo completes an ID token that lacks something. If it cannot be had, an address in the ID
// token is enough; if it speaks of somebody else, nothing is.
Result<Json, Failure> complete(const Redemption& at, const Endpoints& endpoints,
                               const VerifiedIdToken& id_token, const Tokens& tokens) {
  const bool is_needed = completeness_of(at.relying, id_token.claims) == Completeness::lacking;
  if (!is_needed || endpoints.user_info_uri.empty()) return Json();
  auto read =
      read_user_info(at.deps.providers, at.relying, endpoints, tokens.access_token, at.patience);
  if (!read.ok()) {
    if (id_token.claims.string("email").has_value()) return Json();
    return std::move(read).error();
  }
  if (read.value().string("sub") != id_token.subject) {
    return Failure(Diagnosis::subject_mismatch, id_token.subject,
                   std::string(read.value().string("sub").value_or("no sub")));
  }
  at.checks.passed("The userinfo answer is about the same person.");
  return read;
}

// Of Entra ID, `oid`: the same person for every client, where `sub` is another for each.
Result<std::string, Failure> subject_for(const Relying& relying, const VerifiedIdToken& id_token) {
  if (!relying.is_microsoft()) return id_token.subject;
  const auto object = id_token.claims.string("oid");
  if (object.has_value() && !object->empty() && object->size() <= 255) return std::string(*object);
  return Failure(Diagnosis::subject_missing, "oid, which the scope profile brings", "none");
}

Result<OutsideIdentity, Failure> identity_by_id_token(const Redemption& at,
                                                      const Endpoints& endpoints,
                                                      const Tokens& tokens) {
  VerifiedIdToken id_token = TRY(check_id_token(at, endpoints, tokens));
  // What `iss` of the answer left open for Entra ID's tenants.
  if (!at.answer.iss.empty() && at.answer.iss != id_token.issuer) {
    return Failure(Diagnosis::response_issuer_mismatch, id_token.issuer, at.answer.iss);
  }
  TRY(check_freshness(at, id_token.claims));
  std::string subject = TRY(subject_for(at.relying, id_token));
  Json user_info = TRY(complete(at, endpoints, id_token, tokens));
  OutsideIdentity identity{.connection = at.relying.connection,
                           .issuer = std::move(id_token.issuer),
                           .subject = std::move(subject)};
  const PersonClaims claims{.id_token = std::move(id_token.claims),
                            .user_info = std::move(user_info)};
  TRY(fill_profile(at.relying, claims, identity));
  return identity;
}

Result<OutsideIdentity, Failure> identity_by_user_info(const Redemption& at,
                                                       const Endpoints& endpoints,
                                                       const Tokens& tokens) {
  const auto read = at.relying.proof == Relying::Proof::github ? read_github_user : read_user_info;
  Json user_info =
      TRY(read(at.deps.providers, at.relying, endpoints, tokens.access_token, at.patience));
  at.checks.passed("The provider gave the profile.");
  std::string subject = TRY(subject_of_user_info(at.relying, user_info));
  at.checks.passed("The profile names a subject.", subject);
  OutsideIdentity identity{.connection = at.relying.connection,
                           .issuer = endpoints.issuer,
                           .subject = std::move(subject)};
  const PersonClaims claims{.id_token = Json(), .user_info = std::move(user_info)};
  TRY(fill_profile(at.relying, claims, identity));
  return identity;
}

// Endpoints that answer no longer are read anew for the next sign-in.
void doubt_endpoints(const Redemption& at, const Failure& failure) {
  switch (failure.diagnosis) {
    case Diagnosis::provider_unreachable:
    case Diagnosis::provider_answer_malformed:
    case Diagnosis::token_request_refused:
    case Diagnosis::id_token_key_unknown:
      at.deps.providers.doubt(at.relying, at.patience.now);
      return;
    default: return;
  }
}

Result<OutsideIdentity, Failure> identify(const Redemption& at) {
  // What the provider refused is worth knowing also where it cannot be reached.
  if (at.answer.iss.empty() && !at.answer.error.empty()) TRY(check_answer(at));
  const Endpoints endpoints = TRY(at.deps.providers.endpoints(at.relying, at.patience));
  TRY(check_response_issuer(at, endpoints));
  TRY(check_answer(at));
  const auto tokens = TRY(
      request_tokens(at.deps, at.relying, endpoints,
                     {.code = at.answer.code, .request_id = at.asked_for.request_id}, at.patience));
  at.checks.passed("The provider took the code and gave tokens.");
  if (at.relying.proof == Relying::Proof::id_token) {
    return identity_by_id_token(at, endpoints, tokens);
  }
  return identity_by_user_info(at, endpoints, tokens);
}

}  // namespace

Result<CallbackParameters, Failure> callback_parameters(const Form& query) {
  CallbackParameters parameters;
  const std::array<std::pair<const char*, std::string*>, 5> wanted = {
      {{"state", &parameters.state},
       {"code", &parameters.code},
       {"error", &parameters.error},
       {"error_description", &parameters.error_description},
       {"iss", &parameters.iss}}};
  for (const auto& [name, place] : wanted) {
    const std::string_view value = query.get(name).value_or("");
    if (query.has_duplicates(name) || value.size() > parameter_bytes_max) {
      return Failure(Diagnosis::code_missing, std::string(name) + " once",
                     "it twice, or far too long");
    }
    *place = std::string(value);
  }
  return parameters;
}

Result<OutsideIdentity, Failure> redeem(const RedeemDeps& deps, const Relying& relying,
                                        const CallbackParameters& answer, const AskedFor& asked_for,
                                        const Patience& patience, CheckLog& checks) {
  const Redemption at{.deps = deps,
                      .relying = relying,
                      .answer = answer,
                      .asked_for = asked_for,
                      .patience = patience,
                      .checks = checks};
  auto identity = identify(at);
  if (!identity.ok()) {
    checks.failed(identity.error());
    doubt_endpoints(at, identity.error());
  }
  return identity;
}

}  // namespace gatehouse::sso::oidc_rp
