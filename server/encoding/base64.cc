#include "server/encoding/base64.h"

#include <array>
#include <cstdint>

namespace gatehouse {

namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t foreign = 0xff;

constexpr std::array<std::uint8_t, 256> make_values(std::string_view alphabet) {
  std::array<std::uint8_t, 256> values{};
  values.fill(foreign);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto standard_values = make_values(standard_alphabet);
constexpr auto url_values = make_values(url_alphabet);

// Without the bounds check of operator[]: the loops below know their bounds, and are hot.
std::uint32_t byte_at(const char* bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

// Appends the digits of `bytes` without padding.
void append_digits(std::string& out, std::string_view bytes, std::string_view alphabet) {
  const std::size_t begin = out.size();
  out.resize(begin + (bytes.size() * 4 + 2) / 3);
  char* to = out.data() + begin;
  const char* from = bytes.data();
  const char* digits = alphabet.data();
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group =
        byte_at(from, i) << 16 | byte_at(from, i + 1) << 8 | byte_at(from, i + 2);
    to[0] = digits[group >> 18];
    to[1] = digits[group >> 12 & 63];
    to[2] = digits[group >> 6 & 63];
    to[3] = digits[group & 63];
    to += 4;
  }
  const std::size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const std::uint32_t group = byte_at(from, i) << 16 | (rest == 2 ? byte_at(from, i + 1) << 8 : 0);
  to[0] = digits[group >> 18];
  to[1] = digits[group >> 12 & 63];
  if (rest == 2) to[2] = digits[group >> 6 & 63];
}

std::optional<std::string> decode_digits(std::string_view digits,
                                         const std::array<std::uint8_t, 256>& values) {
  const std::size_t rest = digits.size() % 4;
  if (rest == 1) return std::nullopt;
  std::string bytes(digits.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0');
  char* to = bytes.data();
  const char* from = digits.data();
  const std::uint8_t* table = values.data();
  // Values are below 64: a foreign digit anywhere leaves a high bit in this sum.
  std::uint32_t seen = 0;
  const auto value = [&](std::size_t i) -> std::uint32_t {
    const std::uint32_t digit = table[byte_at(from, i)];
    seen |= digit;
    return digit;
  };
  std::size_t i = 0;
  for (; i + 4 <= digits.size(); i += 4) {
    const std::uint32_t group =
        value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
    to[0] = static_cast<char>(group >> 16);
    to[1] = static_cast<char>(group >> 8);
    to[2] = static_cast<char>(group);
    to += 3;
  }
  if (rest != 0) {
    const std::uint32_t group =
        value(i) << 18 | value(i + 1) << 12 | (rest == 3 ? value(i + 2) << 6 : 0);
    // Bits beyond the last byte would make a second spelling of the same bytes.
    if ((group & (rest == 3 ? 0xffU : 0xffffU)) != 0) return std::nullopt;
    to[0] = static_cast<char>(group >> 16);
    if (rest == 3) to[1] = static_cast<char>(group >> 8);
  }
  if (seen > 63) return std::nullopt;
  return bytes;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  append_digits(text, bytes, standard_alphabet);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string base64_encode_unpadded(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
    if (text.size() % 4 != 2) return std::nullopt;
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return decode_digits(text, standard_values);
}

std::string base64url_encode(std::string_view bytes) {
  std::string text;
  append_digits(text, bytes, url_alphabet);
  return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode_digits(text, url_values);
}

void append_base64url(std::string& out, std::string_view bytes) {
  append_digits(out, bytes, url_alphabet);
}

}  // namespace gatehouse
