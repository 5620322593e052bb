#include "server/http/headers.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "server/core/ensure.h"

namespace gatehouse::http {

namespace {

constexpr std::array<bool, 256> make_token_bytes() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
constexpr std::array<bool, 256> token_bytes = make_token_bytes();

constexpr std::array<bool, 256> make_value_bytes() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) table[c] = (c >= 0x20 && c != 0x7f) || c == '\t';
  return table;
}
constexpr std::array<bool, 256> value_bytes = make_value_bytes();

// Looks at every byte, without leaving early: nearly always all are good.
bool all_in(const std::array<bool, 256>& table, std::string_view text) {
  const bool* allowed = table.data();
  bool all = true;
  for (const char c : text) all &= allowed[static_cast<unsigned char>(c)];
  return all;
}

// How many bytes at the front, in steps of eight, are visible ASCII or spaces beyond any doubt: no
// byte below 0x20 and none from 0x7f. Tokens and cookies are long, so this is worth eight at a
// time.
std::size_t plain_words(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t tops = 0x8080808080808080U;
  std::size_t size = 0;
  for (; size + 8 <= text.size(); size += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + size, 8);
    // A borrow or a carry can make this doubt too often, never too seldom.
    const std::uint64_t doubtful = word | (word - ones * 0x20) | (word + ones);
    if ((doubtful & tops) != 0) break;
  }
  return size;
}

constexpr unsigned char lower(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte | 0x20) : byte;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

bool is_field_name(std::string_view name) { return !name.empty() && all_in(token_bytes, name); }

bool is_field_value(std::string_view value) {
  if (value.empty()) return true;
  if (is_blank(value.front()) || is_blank(value.back())) return false;
  return all_in(value_bytes, value.substr(plain_words(value)));
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

void Headers::add(std::string_view name, std::string_view value) {
  ENSURE(is_field_name(name));
  ENSURE(is_field_value(value));
  // The first field makes room for a usual message, so that most need no second allocation.
  if (spans_.empty()) {
    spans_.reserve(16);
    bytes_.reserve(512);
  }
  const std::size_t begin = bytes_.size();
  ENSURE(begin + name.size() + value.size() <= UINT32_MAX);
  bytes_.append(name);
  bytes_.append(value);
  spans_.push_back(Span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(name.size()),
                        static_cast<std::uint32_t>(begin + name.size()),
                        static_cast<std::uint32_t>(value.size())});
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  // The bytes stay where they are: nothing refers to them any more, and moving them costs more.
  std::erase_if(spans_, [&](const Span& span) {
    return equal_ignoring_case(std::string_view(bytes_).substr(span.name_begin, span.name_size),
                               name);
  });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  const std::string_view bytes = bytes_;
  for (const Span& span : spans_) {
    if (span.name_size == name.size() &&
        equal_ignoring_case(bytes.substr(span.name_begin, span.name_size), name)) {
      return bytes.substr(span.value_begin, span.value_size);
    }
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  const std::string_view bytes = bytes_;
  return static_cast<std::size_t>(
      std::count_if(spans_.begin(), spans_.end(), [&](const Span& span) {
        return equal_ignoring_case(bytes.substr(span.name_begin, span.name_size), name);
      }));
}

Headers::Field Headers::at(std::size_t index) const {
  ENSURE(index < spans_.size());
  const Span& span = spans_[index];
  const std::string_view bytes = bytes_;
  return Field{bytes.substr(span.name_begin, span.name_size),
               bytes.substr(span.value_begin, span.value_size)};
}

}  // namespace gatehouse::http
