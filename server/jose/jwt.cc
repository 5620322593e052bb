#include "server/jose/jwt.h"

#include <algorithm>

#include "server/core/limits.h"

namespace gatehouse::jose {
namespace {

// 9999-12-31T23:59:59Z. A later date is nobody's honest expiry and would overflow milliseconds.
constexpr std::int64_t unix_seconds_max = 253'402'300'799;

Error refused(const char* reason) {
  return {ErrorCode::unauthenticated, std::string("token: ") + reason};
}

// A NumericDate; whole seconds are what we write and what we take.
Result<std::optional<Instant>, Error> date_claim(const Json& claims, std::string_view name) {
  if (claims.find(name) == nullptr) return std::optional<Instant>();
  const auto value = claims.integer(name);
  if (!value.has_value() || *value < 0 || *value > unix_seconds_max) {
    return refused("a date is not whole seconds in range");
  }
  return std::optional(Instant(seconds(*value)));
}

std::vector<std::string> strings_of(const Json* value) {
  if (value == nullptr) return {};
  if (const auto one = value->string()) return {std::string(*one)};
  std::vector<std::string> all;
  const Json::Array* array = value->array();
  if (array == nullptr) return {};
  for (const Json& element : *array) {
    const auto text = element.string();
    if (!text.has_value()) return {};
    all.emplace_back(*text);
  }
  return all;
}

// The checks in their order; the answer is `exp`.
Result<Instant, Error> check_claims(const Json& claims, const JwtExpectations& expectations) {
  if (claims.string("iss") != expectations.issuer) return refused("another iss");
  if (expectations.audience.has_value()) {
    const auto audiences = strings_of(claims.find("aud"));
    if (std::find(audiences.begin(), audiences.end(), *expectations.audience) == audiences.end()) {
      return refused("another aud");
    }
  }
  const std::optional<Instant> expires_at = TRY(date_claim(claims, "exp"));
  if (!expires_at.has_value()) return refused("no exp");
  // From the very second of `exp` on, a token is expired [RFC 7519 §4.1.4].
  if (expectations.expiry == Expiry::enforced &&
      expectations.now >= *expires_at + expectations.skew_max) {
    return refused("expired");
  }
  const std::optional<Instant> not_before = TRY(date_claim(claims, "nbf"));
  if (not_before.has_value() && expectations.now + expectations.skew_max < *not_before) {
    return refused("not valid yet");
  }
  return *expires_at;
}

}  // namespace

VerifiedJwt::VerifiedJwt(Json claims, std::string kid, Instant expires_at)
    : claims_(std::move(claims)), kid_(std::move(kid)), expires_at_(expires_at) {}

Result<VerifiedJwt, Error> VerifiedJwt::verify(std::string_view token, const VerificationKeys& keys,
                                               const JwtExpectations& expectations) {
  VerifiedJws jws = TRY(verify_jws(token, keys));
  if (jws.type != token_type_name(expectations.type)) return refused("another typ");
  auto claims = Json::parse(jws.payload, {.bytes_max = limits::token_bytes_max});
  if (!claims.ok() || claims.value().object() == nullptr) {
    return refused("payload is not a JSON object");
  }
  const Instant expires_at = TRY(check_claims(claims.value(), expectations));
  return VerifiedJwt(std::move(claims).value(), std::move(jws.kid), expires_at);
}

std::optional<std::string_view> VerifiedJwt::string(std::string_view name) const {
  return claims_.string(name);
}
std::optional<std::int64_t> VerifiedJwt::integer(std::string_view name) const {
  return claims_.integer(name);
}
std::optional<bool> VerifiedJwt::boolean(std::string_view name) const {
  return claims_.boolean(name);
}
std::vector<std::string> VerifiedJwt::strings(std::string_view name) const {
  return strings_of(claims_.find(name));
}

}  // namespace gatehouse::jose
