#include "server/users/search_key.h"

#include "server/encoding/utf8.h"

namespace gatehouse::users {
namespace {

constexpr bool is_between(char32_t value, char32_t first, char32_t last) {
  return value >= first && value <= last;
}

// The simple lower-case mappings of the scripts that most names are written in. Where capital and
// small letters alternate, the capital is the even one in some blocks and the odd one in others.
char32_t lower(char32_t value) {
  if (is_between(value, 'A', 'Z')) return value + 0x20;
  if (value < 0xc0) return value;
  if (is_between(value, 0xc0, 0xde)) return value == 0xd7 ? value : value + 0x20;
  if (value == 0x0130) return 'i';     // I with dot above
  if (value == 0x0178) return 0x00ff;  // Y with diaeresis
  const bool odd_capitals = is_between(value, 0x0139, 0x0148) || is_between(value, 0x0179, 0x017e);
  if (odd_capitals) return value + (value & 1U);
  const bool even_capitals = is_between(value, 0x0100, 0x0137) ||
                             is_between(value, 0x014a, 0x0177) ||
                             is_between(value, 0x0460, 0x0481) ||
                             is_between(value, 0x1e00, 0x1e95) || is_between(value, 0x1ea0, 0x1eff);
  if (even_capitals) return value | 1U;
  if (is_between(value, 0x0391, 0x03ab)) return value + 0x20;  // Greek
  if (is_between(value, 0x0410, 0x042f)) return value + 0x20;  // Cyrillic
  if (is_between(value, 0x0400, 0x040f)) return value + 0x50;
  return value;
}

}  // namespace

std::string search_key(std::string_view text) {
  std::string key;
  key.reserve(text.size());
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (!point.has_value()) {
      key += text.front();
      text.remove_prefix(1);
      continue;
    }
    append_utf8(key, lower(point->value));
    text.remove_prefix(point->bytes);
  }
  return key;
}

std::string end_of_prefix(std::string_view prefix) {
  return std::string(prefix) + "\xf4\x8f\xbf\xbf";  // the last code point
}

}  // namespace gatehouse::users
