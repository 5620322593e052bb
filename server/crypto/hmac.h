// HMAC-SHA256 [RFC 2104].

#pragma once

#include <string>
#include <string_view>

namespace gatehouse::crypto {

// The 32 raw bytes of the code. The key may have any length. Compare codes with
// equal_in_constant_time only. Safe from any thread.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view data);

}  // namespace gatehouse::crypto
