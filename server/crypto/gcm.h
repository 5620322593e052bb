// AES-256-GCM [NIST SP 800-38D] and XAES-256-GCM [C2SP XAES-256-GCM]: encryption that notices any
// change. For seal.h; everyone else seals.
//
// Plain GCM breaks when one key meets a nonce twice, so a key may take only some 2^32 random ones.
// XAES takes nonces of 192 bits: half of one derives the key for the message, the other half is the
// GCM nonce. Random nonces may then be used without counting.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/secret.h"

namespace gatehouse::crypto {

inline constexpr std::size_t aes_256_key_bytes = 32;
inline constexpr std::size_t gcm_nonce_bytes = 12;
inline constexpr std::size_t gcm_tag_bytes = 16;
inline constexpr std::size_t xaes_nonce_bytes = 24;

// Nonce and associated data of one message; the data is authenticated, not encrypted.
struct AeadInput {
  std::string_view nonce;
  std::string_view associated_data;
};

// The ciphertext followed by the tag. `key` has 32 bytes, the nonce 12 or 24.
[[nodiscard]] std::string gcm_encrypt(const Secret& key, const AeadInput& input,
                                      std::string_view plaintext);
[[nodiscard]] std::string xaes_encrypt(const Secret& key, const AeadInput& input,
                                       std::string_view plaintext);

// The plaintext. Errors: internal if the key, the nonce, the data or the ciphertext is not what it
// was at encryption.
[[nodiscard]] Result<Secret, Error> gcm_decrypt(const Secret& key, const AeadInput& input,
                                                std::string_view ciphertext);
[[nodiscard]] Result<Secret, Error> xaes_decrypt(const Secret& key, const AeadInput& input,
                                                 std::string_view ciphertext);

}  // namespace gatehouse::crypto
