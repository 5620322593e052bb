#include "server/sso/oidc/id_token.h"

#include <algorithm>
#include <cmath>

#include "server/core/secret.h"
#include "server/encoding/base64.h"

namespace gatehouse::sso::oidc_rp {
namespace {

constexpr std::size_t subject_bytes_max = 255;  // [OIDC Core §2]
constexpr std::string_view any_tenant = "{tenantid}";
constexpr std::string_view personal_tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
// 9999-12-31T23:59:59Z: a later date is nobody's honest one.
constexpr double unix_seconds_max = 253'402'300'799;

std::string kind_of(const Json* value) {
  if (value == nullptr) return "nothing";
  if (value->is_null()) return "null";
  if (value->number().has_value()) return "a number";
  if (value->string().has_value()) return "a text";
  return "a value of another kind";
}

bool is_equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

bool may_come(std::string_view tenant, const Tenants& tenants) {
  switch (tenants.kind) {
    case Tenants::Kind::any: return true;
    case Tenants::Kind::organizations: return tenant != personal_tenant;
    case Tenants::Kind::listed:
      return std::find(tenants.ids.begin(), tenants.ids.end(), tenant) != tenants.ids.end();
  }
  return false;
}

std::string allowed_tenants(const Tenants& tenants) {
  if (tenants.kind == Tenants::Kind::organizations) return "a tenant of an organization";
  if (tenants.ids.empty()) return "an issuer of one tenant, or a list of tenants";
  std::string text = "tenant";
  for (const std::string& id : tenants.ids) text += " " + id;
  return text;
}

std::string listed(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text.empty() ? "nothing" : text;
}

// nullopt if it is neither a text nor texts.
std::optional<std::vector<std::string>> audiences_of(const Json& claims) {
  const Json* aud = claims.find("aud");
  if (aud == nullptr) return std::nullopt;
  if (const auto one = aud->string()) return std::vector{std::string(*one)};
  const Json::Array* array = aud->array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> all;
  for (const Json& element : *array) {
    const auto text = element.string();
    if (!text.has_value()) return std::nullopt;
    all.emplace_back(*text);
  }
  return all;
}

// "JWT" in any letters, or nothing: a token that says to be for something else is not taken.
Result<Unit, Failure> check_type(std::string_view type) {
  if (type.empty() || is_equal_ignoring_case(type, "JWT")) return Unit{};
  return Failure(Diagnosis::id_token_malformed, "typ JWT", "typ " + std::string(type));
}

Result<Unit, Failure> check_nonce(const Json& claims, const IdTokenExpectations& expected) {
  const Json* nonce = claims.find("nonce");
  if (nonce == nullptr && expected.nonce_need == Relying::Nonce::if_present) return Unit{};
  const auto text = claims.string("nonce");
  if (text.has_value() && equal_in_constant_time(*text, expected.nonce)) return Unit{};
  return Failure(Diagnosis::id_token_nonce_mismatch, "the nonce of this sign-in",
                 text.has_value() ? "another nonce" : kind_of(nonce));
}

// The left half of the digest of the access token [OIDC Core §3.1.3.6].
Result<Unit, Failure> check_access_token_hash(const Json& claims, crypto::DigestAlgorithm digest,
                                              std::string_view access_token) {
  if (claims.find("at_hash") == nullptr || access_token.empty()) return Unit{};
  const std::string hash = crypto::digest(digest, access_token);
  const std::string expected = base64url_encode(hash.substr(0, hash.size() / 2));
  // Some write padding, which is no part of base64url here.
  std::string_view stated = claims.string("at_hash").value_or("");
  while (stated.ends_with('=')) stated.remove_suffix(1);
  if (equal_in_constant_time(stated, expected)) return Unit{};
  return Failure(Diagnosis::id_token_hash_mismatch, "the hash of the access token", "another");
}

}  // namespace

Failure failure_of(const jose::ForeignJwsRefusal& refusal) {
  using Reason = jose::ForeignJwsRefusal::Reason;
  switch (refusal.reason) {
    case Reason::malformed:
      return Failure(Diagnosis::id_token_malformed, "a signed JWT", refusal.detail);
    case Reason::algorithm_refused:
      return Failure(Diagnosis::id_token_algorithm_refused,
                     "RS256, PS256, ES256, EdDSA or a longer relative", refusal.detail);
    case Reason::key_unknown:
      return Failure(Diagnosis::id_token_key_unknown, "a key of the provider's key set",
                     refusal.detail);
    case Reason::signature_wrong:
      return Failure(Diagnosis::id_token_signature_invalid, "a signature by that key",
                     refusal.detail);
  }
  ensure_failed("unknown Reason");
}

Result<std::optional<Instant>, Failure> date_claim(const Json& claims, std::string_view name) {
  const Json* claim = claims.find(name);
  if (claim == nullptr) return std::optional<Instant>();
  const auto value = claim->number();
  if (!value.has_value() || *value < 0 || *value > unix_seconds_max) {
    return Failure(Diagnosis::id_token_malformed, std::string(name) + ": seconds since 1970",
                   kind_of(claim));
  }
  return std::optional(Instant(seconds(static_cast<std::int64_t>(std::floor(*value)))));
}

Result<std::string, Failure> subject_of(const Json& claims) {
  const auto subject = claims.string("sub");
  if (!subject.has_value() || subject->empty() || subject->size() > subject_bytes_max) {
    return Failure(Diagnosis::subject_missing, "sub: a text of 1 to 255 bytes",
                   subject.has_value() ? std::to_string(subject->size()) + " bytes"
                                       : kind_of(claims.find("sub")));
  }
  return std::string(*subject);
}

Result<std::string, Failure> check_token_issuer(const Json& claims, std::string_view issuer,
                                                const Tenants& tenants) {
  const std::string stated(claims.string("iss").value_or(""));
  const std::size_t open = issuer.find(any_tenant);
  if (open == std::string_view::npos) {
    if (!stated.empty() && stated == issuer) return stated;
    return Failure(Diagnosis::id_token_issuer_mismatch, std::string(issuer), stated);
  }
  const std::string tenant(claims.string("tid").value_or(""));
  const std::string closed = std::string(issuer.substr(0, open)) + tenant +
                             std::string(issuer.substr(open + any_tenant.size()));
  if (tenant.empty() || stated != closed) {
    return Failure(Diagnosis::id_token_issuer_mismatch,
                   tenant.empty() ? std::string(issuer) : closed, stated);
  }
  if (!may_come(tenant, tenants)) {
    return Failure(Diagnosis::tenant_refused, allowed_tenants(tenants), "tenant " + tenant);
  }
  return stated;
}

Result<Unit, Failure> check_token_audience(const Json& claims, std::string_view client_id) {
  const auto audiences = audiences_of(claims);
  if (!audiences.has_value() ||
      std::find(audiences->begin(), audiences->end(), client_id) == audiences->end()) {
    return Failure(Diagnosis::id_token_audience_mismatch, std::string(client_id),
                   listed(audiences.value_or(std::vector<std::string>())));
  }
  const Json* party = claims.find("azp");
  if (party == nullptr && audiences->size() == 1) return Unit{};
  if (claims.string("azp") == client_id) return Unit{};
  return Failure(Diagnosis::id_token_party_mismatch, "azp " + std::string(client_id),
                 party == nullptr ? "audiences " + listed(*audiences) + " and no azp"
                                  : "azp " + std::string(claims.string("azp").value_or("")));
}

Result<Unit, Failure> check_token_times(const Json& claims, Instant now, Claim expiry) {
  const std::optional<Instant> expires_at = TRY(date_claim(claims, "exp"));
  const std::optional<Instant> issued_at = TRY(date_claim(claims, "iat"));
  const std::optional<Instant> not_before = TRY(date_claim(claims, "nbf"));
  if (!issued_at.has_value() || (!expires_at.has_value() && expiry == Claim::required)) {
    return Failure(Diagnosis::id_token_malformed, "exp and iat", "a token without one of them");
  }
  if (expires_at.has_value() && now >= *expires_at + clock_skew_max) {
    return Failure(Diagnosis::id_token_expired, "exp after " + to_rfc3339(now),
                   to_rfc3339(*expires_at));
  }
  const Instant latest = std::max(*issued_at, not_before.value_or(*issued_at));
  if (latest > now + clock_skew_max) {
    return Failure(Diagnosis::id_token_not_yet_valid, "iat and nbf before " + to_rfc3339(now),
                   to_rfc3339(latest));
  }
  return Unit{};
}

Result<VerifiedIdToken, Failure> verify_id_token(std::string_view token,
                                                 const jose::ForeignKeys& keys,
                                                 const IdTokenExpectations& expected,
                                                 CheckLog& checks) {
  auto jws = jose::verify_foreign_jws(token, keys);
  if (!jws.ok()) return failure_of(jws.error());
  checks.passed("The ID token is signed by a key of the provider.",
                jws.value().kid.empty() ? "" : "kid " + jws.value().kid);
  TRY(check_type(jws.value().type));
  auto parsed = Json::parse(jws.value().payload, {.bytes_max = jose::foreign_token_bytes_max});
  if (!parsed.ok() || parsed.value().object() == nullptr) {
    return Failure(Diagnosis::id_token_malformed, "claims in a JSON object",
                   parsed.ok() ? "JSON of another kind" : parsed.error().detail);
  }
  const Json& claims = parsed.value();
  std::string issuer = TRY(check_token_issuer(claims, expected.issuer, expected.tenants));
  checks.passed("The ID token was issued by the provider of this connection.", issuer);
  TRY(check_token_audience(claims, expected.client_id));
  checks.passed("The ID token is meant for this connection's client.", expected.client_id);
  TRY(check_token_times(claims, expected.now, Claim::required));
  checks.passed("The ID token is valid now.");
  TRY(check_nonce(claims, expected));
  checks.passed("The ID token was made for this sign-in.",
                claims.find("nonce") == nullptr ? "this provider writes no nonce" : "");
  TRY(check_access_token_hash(claims, crypto::digest_of(jws.value().algorithm),
                              expected.access_token));
  std::string subject = TRY(subject_of(claims));
  checks.passed("The ID token names a subject.", subject);
  return VerifiedIdToken{.claims = std::move(parsed).value(),
                         .issuer = std::move(issuer),
                         .subject = std::move(subject)};
}

}  // namespace gatehouse::sso::oidc_rp
