// Digests: SHA-256, SHA-384 and SHA-512 [FIPS 180-4].

#pragma once

#include <string>
#include <string_view>

namespace gatehouse::crypto {

inline constexpr std::size_t sha256_bytes = 32;

// The digest as raw bytes: 32, 48 and 64 of them. Safe from any thread.
[[nodiscard]] std::string sha256(std::string_view data);
[[nodiscard]] std::string sha384(std::string_view data);
[[nodiscard]] std::string sha512(std::string_view data);

// For formats of others that name their digest. SHA-1 is no protection against forgery: whoever
// takes it does so for an old counterpart that knows nothing else.
enum class DigestAlgorithm { sha1, sha256, sha384, sha512 };
[[nodiscard]] std::string digest(DigestAlgorithm algorithm, std::string_view data);

}  // namespace gatehouse::crypto
