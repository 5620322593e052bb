#include "server/crypto/key_material.h"

#include <array>

#include "server/core/ensure.h"

namespace gatehouse::crypto {
namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 4096;
constexpr std::size_t p256_number_bytes = 32;
constexpr std::size_t ed25519_signature_bytes = 64;

Result<SignatureAlgorithm, Error> algorithm_of(const EVP_PKEY* pkey) {
  if (EVP_PKEY_is_a(pkey, "RSA")) {
    const int bits = EVP_PKEY_get_bits(pkey);
    if (bits >= rsa_bits_min && bits <= rsa_bits_max) return SignatureAlgorithm::rs256;
    return Error(ErrorCode::invalid_argument, "an RSA key must have 2048 to 4096 bits");
  }
  if (EVP_PKEY_is_a(pkey, "EC")) {
    std::array<char, 32> curve = {};
    if (EVP_PKEY_get_group_name(pkey, curve.data(), curve.size(), nullptr) == 1 &&
        std::string_view(curve.data()) == "prime256v1") {
      return SignatureAlgorithm::es256;
    }
    return Error(ErrorCode::invalid_argument, "an EC key must be on P-256");
  }
  if (EVP_PKEY_is_a(pkey, "ED25519")) return SignatureAlgorithm::eddsa;
  return Error(ErrorCode::invalid_argument, "the key is neither RSA nor P-256 nor Ed25519");
}

// The digest that the algorithm names; Ed25519 hashes on its own.
const char* digest_name(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::eddsa ? nullptr : "SHA256";
}

DigestContext copy_of(const DigestContext& pattern) {
  DigestContext copy(EVP_MD_CTX_new());
  ENSURE(copy != nullptr && EVP_MD_CTX_copy_ex(copy.get(), pattern.get()) == 1);
  return copy;
}

// JOSE writes r and s side by side, each at full width [RFC 7518 §3.4]; OpenSSL speaks DER.
std::string jose_from_der(std::string_view der) {
  const unsigned char* cursor = bytes_of(der);
  const EcdsaSignature parsed(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  ENSURE(parsed != nullptr);
  std::string out(2 * p256_number_bytes, '\0');
  ENSURE(BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), bytes_of(out), p256_number_bytes) > 0);
  ENSURE(BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), bytes_of(out) + p256_number_bytes,
                      p256_number_bytes) > 0);
  return out;
}

// The signature as DER; empty if `jose` has the wrong length. Zero and numbers beyond the group's
// order pass here and are refused by the verification itself.
std::string der_from_jose(std::string_view jose) {
  if (jose.size() != 2 * p256_number_bytes) return {};
  const EcdsaSignature parsed(ECDSA_SIG_new());
  BigNumber r(BN_bin2bn(bytes_of(jose), p256_number_bytes, nullptr));
  BigNumber s(BN_bin2bn(bytes_of(jose) + p256_number_bytes, p256_number_bytes, nullptr));
  ENSURE(parsed != nullptr && r != nullptr && s != nullptr);
  ENSURE(ECDSA_SIG_set0(parsed.get(), r.release(), s.release()) == 1);
  const int size = i2d_ECDSA_SIG(parsed.get(), nullptr);
  ENSURE(size > 0);
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* cursor = bytes_of(der);
  ENSURE(i2d_ECDSA_SIG(parsed.get(), &cursor) == size);
  return der;
}

}  // namespace

Result<std::shared_ptr<const KeyMaterial>, Error> KeyMaterial::adopt(Pkey pkey, Part part) {
  const SignatureAlgorithm algorithm = TRY(algorithm_of(pkey.get()));
  return std::make_shared<const KeyMaterial>(std::move(pkey), algorithm, part);
}

KeyMaterial::KeyMaterial(Pkey pkey, SignatureAlgorithm algorithm, Part part)
    : pkey_(std::move(pkey)),
      algorithm_(algorithm),
      signature_bytes_(static_cast<std::size_t>(EVP_PKEY_get_size(pkey_.get()))),
      verify_pattern_(EVP_MD_CTX_new()) {
  const char* digest = digest_name(algorithm_);
  ENSURE(verify_pattern_ != nullptr &&
         EVP_DigestVerifyInit_ex(verify_pattern_.get(), nullptr, digest, nullptr, nullptr,
                                 pkey_.get(), nullptr) == 1);
  if (part == Part::public_only) return;
  sign_pattern_.reset(EVP_MD_CTX_new());
  ENSURE(sign_pattern_ != nullptr &&
         EVP_DigestSignInit_ex(sign_pattern_.get(), nullptr, digest, nullptr, nullptr, pkey_.get(),
                               nullptr) == 1);
}

std::string KeyMaterial::sign(std::string_view data) const {
  ENSURE(sign_pattern_ != nullptr);
  const DigestContext context = copy_of(sign_pattern_);
  std::string signature(signature_bytes_, '\0');
  std::size_t size = signature.size();
  ENSURE(EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(data), data.size()) ==
         1);
  signature.resize(size);
  return algorithm_ == SignatureAlgorithm::es256 ? jose_from_der(signature) : signature;
}

bool KeyMaterial::verify(std::string_view data, std::string_view signature) const {
  std::string der;
  if (algorithm_ == SignatureAlgorithm::es256) {
    der = der_from_jose(signature);
    signature = der;
  } else if (signature.size() != (algorithm_ == SignatureAlgorithm::rs256
                                      ? signature_bytes_
                                      : ed25519_signature_bytes)) {
    return false;
  }
  if (signature.empty()) return false;
  const DigestContext context = copy_of(verify_pattern_);
  const bool genuine = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                        bytes_of(data), data.size()) == 1;
  if (!genuine) (void)take_openssl_error();
  return genuine;
}

}  // namespace gatehouse::crypto
