// AES as XML encryption uses it for content [XML Encryption 1.1 §5.2]: a fresh nonce or IV, the
// ciphertext and, with GCM, the tag, one behind the other. For our own data there is seal.h.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/secret.h"

namespace gatehouse::crypto {

enum class ContentMode {
  gcm,
  cbc,  // whoever may send ciphertexts of their own and see what becomes of them can read others'
};

// A random key of 16, 24 or 32 bytes.
[[nodiscard]] Secret make_content_key(std::size_t bytes);

[[nodiscard]] std::string encrypt_content(ContentMode mode, const Secret& key,
                                          std::string_view plaintext);

// The key has 16, 24 or 32 bytes. Errors: invalid_argument. CBC: only the last byte of the padding
// means anything, as the specification says; nothing shows that the text is what was encrypted.
[[nodiscard]] Result<std::string, Error> decrypt_content(ContentMode mode, const Secret& key,
                                                         std::string_view sealed);

}  // namespace gatehouse::crypto
