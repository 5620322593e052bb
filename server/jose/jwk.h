// JSON Web Keys, public ones only [RFC 7517] [RFC 7518 §6] [RFC 8037 §2]. A private key never
// becomes a JWK here, and one that arrives is refused.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/crypto/signature.h"

namespace gatehouse::jose {

// A public key under the name that tokens call it by.
struct PublicJwk {
  std::string kid;
  crypto::PublicKey key;
};

// {"kty":…,"use":"sig","alg":…,"kid":…, the numbers}. Python's and Go's SDKs need `alg` and `use`.
[[nodiscard]] std::string jwk_json(const PublicJwk& jwk);

// {"keys":[…]}: the body of `/keys`, in the order given.
[[nodiscard]] std::string jwks_json(std::span<const PublicJwk> keys);

// Reads one public key of a kind that we know. `kid` may be absent (empty then). Errors:
// invalid_argument for whatever else: other kinds and curves, an `alg` that is not the key's, a
// `use` or `key_ops` other than signatures, private members, unsound numbers, more than
// limits::jwk_bytes_max.
[[nodiscard]] Result<PublicJwk, Error> parse_jwk(std::string_view json);

// The SHA-256 thumbprint, base64url [RFC 7638 §3]: the same for the same key, whatever its kid.
[[nodiscard]] std::string thumbprint(const crypto::PublicKey& key);

}  // namespace gatehouse::jose
