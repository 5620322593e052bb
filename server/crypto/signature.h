// Signatures as JOSE knows them [RFC 7518 §3.3, §3.4] [RFC 8037 §3.1]: RS256, ES256, and EdDSA
// with Ed25519. A key has one algorithm for life, so nothing that a token says can choose another.
//
// Keys are values: copies share one immutable key.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/secret.h"

namespace gatehouse::crypto {

enum class SignatureAlgorithm {
  rs256,  // RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 4096 bits
  es256,  // ECDSA on P-256 with SHA-256
  eddsa,  // Ed25519
};
// The name of the `alg` header: "RS256", "ES256", "EdDSA".
[[nodiscard]] std::string_view algorithm_name(SignatureAlgorithm algorithm);
// Exactly one of those names; nullopt for everything else, "none" and HMAC included.
[[nodiscard]] std::optional<SignatureAlgorithm> parse_algorithm(std::string_view name);

// The numbers of a public key, big-endian, as JWK holds them.
struct RsaPublicParts {
  std::string modulus;   // no leading zero byte
  std::string exponent;  // likewise
  friend bool operator==(const RsaPublicParts&, const RsaPublicParts&) = default;
};
struct P256PublicParts {
  std::string x;  // 32 bytes
  std::string y;  // 32 bytes
  friend bool operator==(const P256PublicParts&, const P256PublicParts&) = default;
};
struct Ed25519PublicParts {
  std::string x;  // 32 bytes
  friend bool operator==(const Ed25519PublicParts&, const Ed25519PublicParts&) = default;
};
using PublicKeyParts = std::variant<RsaPublicParts, P256PublicParts, Ed25519PublicParts>;

class KeyMaterial;  // the OpenSSL side of a key

class PublicKey {
 public:
  // Errors: invalid_argument unless it is a sound key: RSA of 2048 to 4096 bits with an odd
  // exponent of at most 32 bits, a point of the curve, 32 bytes.
  [[nodiscard]] static Result<PublicKey, Error> import(const PublicKeyParts& parts);

  [[nodiscard]] SignatureAlgorithm algorithm() const;
  [[nodiscard]] PublicKeyParts parts() const;
  // Whether `signature` (in JOSE's form: r||s for ES256) is this key's for `data`. Any thread.
  [[nodiscard]] bool verify(std::string_view data, std::string_view signature) const;

 private:
  friend class SigningKey;
  explicit PublicKey(std::shared_ptr<const KeyMaterial> material);

  std::shared_ptr<const KeyMaterial> material_;
};

enum class SigningKeyKind { rsa_2048, rsa_3072, p256, ed25519 };

class SigningKey {
 public:
  // A fresh key from OpenSSL's own generator, which the operating system seeds. RSA takes from
  // tens of milliseconds to a second: never on the path of a request.
  [[nodiscard]] static SigningKey generate(SigningKeyKind kind);
  // From PKCS#8 DER [RFC 5208 §5], all of it. Errors: invalid_argument for what is not one of our
  // kinds of key (RSA of 2048 to 4096 bits, P-256, Ed25519). The inside of an RSA key is not
  // proved: import only what was sealed by us.
  [[nodiscard]] static Result<SigningKey, Error> import_pkcs8(const Secret& der);

  [[nodiscard]] Secret export_pkcs8() const;
  [[nodiscard]] SignatureAlgorithm algorithm() const;
  [[nodiscard]] PublicKey public_key() const;
  // The signature in JOSE's form: 256 bytes and more for RSA, 64 for the others. Any thread.
  [[nodiscard]] std::string sign(std::string_view data) const;

 private:
  explicit SigningKey(std::shared_ptr<const KeyMaterial> material);

  std::shared_ptr<const KeyMaterial> material_;
};

}  // namespace gatehouse::crypto
