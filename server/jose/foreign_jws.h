// Signed tokens of others [RFC 7515 §7.1], and the key sets they are verified with [RFC 7517 §5]:
// what identity providers issue. Our own tokens have jws.h, which demands more of them: there `kid`
// is always written, and each key has one algorithm.
//
// The caller's key set alone says which keys count: keys inside a token (jwk, x5c), pointers to
// keys (jku, x5u) and every extension are refused [RFC 8725 §3.1, §3.10]. Algorithms are those of
// public keys; `none` and HMAC are none of them.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/crypto/foreign_key.h"

namespace gatehouse::jose {

struct ForeignJwk {
  std::string kid;                                    // empty: it has none
  std::optional<crypto::ForeignAlgorithm> algorithm;  // `alg`; without one, all that the key fits
  crypto::ForeignKey key;
};

class ForeignKeys {
 public:
  static constexpr std::size_t keys_max = 64;
  static constexpr std::size_t document_bytes_max = 256 * 1024;

  ForeignKeys() = default;
  explicit ForeignKeys(std::vector<ForeignJwk> keys) : keys_(std::move(keys)) {}
  // Of a key set's document; keys that are of no use here (for encryption, of unknown kinds,
  // malformed, private) are left out, since a set may hold them for others [RFC 7517 §5].
  // Errors: invalid_argument (not a key set, too many).
  [[nodiscard]] static Result<ForeignKeys, Error> parse(std::string_view document);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  // The key that a token names, among those that its algorithm is used with. A token that names
  // none, and a key that has no name, are paired where there is only one such key.
  [[nodiscard]] const crypto::ForeignKey* find(crypto::ForeignAlgorithm algorithm,
                                               std::string_view kid) const;

 private:
  std::vector<ForeignJwk> keys_;
};

struct ForeignJws {
  crypto::ForeignAlgorithm algorithm;
  std::string kid;
  std::string type;     // `typ` as written; empty if absent
  std::string payload;  // decoded
};

// Why a token is not taken. `detail`: what was seen, without the token.
struct ForeignJwsRefusal {
  enum class Reason { malformed, algorithm_refused, key_unknown, signature_wrong } reason;
  std::string detail;
};

inline constexpr std::size_t foreign_token_bytes_max = 64 * 1024;  // with hundreds of groups

[[nodiscard]] Result<ForeignJws, ForeignJwsRefusal> verify_foreign_jws(std::string_view token,
                                                                       const ForeignKeys& keys);

}  // namespace gatehouse::jose
