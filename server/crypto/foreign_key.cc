#include "server/crypto/foreign_key.h"

#include <openssl/rsa.h>

#include <array>

#include "server/core/ensure.h"
#include "server/crypto/key_material.h"

namespace gatehouse::crypto {
namespace {

enum class Family { rsa_pkcs1, rsa_pss, ecdsa, eddsa };

struct Algorithm {
  std::string_view name;
  ForeignAlgorithm algorithm;
  Family family;
  DigestAlgorithm digest;
};
constexpr std::array known = {
    Algorithm{"RS256", ForeignAlgorithm::rs256, Family::rsa_pkcs1, DigestAlgorithm::sha256},
    Algorithm{"RS384", ForeignAlgorithm::rs384, Family::rsa_pkcs1, DigestAlgorithm::sha384},
    Algorithm{"RS512", ForeignAlgorithm::rs512, Family::rsa_pkcs1, DigestAlgorithm::sha512},
    Algorithm{"PS256", ForeignAlgorithm::ps256, Family::rsa_pss, DigestAlgorithm::sha256},
    Algorithm{"PS384", ForeignAlgorithm::ps384, Family::rsa_pss, DigestAlgorithm::sha384},
    Algorithm{"PS512", ForeignAlgorithm::ps512, Family::rsa_pss, DigestAlgorithm::sha512},
    Algorithm{"ES256", ForeignAlgorithm::es256, Family::ecdsa, DigestAlgorithm::sha256},
    Algorithm{"ES384", ForeignAlgorithm::es384, Family::ecdsa, DigestAlgorithm::sha384},
    Algorithm{"ES512", ForeignAlgorithm::es512, Family::ecdsa, DigestAlgorithm::sha512},
    Algorithm{"EdDSA", ForeignAlgorithm::eddsa, Family::eddsa, DigestAlgorithm::sha512},
};

const Algorithm& row_of(ForeignAlgorithm algorithm) {
  for (const Algorithm& row : known) {
    if (row.algorithm == algorithm) return row;
  }
  ensure_failed("unknown ForeignAlgorithm");
}

struct Curve {
  EcCurve curve;
  ForeignAlgorithm algorithm;
  const char* name;
  std::size_t number_bytes;
};
constexpr std::array curves = {
    Curve{EcCurve::p256, ForeignAlgorithm::es256, "prime256v1", 32},
    Curve{EcCurve::p384, ForeignAlgorithm::es384, "secp384r1", 48},
    Curve{EcCurve::p521, ForeignAlgorithm::es512, "secp521r1", 66},
};

const Curve& row_of(EcCurve curve) {
  for (const Curve& row : curves) {
    if (row.curve == curve) return row;
  }
  ensure_failed("unknown EcCurve");
}

constexpr std::size_t rsa_modulus_bytes_max = 512;  // checking one takes milliseconds
constexpr std::size_t rsa_exponent_bytes_max = 4;

Error unsound(const char* why) { return {ErrorCode::invalid_argument, why}; }

BigNumber number_of(std::string_view bytes) {
  BigNumber number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
  ENSURE(number != nullptr);
  return number;
}

Result<Pkey, Error> pkey_of(const RsaPublicParts& parts) {
  if (parts.modulus.empty() || parts.modulus.size() > rsa_modulus_bytes_max ||
      parts.exponent.empty() || parts.exponent.size() > rsa_exponent_bytes_max) {
    return unsound("RSA numbers out of bounds");
  }
  const BigNumber modulus = number_of(parts.modulus);
  const BigNumber exponent = number_of(parts.exponent);
  if (!BN_is_odd(modulus.get()) || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
    return unsound("RSA numbers must be odd, the exponent above one");
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  ENSURE(builder != nullptr &&
         OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
         OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  return public_pkey("RSA", builder);
}

Result<Pkey, Error> pkey_of(const EcPublicParts& parts) {
  const Curve& curve = row_of(parts.curve);
  if (parts.x.size() != curve.number_bytes || parts.y.size() != curve.number_bytes) {
    return unsound("coordinates are not as wide as the curve");
  }
  const std::string point = "\x04" + parts.x + parts.y;  // uncompressed [SEC 1 §2.3.3]
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  ENSURE(builder != nullptr &&
         OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name,
                                         0) == 1 &&
         OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size()) == 1);
  return public_pkey("EC", builder);
}

Result<std::shared_ptr<const CertificateKey>, Error> adopted(const Pkey& pkey) {
  auto key = CertificateKey::adopt(pkey.get());
  if (key == nullptr) return unsound("the key is too small, too large or of another curve");
  return key;
}

// RSASSA-PSS with a salt as long as the digest, and the same digest in the mask [RFC 7518 §3.5].
bool verify_pss(EVP_PKEY* pkey, DigestAlgorithm digest, std::string_view data,
                std::string_view signature) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr));
  ENSURE(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), digest_handle(digest).get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1);
  const std::string hashed = crypto::digest(digest, data);
  const bool genuine = signature.size() == static_cast<std::size_t>(EVP_PKEY_get_size(pkey)) &&
                       EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(),
                                       bytes_of(std::string_view(hashed)), hashed.size()) == 1;
  if (!genuine) (void)take_openssl_error();
  return genuine;
}

}  // namespace

std::optional<ForeignAlgorithm> parse_foreign_algorithm(std::string_view name) {
  for (const Algorithm& row : known) {
    if (row.name == name) return row.algorithm;
  }
  return std::nullopt;
}

DigestAlgorithm digest_of(ForeignAlgorithm algorithm) { return row_of(algorithm).digest; }

Result<ForeignKey, Error> ForeignKey::import(const ForeignKeyParts& parts) {
  if (const auto* ed25519 = std::get_if<Ed25519PublicParts>(&parts)) {
    return ForeignKey(TRY(PublicKey::import(*ed25519)), std::nullopt);
  }
  if (const auto* rsa = std::get_if<RsaPublicParts>(&parts)) {
    const Pkey pkey = TRY(pkey_of(*rsa));
    return ForeignKey(TRY(adopted(pkey)), std::nullopt);
  }
  const auto& ec = std::get<EcPublicParts>(parts);
  const Pkey pkey = TRY(pkey_of(ec));
  return ForeignKey(TRY(adopted(pkey)), ec.curve);
}

bool ForeignKey::fits(ForeignAlgorithm algorithm) const {
  const Family family = row_of(algorithm).family;
  if (std::holds_alternative<PublicKey>(key_)) return family == Family::eddsa;
  if (curve_.has_value()) return row_of(*curve_).algorithm == algorithm;
  return family == Family::rsa_pkcs1 || family == Family::rsa_pss;
}

bool ForeignKey::verify(ForeignAlgorithm algorithm, std::string_view data,
                        std::string_view signature) const {
  if (!fits(algorithm)) return false;
  if (const auto* ed25519 = std::get_if<PublicKey>(&key_)) return ed25519->verify(data, signature);
  const auto& key = std::get<Numbers>(key_);
  const DigestAlgorithm digest = digest_of(algorithm);
  if (row_of(algorithm).family == Family::rsa_pss) {
    return verify_pss(key->handle(), digest, data, signature);
  }
  return key->verify(digest, data, signature);
}

}  // namespace gatehouse::crypto
