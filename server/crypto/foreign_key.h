// The public keys of others, whose tokens this server reads: identity providers choose their own
// algorithms [RFC 7518 §3.3] [RFC 7518 §3.5] [RFC 8037 §3.1], and one RSA key may serve several of
// them. Our own keys have one algorithm for life: signature.h.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/crypto/certificate_key.h"
#include "server/crypto/hash.h"
#include "server/crypto/signature.h"

namespace gatehouse::crypto {

enum class ForeignAlgorithm {
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa
};
// Exactly the name of the `alg` header; nullopt for everything else, "none" and HMAC included.
[[nodiscard]] std::optional<ForeignAlgorithm> parse_foreign_algorithm(std::string_view name);
// What the algorithm hashes with; of EdDSA, what Ed25519 does inside.
[[nodiscard]] DigestAlgorithm digest_of(ForeignAlgorithm algorithm);

enum class EcCurve { p256, p384, p521 };
// Big-endian, each as wide as the curve's field: 32, 48 or 66 bytes.
struct EcPublicParts {
  EcCurve curve = EcCurve::p256;
  std::string x;
  std::string y;
};
using ForeignKeyParts = std::variant<RsaPublicParts, EcPublicParts, Ed25519PublicParts>;

// A value: copies share one immutable key.
class ForeignKey {
 public:
  // Errors: invalid_argument unless it is a sound key: RSA of 2048 to 4096 bits with an odd
  // exponent of at most 32 bits, a point of the curve, 32 bytes.
  [[nodiscard]] static Result<ForeignKey, Error> import(const ForeignKeyParts& parts);

  // Whether keys of this kind are used with that algorithm; an EC key fits one alone
  // [RFC 7518 §3.4].
  [[nodiscard]] bool fits(ForeignAlgorithm algorithm) const;
  // Whether `signature` (in JOSE's form) is this key's for `data` by that algorithm; never, if it
  // does not fit. Any thread.
  [[nodiscard]] bool verify(ForeignAlgorithm algorithm, std::string_view data,
                            std::string_view signature) const;

 private:
  using Numbers = std::shared_ptr<const CertificateKey>;  // RSA and EC
  explicit ForeignKey(std::variant<Numbers, PublicKey> key, std::optional<EcCurve> curve)
      : key_(std::move(key)), curve_(curve) {}

  std::variant<Numbers, PublicKey> key_;  // a PublicKey: Ed25519
  std::optional<EcCurve> curve_;
};

}  // namespace gatehouse::crypto
