// Owners of OpenSSL's objects, for the .cc files of this module alone: no other header of it names
// an OpenSSL type.

#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "server/crypto/hash.h"

namespace gatehouse::crypto {

template <auto Function>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};

using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;
using Kdf = std::unique_ptr<EVP_KDF, FreeWith<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, FreeWith<EVP_KDF_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, FreeWith<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using ParamList = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeWith<PKCS8_PRIV_KEY_INFO_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;

inline const unsigned char* bytes_of(std::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}
inline unsigned char* bytes_of(std::string& data) {
  return reinterpret_cast<unsigned char*>(data.data());
}

// What OpenSSL has to say about the last failure of this thread; empties its queue. For logs.
[[nodiscard]] std::string take_openssl_error();

// The algorithms of the default provider, fetched once.
struct Algorithms {
  Digest sha1;
  Digest sha256;
  Digest sha384;
  Digest sha512;
  Cipher aes_256_gcm;
  Cipher aes_256_ecb;
  Kdf hkdf;
  MacContext hmac_sha256;  // a pattern without a key: duplicated, never used itself
};

// Fetching searches the providers under a lock and costs as much as hashing half a kilobyte, and
// OpenSSL has only functions to ask. So the answer is kept for the life of the process. It is
// constant after the first call, which is safe from any thread.
[[nodiscard]] const Algorithms& algorithms();
[[nodiscard]] const Digest& digest_handle(DigestAlgorithm algorithm);

}  // namespace gatehouse::crypto
