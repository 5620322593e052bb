#include "server/encoding/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "server/core/ensure.h"

namespace gatehouse {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, char32_t value) {
  return std::any_of(ranges.begin(), ranges.end(), [value](const Range& range) {
    return value >= range.first && value <= range.last;
  });
}

// Shown as blank space or a line break.
constexpr std::array<Range, 9> blanks{{
    {0x09, 0x0d},
    {0x20, 0x20},
    {0x85, 0x85},
    {0xa0, 0xa0},
    {0x1680, 0x1680},
    {0x2000, 0x200a},
    {0x2028, 0x2029},
    {0x202f, 0x202f},
    {0x205f, 0x205f},
}};

// Never shown, or shown as something else than what it is.
constexpr std::array<Range, 19> unseen{{
    {0x00, 0x1f},        // C0 controls
    {0x7f, 0x9f},        // DEL and C1 controls
    {0xad, 0xad},        // soft hyphen
    {0x034f, 0x034f},    // grapheme joiner
    {0x061c, 0x061c},    // direction: Arabic letter mark
    {0x115f, 0x1160},    // Hangul fillers
    {0x17b4, 0x17b5},    // invisible Khmer vowels
    {0x180e, 0x180e},    // Mongolian vowel separator
    {0x200b, 0x200b},    // zero-width space
    {0x200e, 0x200f},    // direction: marks
    {0x202a, 0x202e},    // direction: embeddings and overrides
    {0x2060, 0x206f},    // word joiner, invisible operators, direction: isolates
    {0x2800, 0x2800},    // the empty Braille pattern
    {0x3164, 0x3164},    // Hangul filler
    {0xfdd0, 0xfdef},    // noncharacters
    {0xfeff, 0xfeff},    // byte order mark
    {0xffa0, 0xffa0},    // half-width Hangul filler
    {0xfff0, 0xfffb},    // unassigned specials, interlinear annotation
    {0xe0000, 0xe0fff},  // tags and further selectors
}};

bool is_blank(char32_t value) { return value == 0x3000 || is_in(blanks, value); }

bool is_unseen(char32_t value) {
  return (value & 0xfffe) == 0xfffe || is_in(unseen, value);  // …FFFE and …FFFF of every plane
}

// Stays in a name because scripts and emoji need it, but is nothing by itself.
bool is_modifier(char32_t value) {
  return value == 0x200c || value == 0x200d || (value >= 0xfe00 && value <= 0xfe0f);
}

}  // namespace

std::optional<CodePoint> first_code_point(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return CodePoint{lead, 1};
  std::size_t bytes = 0;
  char32_t value = 0;
  char32_t smallest = 0;  // below it, the form is overlong
  if ((lead & 0xe0) == 0xc0) {
    bytes = 2, value = lead & 0x1f, smallest = 0x80;
  } else if ((lead & 0xf0) == 0xe0) {
    bytes = 3, value = lead & 0x0f, smallest = 0x800;
  } else if ((lead & 0xf8) == 0xf0) {
    bytes = 4, value = lead & 0x07, smallest = 0x10000;
  } else {
    return std::nullopt;
  }
  if (text.size() < bytes) return std::nullopt;
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    value = value << 6 | (byte & 0x3f);
  }
  if (value < smallest || value > 0x10ffff) return std::nullopt;
  if (value >= 0xd800 && value <= 0xdfff) return std::nullopt;
  return CodePoint{value, bytes};
}

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (!point) return std::nullopt;
    text.remove_prefix(point->bytes);
    ++count;
  }
  return count;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    // Eight bytes of ASCII at once: nearly all text is that.
    if (text.size() >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), 8);
      if ((word & 0x8080808080808080U) == 0) {
        text.remove_prefix(8);
        continue;
      }
    }
    const auto point = first_code_point(text);
    if (!point) return false;
    text.remove_prefix(point->bytes);
  }
  return true;
}

void append_utf8(std::string& out, char32_t value) {
  ENSURE(value <= 0x10ffff && !(value >= 0xd800 && value <= 0xdfff));
  if (value < 0x80) {
    out += static_cast<char>(value);
    return;
  }
  if (value < 0x800) {
    out += static_cast<char>(0xc0 | value >> 6);
  } else {
    if (value < 0x10000) {
      out += static_cast<char>(0xe0 | value >> 12);
    } else {
      out += static_cast<char>(0xf0 | value >> 18);
      out += static_cast<char>(0x80 | (value >> 12 & 0x3f));
    }
    out += static_cast<char>(0x80 | (value >> 6 & 0x3f));
  }
  out += static_cast<char>(0x80 | (value & 0x3f));
}

std::optional<std::string> clean_display_name(std::string_view text, std::size_t bytes_max) {
  std::string name;
  bool wants_space = false;
  bool is_visible = false;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (!point) return std::nullopt;
    if (is_blank(point->value)) {
      wants_space = true;
    } else if (!is_unseen(point->value)) {
      if (wants_space && !name.empty()) name += ' ';
      wants_space = false;
      is_visible = is_visible || !is_modifier(point->value);
      name.append(text.substr(0, point->bytes));
      if (name.size() > bytes_max) return std::nullopt;
    }
    text.remove_prefix(point->bytes);
  }
  if (!is_visible) return std::nullopt;
  return name;
}

}  // namespace gatehouse
