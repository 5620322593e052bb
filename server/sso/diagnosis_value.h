// Values as people read them in refusals: what came from a provider, made fit to be shown, and for
// what is kept, without what could be used or says more of a person than is needed.

#pragma once

#include <string>
#include <string_view>

namespace gatehouse::sso {

inline constexpr std::size_t shown_value_bytes_max = 500;

// One line of UTF-8 without control characters, at most `shown_value_bytes_max` long; where it was
// cut stands "…". Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string clean_value(std::string_view text);

// The same without secrets: no XML, nothing that looks like a token, no value of a parameter that
// carries one; e-mail addresses are reduced to their domain.
[[nodiscard]] std::string redact_value(std::string_view text);

}  // namespace gatehouse::sso
