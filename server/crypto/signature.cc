#include "server/crypto/signature.h"

#include "server/core/ensure.h"
#include "server/crypto/key_material.h"

namespace gatehouse::crypto {
namespace {

constexpr std::size_t rsa_modulus_bytes_max = 512;
constexpr std::size_t rsa_exponent_bytes_max = 4;
constexpr std::size_t number_bytes = 32;  // a coordinate of P-256, a key of Ed25519

Error unsound(const char* what) {
  return {ErrorCode::invalid_argument, std::string(what) + ": " + take_openssl_error()};
}

BigNumber number_of(std::string_view bytes) {
  BigNumber number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
  ENSURE(number != nullptr);
  return number;
}

std::string bytes_of_number(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  ENSURE(BN_bn2bin(number, bytes_of(bytes)) == static_cast<int>(bytes.size()));
  return bytes;
}

std::string padded_bytes_of_number(const BIGNUM* number) {
  std::string bytes(number_bytes, '\0');
  ENSURE(BN_bn2binpad(number, bytes_of(bytes), number_bytes) == static_cast<int>(number_bytes));
  return bytes;
}

BigNumber number_param(const EVP_PKEY* pkey, const char* name) {
  BIGNUM* number = nullptr;
  ENSURE(EVP_PKEY_get_bn_param(pkey, name, &number) == 1);
  return BigNumber(number);
}

Result<Pkey, Error> pkey_of(const RsaPublicParts& parts) {
  if (parts.modulus.empty() || parts.modulus.size() > rsa_modulus_bytes_max ||
      parts.modulus.front() == '\0' || parts.exponent.empty() ||
      parts.exponent.size() > rsa_exponent_bytes_max || parts.exponent.front() == '\0') {
    return Error(ErrorCode::invalid_argument, "RSA numbers out of bounds");
  }
  const BigNumber modulus = number_of(parts.modulus);
  const BigNumber exponent = number_of(parts.exponent);
  if (!BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) || !BN_is_odd(modulus.get())) {
    return Error(ErrorCode::invalid_argument, "RSA numbers must be odd, the exponent above one");
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  ENSURE(builder != nullptr &&
         OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
         OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  return public_pkey("RSA", builder);
}

Result<Pkey, Error> pkey_of(const P256PublicParts& parts) {
  if (parts.x.size() != number_bytes || parts.y.size() != number_bytes) {
    return Error(ErrorCode::invalid_argument, "P-256 coordinates have 32 bytes each");
  }
  const std::string point = "\x04" + parts.x + parts.y;  // uncompressed [SEC 1 §2.3.3]
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  ENSURE(builder != nullptr &&
         OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1",
                                         0) == 1 &&
         OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size()) == 1);
  return public_pkey("EC", builder);
}

Result<Pkey, Error> pkey_of(const Ed25519PublicParts& parts) {
  if (parts.x.size() != number_bytes) {
    return Error(ErrorCode::invalid_argument, "an Ed25519 key has 32 bytes");
  }
  Pkey pkey(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes_of(parts.x),
                                           parts.x.size()));
  if (pkey == nullptr) return unsound("not an Ed25519 key");
  return pkey;
}

// A key of its own, without the private numbers: a public key that is kept must not hold secrets.
// It is not checked again, which takes milliseconds for RSA.
Pkey public_half(const EVP_PKEY* pkey) {
  OSSL_PARAM* exported = nullptr;
  ENSURE(EVP_PKEY_todata(pkey, EVP_PKEY_PUBLIC_KEY, &exported) == 1);
  const ParamList params(exported);
  const PkeyContext context(
      EVP_PKEY_CTX_new_from_name(nullptr, EVP_PKEY_get0_type_name(pkey), nullptr));
  EVP_PKEY* made = nullptr;
  ENSURE(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
         EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) == 1);
  return Pkey(made);
}

Pkey generate_pkey(SigningKeyKind kind) {
  switch (kind) {
    case SigningKeyKind::rsa_2048:
      return Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
    case SigningKeyKind::rsa_3072:
      return Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072}));
    case SigningKeyKind::p256: return Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    case SigningKeyKind::ed25519: return Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  ensure_failed("unknown SigningKeyKind");
}

}  // namespace

Result<Pkey, Error> public_pkey(const char* type, const ParamBuilder& builder) {
  const ParamList params(OSSL_PARAM_BLD_to_param(builder.get()));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  ENSURE(params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return unsound("not a public key");
  }
  Pkey pkey(made);
  const PkeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) {
    return unsound("an unsound public key");
  }
  return pkey;
}

std::string_view algorithm_name(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rs256: return "RS256";
    case SignatureAlgorithm::es256: return "ES256";
    case SignatureAlgorithm::eddsa: return "EdDSA";
  }
  ensure_failed("unknown SignatureAlgorithm");
}

std::optional<SignatureAlgorithm> parse_algorithm(std::string_view name) {
  for (const auto algorithm :
       {SignatureAlgorithm::rs256, SignatureAlgorithm::es256, SignatureAlgorithm::eddsa}) {
    if (name == algorithm_name(algorithm)) return algorithm;
  }
  return std::nullopt;
}

PublicKey::PublicKey(std::shared_ptr<const KeyMaterial> material)
    : material_(std::move(material)) {}

Result<PublicKey, Error> PublicKey::import(const PublicKeyParts& parts) {
  Pkey pkey = TRY(std::visit([](const auto& each) { return pkey_of(each); }, parts));
  return PublicKey(TRY(KeyMaterial::adopt(std::move(pkey), KeyMaterial::Part::public_only)));
}

SignatureAlgorithm PublicKey::algorithm() const { return material_->algorithm(); }

PublicKeyParts PublicKey::parts() const {
  const EVP_PKEY* pkey = material_->pkey();
  switch (material_->algorithm()) {
    case SignatureAlgorithm::rs256:
      return RsaPublicParts{
          .modulus = bytes_of_number(number_param(pkey, OSSL_PKEY_PARAM_RSA_N).get()),
          .exponent = bytes_of_number(number_param(pkey, OSSL_PKEY_PARAM_RSA_E).get())};
    case SignatureAlgorithm::es256:
      return P256PublicParts{
          .x = padded_bytes_of_number(number_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X).get()),
          .y = padded_bytes_of_number(number_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y).get())};
    case SignatureAlgorithm::eddsa: {
      Ed25519PublicParts parts{.x = std::string(number_bytes, '\0')};
      std::size_t size = number_bytes;
      ENSURE(EVP_PKEY_get_raw_public_key(pkey, bytes_of(parts.x), &size) == 1 &&
             size == number_bytes);
      return parts;
    }
  }
  ensure_failed("unknown SignatureAlgorithm");
}

bool PublicKey::verify(std::string_view data, std::string_view signature) const {
  return material_->verify(data, signature);
}

SigningKey::SigningKey(std::shared_ptr<const KeyMaterial> material)
    : material_(std::move(material)) {}

SigningKey SigningKey::generate(SigningKeyKind kind) {
  Pkey pkey = generate_pkey(kind);
  ENSURE(pkey != nullptr);
  return SigningKey(KeyMaterial::adopt(std::move(pkey), KeyMaterial::Part::with_private).value());
}

Result<SigningKey, Error> SigningKey::import_pkcs8(const Secret& der) {
  const std::string_view bytes = der.reveal();
  const unsigned char* cursor = bytes_of(bytes);
  const Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &cursor, static_cast<long>(bytes.size())));
  if (info == nullptr || cursor != bytes_of(bytes) + bytes.size()) {
    return unsound("not a PKCS#8 key");
  }
  Pkey pkey(EVP_PKCS82PKEY(info.get()));
  if (pkey == nullptr) return unsound("not a private key");
  return SigningKey(TRY(KeyMaterial::adopt(std::move(pkey), KeyMaterial::Part::with_private)));
}

Secret SigningKey::export_pkcs8() const {
  const Pkcs8 info(EVP_PKEY2PKCS8(material_->pkey()));
  ENSURE(info != nullptr);
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  ENSURE(size > 0);
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* cursor = bytes_of(der);
  ENSURE(i2d_PKCS8_PRIV_KEY_INFO(info.get(), &cursor) == size);
  return Secret(std::move(der));
}

SignatureAlgorithm SigningKey::algorithm() const { return material_->algorithm(); }

PublicKey SigningKey::public_key() const {
  return PublicKey(
      KeyMaterial::adopt(public_half(material_->pkey()), KeyMaterial::Part::public_only).value());
}

std::string SigningKey::sign(std::string_view data) const { return material_->sign(data); }

}  // namespace gatehouse::crypto
