#include "server/sso/oidc/back_channel_logout.h"

#include "server/sso/oidc/id_token.h"

namespace gatehouse::sso::oidc_rp {
namespace {

constexpr std::string_view logout_event = "http://schemas.openid.net/event/backchannel-logout";
constexpr std::size_t identifier_bytes_max = 255;
constexpr Duration age_max = minutes(10);

Failure malformed(std::string_view expected, std::string_view received) {
  return Failure(Diagnosis::id_token_malformed, std::string(expected), std::string(received));
}

// Older providers write no typ, or that of any JWT; ID tokens have the same, and what keeps them
// apart then is the event and the nonce.
Result<Unit, Failure> check_kind(std::string_view type, const Json& claims) {
  if (!type.empty() && type != "JWT" && type != "logout+jwt") {
    return malformed("typ logout+jwt", type);
  }
  const Json::Object* events = claims.object("events");
  const Json* events_member = claims.find("events");
  const Json* event = events == nullptr ? nullptr : events_member->find(logout_event);
  if (event == nullptr || event->object() == nullptr) {
    return malformed("the event " + std::string(logout_event), "a token without it");
  }
  if (claims.find("nonce") != nullptr) return malformed("no nonce", "a token with one");
  return Unit{};
}

// A text claim; empty if it is absent.
Result<std::string, Failure> identifier(const Json& claims, std::string_view name) {
  const Json* claim = claims.find(name);
  if (claim == nullptr) return std::string();
  const auto text = claim->string();
  if (!text.has_value() || text->empty() || text->size() > identifier_bytes_max) {
    return malformed(std::string(name) + ": a text of 1 to 255 bytes", "another value");
  }
  return std::string(*text);
}

Result<jose::ForeignJws, Failure> verify(ProviderDirectory& providers, const Relying& relying,
                                         const Endpoints& endpoints, std::string_view token,
                                         const Patience& patience) {
  const auto keys = TRY(providers.keys(relying, endpoints, patience));
  auto jws = jose::verify_foreign_jws(token, *keys);
  if (jws.ok()) return std::move(jws).value();
  if (jws.error().reason != jose::ForeignJwsRefusal::Reason::key_unknown) {
    return failure_of(jws.error());
  }
  const auto newer = TRY(providers.newer_keys(relying, endpoints, patience));
  auto again = jose::verify_foreign_jws(token, *newer);
  if (again.ok()) return std::move(again).value();
  return failure_of(again.error());
}

}  // namespace

Result<ProviderLogout, Failure> verify_logout_token(ProviderDirectory& providers,
                                                    const Relying& relying,
                                                    std::string_view logout_token,
                                                    const Patience& patience) {
  if (relying.proof != Relying::Proof::id_token) {
    return Failure(Diagnosis::connection_incomplete, "an OpenID provider", "an OAuth server");
  }
  const Endpoints endpoints = TRY(providers.endpoints(relying, patience));
  const jose::ForeignJws jws = TRY(verify(providers, relying, endpoints, logout_token, patience));
  const auto parsed = Json::parse(jws.payload);
  if (!parsed.ok() || parsed.value().object() == nullptr) {
    return malformed("claims in a JSON object", "something else");
  }
  const Json& claims = parsed.value();
  TRY(check_kind(jws.type, claims));
  ProviderLogout logout;
  logout.issuer = TRY(check_token_issuer(claims, endpoints.issuer, relying.tenants));
  TRY(check_token_audience(claims, relying.client_id));
  TRY(check_token_times(claims, patience.now, Claim::optional));
  const std::optional<Instant> issued_at = TRY(date_claim(claims, "iat"));
  if (patience.now > *issued_at + age_max) {
    return Failure(Diagnosis::id_token_expired, "iat within ten minutes", to_rfc3339(*issued_at));
  }
  logout.token_id = TRY(identifier(claims, "jti"));
  logout.subject = TRY(identifier(claims, "sub"));
  logout.session = TRY(identifier(claims, "sid"));
  if (logout.token_id.empty()) return malformed("jti", "none");
  if (logout.subject.empty() && logout.session.empty()) {
    return Failure(Diagnosis::subject_missing, "sub or sid", "neither");
  }
  logout.expires_at = *issued_at + age_max;
  return logout;
}

}  // namespace gatehouse::sso::oidc_rp
