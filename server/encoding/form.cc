#include "server/encoding/form.h"

#include <algorithm>

#include "server/encoding/hex.h"
#include "server/encoding/utf8.h"

namespace gatehouse {

namespace {

enum class Decoding { done, broken_escape, not_utf8, has_nul };

// Appends the decoded bytes.
Decoding decode(std::string& out, std::string_view encoded) {
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    const char c = encoded[i];
    if (c == '+') {
      out += ' ';
    } else if (c == '%') {
      if (encoded.size() - i < 3) return Decoding::broken_escape;
      const auto high = hex_digit_value(encoded[i + 1]);
      const auto low = hex_digit_value(encoded[i + 2]);
      if (!high || !low) return Decoding::broken_escape;
      out += static_cast<char>(*high << 4 | *low);
      i += 2;
    } else {
      out += c;
    }
  }
  const std::string_view decoded = std::string_view(out).substr(begin);
  if (decoded.find('\0') != std::string_view::npos) return Decoding::has_nul;
  return is_utf8(decoded) ? Decoding::done : Decoding::not_utf8;
}

Error decoding_error(Decoding decoding) {
  switch (decoding) {
    case Decoding::broken_escape:
      return Error(ErrorCode::invalid_argument, "form: broken percent escape");
    case Decoding::not_utf8: return Error(ErrorCode::invalid_argument, "form: not UTF-8");
    case Decoding::has_nul: return Error(ErrorCode::invalid_argument, "form: NUL byte");
    case Decoding::done: break;
  }
  return Error(ErrorCode::internal, "form: no error");
}

}  // namespace

Result<Form, Error> Form::parse(std::string_view encoded, std::size_t fields_max) {
  if (encoded.size() > UINT32_MAX) {
    return Error(ErrorCode::invalid_argument, "form: too many bytes");
  }
  Form form;
  form.bytes_.reserve(encoded.size());
  while (!encoded.empty()) {
    const std::size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view piece = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (piece.empty()) continue;
    if (form.spans_.size() == fields_max) {
      return Error(ErrorCode::invalid_argument, "form: too many fields");
    }
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::size_t name_begin = form.bytes_.size();
    const Decoding name = decode(form.bytes_, piece.substr(0, equals));
    if (name != Decoding::done) return decoding_error(name);
    const std::size_t value_begin = form.bytes_.size();
    const Decoding value = decode(form.bytes_, piece.substr(std::min(equals + 1, piece.size())));
    if (value != Decoding::done) return decoding_error(value);
    form.spans_.push_back(Span{static_cast<std::uint32_t>(name_begin),
                               static_cast<std::uint32_t>(value_begin - name_begin),
                               static_cast<std::uint32_t>(value_begin),
                               static_cast<std::uint32_t>(form.bytes_.size() - value_begin)});
  }
  return form;
}

Form::Field Form::at(std::size_t index) const {
  ENSURE(index < spans_.size());
  const Span& span = spans_[index];
  const std::string_view bytes = bytes_;
  return Field{bytes.substr(span.name_begin, span.name_size),
               bytes.substr(span.value_begin, span.value_size)};
}

std::optional<std::string_view> Form::get(std::string_view name) const {
  for (std::size_t i = 0; i < size(); ++i) {
    const Field field = at(i);
    if (field.name == name) return field.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Form::get_given(std::string_view name) const {
  const auto value = get(name);
  if (!value || value->empty()) return std::nullopt;
  return value;
}

std::vector<std::string_view> Form::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (std::size_t i = 0; i < size(); ++i) {
    const Field field = at(i);
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

bool Form::has_duplicates(std::string_view name) const { return all(name).size() > 1; }

std::optional<std::string_view> Form::first_duplicate() const {
  for (std::size_t i = 1; i < size(); ++i) {
    const std::string_view name = at(i).name;
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (at(earlier).name == name) return name;
    }
  }
  return std::nullopt;
}

void append_form_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '*' || c == '-' || c == '.' || c == '_';
    if (is_plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
}

void append_form_field(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += '&';
  append_form_encoded(out, name);
  out += '=';
  append_form_encoded(out, value);
}

std::optional<std::string> decode_form_text(std::string_view encoded) {
  std::string text;
  if (decode(text, encoded) != Decoding::done) return std::nullopt;
  return text;
}

}  // namespace gatehouse
