#include "server/crypto/certificate_key.h"

#include <openssl/rsa.h>

#include <array>
#include <optional>

#include "server/core/ensure.h"
#include "server/crypto/handles.h"

namespace gatehouse::crypto {
namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;
constexpr int rsa_exponent_bits_max = 32;  // beyond it, one signature keeps a core busy

struct Curve {
  std::string_view name;
  std::size_t number_bytes;
};
constexpr std::array curves = {Curve{"prime256v1", 32}, Curve{"secp384r1", 48},
                               Curve{"secp521r1", 66}};

bool has_small_exponent(const EVP_PKEY* key) {
  BIGNUM* read = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &read) != 1) return false;
  const BigNumber exponent(read);
  return BN_num_bits(exponent.get()) <= rsa_exponent_bits_max && BN_is_odd(exponent.get()) &&
         !BN_is_one(exponent.get());
}

// The width of a number of the key's curve; nullopt for a curve that we do not take.
std::optional<std::size_t> number_bytes_of(const EVP_PKEY* key) {
  std::array<char, 32> name = {};
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1) return std::nullopt;
  for (const Curve& curve : curves) {
    if (curve.name == name.data()) return curve.number_bytes;
  }
  return std::nullopt;
}

// Numbers beyond the group's order pass here and are refused by the verification itself.
std::string der_signature(std::string_view r, std::string_view s) {
  const EcdsaSignature made(ECDSA_SIG_new());
  BigNumber first(BN_bin2bn(bytes_of(r), static_cast<int>(r.size()), nullptr));
  BigNumber second(BN_bin2bn(bytes_of(s), static_cast<int>(s.size()), nullptr));
  ENSURE(made != nullptr && first != nullptr && second != nullptr);
  ENSURE(ECDSA_SIG_set0(made.get(), first.release(), second.release()) == 1);
  const int size = i2d_ECDSA_SIG(made.get(), nullptr);
  ENSURE(size > 0);
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* cursor = bytes_of(der);
  ENSURE(i2d_ECDSA_SIG(made.get(), &cursor) == size);
  return der;
}

}  // namespace

struct CertificateKey::Held {
  Pkey pkey;
  std::size_t signature_bytes;  // exactly
};

CertificateKey::CertificateKey(Kind kind, std::unique_ptr<const Held> held)
    : kind_(kind), held_(std::move(held)) {}
CertificateKey::~CertificateKey() = default;

std::shared_ptr<const CertificateKey> CertificateKey::adopt(EVP_PKEY* key) {
  Held held = {};
  Kind kind = Kind::rsa;
  if (EVP_PKEY_is_a(key, "RSA")) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < rsa_bits_min || bits > rsa_bits_max || !has_small_exponent(key)) return nullptr;
    held.signature_bytes = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  } else if (EVP_PKEY_is_a(key, "EC")) {
    const std::optional<std::size_t> width = number_bytes_of(key);
    if (!width.has_value()) return nullptr;
    kind = Kind::ec;
    held.signature_bytes = 2 * *width;
  } else {
    return nullptr;
  }
  ENSURE(EVP_PKEY_up_ref(key) == 1);
  held.pkey.reset(key);
  return std::make_shared<const CertificateKey>(kind,
                                                std::make_unique<const Held>(std::move(held)));
}

evp_pkey_st* CertificateKey::handle() const { return held_->pkey.get(); }

bool CertificateKey::verify(DigestAlgorithm digest, std::string_view data,
                            std::string_view signature) const {
  if (signature.size() != held_->signature_bytes) return false;
  std::string der;
  if (kind_ == Kind::ec) {
    der = der_signature(signature.substr(0, signature.size() / 2),
                        signature.substr(signature.size() / 2));
    signature = der;
  }
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, handle(), nullptr));
  ENSURE(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), digest_handle(digest).get()) == 1);
  if (kind_ == Kind::rsa) {
    ENSURE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1);
  }
  const std::string hashed = crypto::digest(digest, data);
  const bool genuine = EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(),
                                       bytes_of(std::string_view(hashed)), hashed.size()) == 1;
  if (!genuine) (void)take_openssl_error();
  return genuine;
}

}  // namespace gatehouse::crypto
