#include "server/crypto/foreign_key.h"

#include <doctest/doctest.h>
#include <openssl/rsa.h>

#include <array>

#include "server/core/ensure.h"
#include "server/crypto/handles.h"

namespace gatehouse::crypto {
namespace {

std::string bytes_of_param(const Pkey& pkey, const char* name, int width) {
  BIGNUM* read = nullptr;
  ENSURE(EVP_PKEY_get_bn_param(pkey.get(), name, &read) == 1);
  const BigNumber number(read);
  std::string bytes(static_cast<std::size_t>(width == 0 ? BN_num_bytes(read) : width), '\0');
  ENSURE(BN_bn2binpad(read, bytes_of(bytes), static_cast<int>(bytes.size())) > 0);
  return bytes;
}

struct Curve {
  EcCurve curve;
  ForeignAlgorithm algorithm;
  const char* name;
  DigestAlgorithm digest;
  int width;
};
constexpr std::array curves = {
    Curve{EcCurve::p256, ForeignAlgorithm::es256, "P-256", DigestAlgorithm::sha256, 32},
    Curve{EcCurve::p384, ForeignAlgorithm::es384, "P-384", DigestAlgorithm::sha384, 48},
    Curve{EcCurve::p521, ForeignAlgorithm::es512, "P-521", DigestAlgorithm::sha512, 66},
};
struct RsaForm {
  ForeignAlgorithm algorithm;
  DigestAlgorithm digest;
  int padding;
};
constexpr std::array rsa_forms = {
    RsaForm{ForeignAlgorithm::rs256, DigestAlgorithm::sha256, RSA_PKCS1_PADDING},
    RsaForm{ForeignAlgorithm::rs384, DigestAlgorithm::sha384, RSA_PKCS1_PADDING},
    RsaForm{ForeignAlgorithm::rs512, DigestAlgorithm::sha512, RSA_PKCS1_PADDING},
    RsaForm{ForeignAlgorithm::ps256, DigestAlgorithm::sha256, RSA_PKCS1_PSS_PADDING},
    RsaForm{ForeignAlgorithm::ps384, DigestAlgorithm::sha384, RSA_PKCS1_PSS_PADDING},
    RsaForm{ForeignAlgorithm::ps512, DigestAlgorithm::sha512, RSA_PKCS1_PSS_PADDING},
};

struct Signing {
  DigestAlgorithm digest;
  int padding = 0;                          // of RSA
  int salt_bytes = RSA_PSS_SALTLEN_DIGEST;  // of PSS
};

// As OpenSSL writes it: of ECDSA in DER.
std::string sign(const Pkey& pkey, const Signing& signing, std::string_view data) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
  ENSURE(EVP_PKEY_sign_init(context.get()) == 1);
  if (signing.padding != 0) {
    ENSURE(EVP_PKEY_CTX_set_rsa_padding(context.get(), signing.padding) == 1);
  }
  ENSURE(EVP_PKEY_CTX_set_signature_md(context.get(), digest_handle(signing.digest).get()) == 1);
  if (signing.padding == RSA_PKCS1_PSS_PADDING) {
    ENSURE(EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), signing.salt_bytes) == 1);
  }
  const std::string hashed = digest(signing.digest, data);
  std::string signature(1024, '\0');
  std::size_t size = signature.size();
  ENSURE(EVP_PKEY_sign(context.get(), bytes_of(signature), &size,
                       bytes_of(std::string_view(hashed)), hashed.size()) == 1);
  signature.resize(size);
  return signature;
}

std::string jose_form(std::string_view der, int width) {
  const unsigned char* cursor = bytes_of(der);
  const EcdsaSignature parsed(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  std::string out(static_cast<std::size_t>(2 * width), '\0');
  ENSURE(BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), bytes_of(out), width) > 0);
  ENSURE(BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), bytes_of(out) + width, width) > 0);
  return out;
}

Pkey new_rsa(std::size_t bits = 2048) {
  return Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
}

RsaPublicParts rsa_parts(const Pkey& pkey) {
  return {.modulus = bytes_of_param(pkey, OSSL_PKEY_PARAM_RSA_N, 0),
          .exponent = bytes_of_param(pkey, OSSL_PKEY_PARAM_RSA_E, 0)};
}

}  // namespace

TEST_CASE("foreign key: names of algorithms are exact, none and HMAC are none of them") {
  CHECK(parse_foreign_algorithm("RS256") == ForeignAlgorithm::rs256);
  CHECK(parse_foreign_algorithm("PS512") == ForeignAlgorithm::ps512);
  CHECK(parse_foreign_algorithm("ES384") == ForeignAlgorithm::es384);
  CHECK(parse_foreign_algorithm("EdDSA") == ForeignAlgorithm::eddsa);
  for (const char* const name : {"none", "None", "HS256", "rs256", "RS1", "ES256K", "", "RS256 "}) {
    CHECK_FALSE(parse_foreign_algorithm(name).has_value());
  }
}

TEST_CASE("foreign key: one RSA key verifies in each form, and no signature passes in another") {
  const Pkey pkey = new_rsa();
  const ForeignKey key = ForeignKey::import(rsa_parts(pkey)).value();
  const ForeignKey other = ForeignKey::import(rsa_parts(new_rsa())).value();
  for (const RsaForm& form : rsa_forms) {
    const std::string signature =
        sign(pkey, {.digest = form.digest, .padding = form.padding}, "data");
    for (const RsaForm& tried : rsa_forms) {
      CHECK(key.verify(tried.algorithm, "data", signature) == (tried.algorithm == form.algorithm));
    }
    CHECK_FALSE(key.verify(form.algorithm, "date", signature));
    CHECK_FALSE(other.verify(form.algorithm, "data", signature));
    CHECK_FALSE(key.verify(form.algorithm, "data", signature.substr(1)));
    CHECK_FALSE(key.verify(form.algorithm, "data", ""));
    CHECK_FALSE(key.verify(ForeignAlgorithm::es256, "data", signature));
    CHECK_FALSE(key.verify(ForeignAlgorithm::eddsa, "data", signature));
  }
  // The salt is as long as the digest [RFC 7518 §3.5].
  const std::string saltless = sign(
      pkey, {.digest = DigestAlgorithm::sha256, .padding = RSA_PKCS1_PSS_PADDING, .salt_bytes = 0},
      "data");
  CHECK_FALSE(key.verify(ForeignAlgorithm::ps256, "data", saltless));
}

TEST_CASE("foreign key: each curve has its one algorithm [RFC 7518 §3.4]") {
  for (const Curve& curve : curves) {
    CAPTURE(curve.name);
    const Pkey pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.name));
    const EcPublicParts parts{.curve = curve.curve,
                              .x = bytes_of_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, curve.width),
                              .y = bytes_of_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, curve.width)};
    const ForeignKey key = ForeignKey::import(parts).value();
    const std::string signature =
        jose_form(sign(pkey, {.digest = curve.digest}, "data"), curve.width);
    for (const Curve& tried : curves) {
      CHECK(key.fits(tried.algorithm) == (tried.curve == curve.curve));
      CHECK(key.verify(tried.algorithm, "data", signature) == (tried.curve == curve.curve));
    }
    CHECK_FALSE(key.verify(curve.algorithm, "date", signature));
    CHECK_FALSE(key.verify(curve.algorithm, "data", std::string(signature.size(), '\0')));
    CHECK_FALSE(key.verify(ForeignAlgorithm::rs256, "data", signature));
    EcPublicParts off_curve = parts;
    off_curve.y.back() = static_cast<char>(off_curve.y.back() ^ 1);
    CHECK_FALSE(ForeignKey::import(off_curve).ok());
    EcPublicParts short_one = parts;
    short_one.x.pop_back();
    CHECK_FALSE(ForeignKey::import(short_one).ok());
  }
}

TEST_CASE("foreign key: Ed25519 verifies EdDSA alone") {
  const SigningKey signing = SigningKey::generate(SigningKeyKind::ed25519);
  const auto parts = std::get<Ed25519PublicParts>(signing.public_key().parts());
  const ForeignKey key = ForeignKey::import(parts).value();
  const std::string signature = signing.sign("data");
  CHECK(key.verify(ForeignAlgorithm::eddsa, "data", signature));
  CHECK_FALSE(key.verify(ForeignAlgorithm::eddsa, "date", signature));
  CHECK_FALSE(key.verify(ForeignAlgorithm::es256, "data", signature));
}

TEST_CASE("foreign key: unsound RSA numbers are refused") {
  const RsaPublicParts good = rsa_parts(new_rsa());
  CHECK(ForeignKey::import(good).ok());
  CHECK_FALSE(ForeignKey::import(rsa_parts(new_rsa(1024))).ok());
  RsaPublicParts bad = good;
  bad.exponent = "\x01";
  CHECK_FALSE(ForeignKey::import(bad).ok());
  bad.exponent = std::string("\x00\x01\x00\x01\x01", 5);
  CHECK_FALSE(ForeignKey::import(bad).ok());
  bad = good;
  bad.modulus.back() = static_cast<char>(bad.modulus.back() & ~1);
  CHECK_FALSE(ForeignKey::import(bad).ok());
  bad.modulus = std::string(513, '\xff');
  CHECK_FALSE(ForeignKey::import(bad).ok());
  bad.modulus.clear();
  CHECK_FALSE(ForeignKey::import(bad).ok());
}

}  // namespace gatehouse::crypto
