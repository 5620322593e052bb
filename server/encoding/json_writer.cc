// The writing half of json.h.

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "server/core/ensure.h"
#include "server/encoding/json.h"
#include "server/encoding/utf8.h"

namespace gatehouse {

namespace {

// Whether none of eight bytes needs a closer look: no control, no quote, no backslash, no byte from
// 0x80. Each term has the top bit of a byte set where the byte is one of those; a borrow can make
// this say no too often, never too seldom.
bool is_plain_word(const char* bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t tops = 0x8080808080808080U;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, 8);
  const std::uint64_t below_space = word - ones * 0x20;
  const std::uint64_t quote = (word ^ (ones * '"')) - ones;
  const std::uint64_t backslash = (word ^ (ones * '\\')) - ones;
  return ((word | below_space | quote | backslash) & tops) == 0;
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

std::size_t plain_prefix(std::string_view text) {
  std::size_t size = 0;
  while (size + 8 <= text.size() && is_plain_word(text.data() + size)) size += 8;
  while (size < text.size() && is_plain(text[size])) ++size;
  return size;
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> text{};
  const auto [end, status] = std::to_chars(text.data(), text.data() + text.size(), number);
  ENSURE(status == std::errc{});
  out.append(text.data(), end);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t used = 1;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_escape(out, text[0]);
    } else if (const auto point = first_code_point(text)) {
      used = point->bytes;
      out.append(text.substr(0, used));
    } else {
      append_utf8(out, 0xfffd);
    }
    text.remove_prefix(used);
  }
  out += '"';
}

void JsonWriter::begin_value() {
  if ((in_object_ & 1) != 0) {
    ENSURE(has_key_);
    has_key_ = false;
  } else {
    ENSURE(depth_ > 0 || !has_item_);
    if (has_item_) out_ += ',';
  }
  has_item_ = true;
}

void JsonWriter::open(char bracket, std::uint64_t object_bit) {
  begin_value();
  ENSURE(depth_ < depth_max);
  ++depth_;
  in_object_ = in_object_ << 1 | object_bit;
  has_item_ = false;
  out_ += bracket;
}

void JsonWriter::close(char bracket, std::uint64_t object_bit) {
  ENSURE(depth_ > 0 && (in_object_ & 1) == object_bit && !has_key_);
  --depth_;
  in_object_ >>= 1;
  has_item_ = true;
  out_ += bracket;
}

JsonWriter& JsonWriter::begin_object() {
  open('{', 1);
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  close('}', 1);
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  open('[', 0);
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  close(']', 0);
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  ENSURE((in_object_ & 1) != 0 && !has_key_);
  if (has_item_) out_ += ',';
  append_json_string(out_, name);
  out_ += ':';
  has_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  begin_value();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::signed_value(std::int64_t number) {
  begin_value();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::unsigned_value(std::uint64_t number) {
  begin_value();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  begin_value();
  const std::size_t begin = out_.size();
  append_number(out_, number);
  // A whole number keeps its point, so that it is read back as what it was.
  if (out_.find_first_of(".e", begin) == std::string::npos) out_ += ".0";
  return *this;
}

JsonWriter& JsonWriter::literal(std::string_view text) {
  begin_value();
  out_ += text;
  return *this;
}

JsonWriter& JsonWriter::value(const Json& json) {
  if (const auto* object = json.object()) {
    begin_object();
    for (const Json::Member& member : *object) key(member.key).value(member.value);
    return end_object();
  }
  if (const auto* array = json.array()) {
    begin_array();
    for (const Json& item : *array) value(item);
    return end_array();
  }
  if (const auto text = json.string()) return value(*text);
  if (const auto number = json.integer()) return value(*number);
  if (const auto number = json.number()) return value(*number);
  if (const auto truth = json.boolean()) return value(*truth);
  return null();
}

}  // namespace gatehouse
