// RSAES-OAEP [RFC 8017 §7.1]: a short secret for the holder of an RSA key, as XML encryption
// carries its keys.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/secret.h"
#include "server/crypto/certificate_key.h"

namespace gatehouse::crypto {

// Both sides must say the same. SHA-1 does no harm here: nothing rests on its collisions.
struct OaepParameters {
  DigestAlgorithm digest = DigestAlgorithm::sha1;
  DigestAlgorithm mask_digest = DigestAlgorithm::sha1;  // of MGF1
  std::string label;
};

// Errors: invalid_argument if the key is not RSA or the plaintext is too long for it.
[[nodiscard]] Result<std::string, Error> rsa_oaep_encrypt(const CertificateKey& key,
                                                          const OaepParameters& parameters,
                                                          const Secret& plaintext);
// `private_key` is PKCS#8 DER. Errors: invalid_argument, whatever is wrong. Which of the checks
// failed shows neither in the error nor in the time.
[[nodiscard]] Result<Secret, Error> rsa_oaep_decrypt(const Secret& private_key,
                                                     const OaepParameters& parameters,
                                                     std::string_view ciphertext);

}  // namespace gatehouse::crypto
