// Hexadecimal text. We write lower case and read nothing else, so that bytes have one spelling.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

[[nodiscard]] std::string hex_encode(std::string_view bytes);
// Lower-case digits only, an even number of them.
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);

// The value of one digit in either case, as percent-encoding has it; nullopt if it is none.
[[nodiscard]] std::optional<unsigned> hex_digit_value(char digit);

}  // namespace gatehouse
