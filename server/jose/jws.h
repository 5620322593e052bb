// Signed tokens in their compact form [RFC 7515 §7.1].
//
// Verification asks nothing of the token but which of our keys to try: the key is found by `kid` in
// the set that the caller gives, and `alg` must be that key's own algorithm. Keys inside a token
// (jwk, x5c) and pointers to keys (jku, x5u) are refused with every extension
// [RFC 8725 §3.1, §3.10].

#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/crypto/signature.h"
#include "server/jose/jwk.h"

namespace gatehouse::jose {

// What a token is for, as its `typ` header says; a token of one type never passes as another.
enum class TokenType {
  jwt,                    // "JWT": id tokens and messages to applications
  access_token,           // "at+jwt" [RFC 9068 §2.1]
  logout_token,           // "logout+jwt" [OIDC Back-Channel Logout §2.4]
  client_authentication,  // "client-authentication+jwt": this server, as a client [RFC 10070]
};
inline constexpr std::size_t token_types = 4;
[[nodiscard]] std::string_view token_type_name(TokenType type);

// Signs tokens of every type with one key; the headers are encoded beforehand. A value: copies
// share the key.
class TokenSigner {
 public:
  TokenSigner(crypto::SigningKey key, std::string_view kid);

  [[nodiscard]] crypto::SignatureAlgorithm algorithm() const { return key_.algorithm(); }
  // The token whose payload is `claims_json`, which the caller has written as a JSON object.
  [[nodiscard]] std::string sign(TokenType type, std::string_view claims_json) const;

 private:
  crypto::SigningKey key_;
  std::array<std::string, token_types> heads_;  // by type: the encoded header and its dot
};

// The keys that tokens may be verified with, by kid.
class VerificationKeys {
 public:
  VerificationKeys() = default;
  // ENSUREs that no kid is empty or occurs twice.
  explicit VerificationKeys(std::span<const PublicJwk> keys);

  [[nodiscard]] const crypto::PublicKey* find(std::string_view kid) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  std::map<std::string, crypto::PublicKey, std::less<>> keys_;
};

// The contents of a token whose signature is one of ours.
struct VerifiedJws {
  std::string kid;
  std::string type;     // `typ` as written; empty if absent
  std::string payload;  // decoded
};

// Errors: unauthenticated for whatever is not a token that one of `keys` has signed. The detail
// says why, for logs; to a caller all reasons are one.
[[nodiscard]] Result<VerifiedJws, Error> verify_jws(std::string_view token,
                                                    const VerificationKeys& keys);

}  // namespace gatehouse::jose
