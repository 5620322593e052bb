#include "server/crypto/handles.h"

#include <openssl/err.h>

#include <array>

#include "server/core/ensure.h"

namespace gatehouse::crypto {
namespace {

MacContext hmac_sha256_pattern() {
  const Mac hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  ENSURE(hmac != nullptr);
  MacContext pattern(EVP_MAC_CTX_new(hmac.get()));
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  ENSURE(pattern != nullptr && EVP_MAC_CTX_set_params(pattern.get(), params.data()) == 1);
  return pattern;
}

Algorithms fetch_algorithms() {
  Algorithms fetched = {
      .sha1 = Digest(EVP_MD_fetch(nullptr, "SHA1", nullptr)),
      .sha256 = Digest(EVP_MD_fetch(nullptr, "SHA256", nullptr)),
      .sha384 = Digest(EVP_MD_fetch(nullptr, "SHA384", nullptr)),
      .sha512 = Digest(EVP_MD_fetch(nullptr, "SHA512", nullptr)),
      .aes_256_gcm = Cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)),
      .aes_256_ecb = Cipher(EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr)),
      .hkdf = Kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr)),
      .hmac_sha256 = hmac_sha256_pattern(),
  };
  ENSURE(fetched.sha1 && fetched.sha256 && fetched.sha384 && fetched.sha512 &&
         fetched.aes_256_gcm && fetched.aes_256_ecb && fetched.hkdf);
  return fetched;
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  std::array<char, 256> text = {};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

const Algorithms& algorithms() {
  static const Algorithms fetched = fetch_algorithms();
  return fetched;
}

const Digest& digest_handle(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha1: return algorithms().sha1;
    case DigestAlgorithm::sha256: return algorithms().sha256;
    case DigestAlgorithm::sha384: return algorithms().sha384;
    case DigestAlgorithm::sha512: return algorithms().sha512;
  }
  ensure_failed("unknown DigestAlgorithm");
}

}  // namespace gatehouse::crypto
