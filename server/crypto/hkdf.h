// HKDF with SHA-256 [RFC 5869]: many independent keys out of one.

#pragma once

#include <string_view>

#include "server/core/secret.h"

namespace gatehouse::crypto {

struct HkdfInput {
  std::string_view key;    // the keying material; not empty
  std::string_view salt;   // may be empty
  std::string_view label;  // the `info`: tells one derived key from another
};

// `output_bytes` (1 to 8160) derived bytes. Safe from any thread.
[[nodiscard]] Secret hkdf_sha256(const HkdfInput& input, std::size_t output_bytes);

}  // namespace gatehouse::crypto
