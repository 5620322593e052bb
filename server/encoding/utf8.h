// UTF-8 [RFC 3629]: what is valid, and what of it may appear in a name that people read.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// One code point and the number of bytes that it takes.
struct CodePoint {
  char32_t value;
  std::size_t bytes;
};

// The code point at the front of `text`; nullopt if the bytes there are none: empty, cut off,
// overlong, a surrogate, beyond U+10FFFF.
[[nodiscard]] std::optional<CodePoint> first_code_point(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// How many code points it has; nullopt if it is not UTF-8.
[[nodiscard]] std::optional<std::size_t> count_characters(std::string_view text);

// Appends the UTF-8 form. ENSUREs that `value` is a code point and no surrogate.
void append_utf8(std::string& out, char32_t value);

// A name made fit to be shown: control characters, text-direction controls and invisible characters
// are taken out, blanks and line breaks become single spaces, the ends are trimmed. Joiners that
// scripts and emoji need stay. nullopt if the text is not UTF-8, if nothing is left, or if what is
// left is longer than `bytes_max`.
[[nodiscard]] std::optional<std::string> clean_display_name(std::string_view text,
                                                            std::size_t bytes_max);

}  // namespace gatehouse
