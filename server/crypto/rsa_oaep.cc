#include "server/crypto/rsa_oaep.h"

#include <openssl/rsa.h>

#include "server/core/ensure.h"
#include "server/crypto/handles.h"

namespace gatehouse::crypto {
namespace {

constexpr std::size_t label_bytes_max = 256;

Error refused(const char* what) {
  (void)take_openssl_error();  // says which check failed, which nobody needs to know
  return {ErrorCode::invalid_argument, what};
}

bool set_parameters(EVP_PKEY_CTX* context, const OaepParameters& parameters) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, digest_handle(parameters.digest).get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest_handle(parameters.mask_digest).get()) != 1) {
    return false;
  }
  if (parameters.label.empty()) return true;
  void* label = OPENSSL_memdup(parameters.label.data(), parameters.label.size());
  ENSURE(label != nullptr);
  if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, static_cast<int>(parameters.label.size())) ==
      1) {
    return true;
  }
  OPENSSL_free(label);
  return false;
}

Pkey read_private_key(const Secret& der) {
  const std::string_view bytes = der.reveal();
  const unsigned char* cursor = bytes_of(bytes);
  const Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &cursor, static_cast<long>(bytes.size())));
  return info == nullptr ? nullptr : Pkey(EVP_PKCS82PKEY(info.get()));
}

}  // namespace

Result<std::string, Error> rsa_oaep_encrypt(const CertificateKey& key,
                                            const OaepParameters& parameters,
                                            const Secret& plaintext) {
  if (key.kind() != CertificateKey::Kind::rsa) return refused("the key is not RSA");
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr));
  ENSURE(context != nullptr && EVP_PKEY_encrypt_init(context.get()) == 1);
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key.handle())), '\0');
  std::size_t size = out.size();
  if (!set_parameters(context.get(), parameters) ||
      EVP_PKEY_encrypt(context.get(), bytes_of(out), &size, bytes_of(plaintext.reveal()),
                       plaintext.size()) != 1) {
    return refused("cannot be encrypted for this key");
  }
  out.resize(size);
  return out;
}

Result<Secret, Error> rsa_oaep_decrypt(const Secret& private_key, const OaepParameters& parameters,
                                       std::string_view ciphertext) {
  const Pkey key = read_private_key(private_key);
  if (key == nullptr || !EVP_PKEY_is_a(key.get(), "RSA")) return refused("not an RSA key");
  const auto key_bytes = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
  if (ciphertext.size() != key_bytes || parameters.label.size() > label_bytes_max) {
    return refused("not encrypted for this key");
  }
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  ENSURE(context != nullptr && EVP_PKEY_decrypt_init(context.get()) == 1);
  std::string out(key_bytes, '\0');
  std::size_t size = out.size();
  if (!set_parameters(context.get(), parameters) ||
      EVP_PKEY_decrypt(context.get(), bytes_of(out), &size, bytes_of(ciphertext),
                       ciphertext.size()) != 1) {
    return refused("not encrypted for this key");
  }
  out.resize(size);
  return Secret(std::move(out));
}

}  // namespace gatehouse::crypto
