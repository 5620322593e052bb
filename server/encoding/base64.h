// Base64 in its two alphabets [RFC 4648 §4, §5]. Decoding takes the one canonical form only: no
// blanks, no missing or superfluous padding, no foreign alphabet, no stray last bits. What is
// decoded therefore encodes to the same text again, and no token has two spellings.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// "+" and "/", padded with "=".
[[nodiscard]] std::string base64_encode(std::string_view bytes);
// Without the padding, as binary gRPC metadata has it.
[[nodiscard]] std::string base64_encode_unpadded(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

// "-" and "_", never padded.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

// Appends the base64url form of `bytes`, which may not come from `out` itself.
void append_base64url(std::string& out, std::string_view bytes);

}  // namespace gatehouse
