// JSON Web Tokens [RFC 7519]. Claims exist only after verification: a VerifiedJwt is the one way to
// them, and verify() is the one way to a VerifiedJwt.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/time.h"
#include "server/encoding/json.h"
#include "server/jose/jws.h"

namespace gatehouse::jose {

// Whether a token may be past its `exp`: an id_token_hint may, to say who was here before
// [OIDC RP-Initiated Logout §2].
enum class Expiry { enforced, ignored };

// What a token must say to be taken. There are no defaults for what decides who is meant.
struct JwtExpectations {
  std::string issuer;                   // `iss`, exactly
  std::optional<std::string> audience;  // must be among `aud`; without one, `aud` is the caller's
  TokenType type;                       // `typ`, exactly
  Instant now;
  Expiry expiry = Expiry::enforced;
  Duration skew_max = Duration(0);  // how far `exp` and `nbf` may lie on the wrong side of now
};

class VerifiedJwt {
 public:
  // Errors: unauthenticated for whatever is not a token of ours that fulfils the expectations.
  // `iss` and `exp` must be there, `nbf` holds if it is there.
  [[nodiscard]] static Result<VerifiedJwt, Error> verify(std::string_view token,
                                                         const VerificationKeys& keys,
                                                         const JwtExpectations& expectations);

  // A claim as its type; nothing if it is absent or of another type.
  [[nodiscard]] std::optional<std::string_view> string(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  // The strings of an array claim, or the one string of a claim that is a string; empty if absent
  // or anything else, or if any element is no string.
  [[nodiscard]] std::vector<std::string> strings(std::string_view name) const;

  [[nodiscard]] std::optional<std::string_view> subject() const { return string("sub"); }
  [[nodiscard]] std::vector<std::string> audiences() const { return strings("aud"); }
  [[nodiscard]] Instant expires_at() const { return expires_at_; }
  [[nodiscard]] const std::string& kid() const { return kid_; }
  // All claims, for answers that repeat them.
  [[nodiscard]] const Json& claims() const { return claims_; }

 private:
  VerifiedJwt(Json claims, std::string kid, Instant expires_at);

  Json claims_;  // an object
  std::string kid_;
  Instant expires_at_;
};

}  // namespace gatehouse::jose
