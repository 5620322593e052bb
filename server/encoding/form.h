// application/x-www-form-urlencoded: query strings and bodies of forms. The limits and the refusal
// of anything malformed are here; what a repeated name means is for the reader to say, and Form
// tells which names are repeated [RFC 6749 §3.1].

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/error.h"
#include "server/core/limits.h"
#include "server/core/result.h"

namespace gatehouse {

class Form {
 public:
  struct Field {
    std::string_view name;  // views into this Form: valid until it changes or goes
    std::string_view value;
  };

  Form() = default;

  // Decodes "a=1&b=two+words". Empty pieces between ampersands are skipped; a piece without "=" is
  // a name with an empty value. invalid_argument: too many fields, a broken percent escape, bytes
  // that are not UTF-8, a NUL. An error never repeats what was sent.
  static Result<Form, Error> parse(std::string_view encoded,
                                   std::size_t fields_max = limits::form_fields_max);

  // The first value under that name, decoded; it may be empty.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  // The same, but a parameter without a value counts as not sent [RFC 6749 §3.1].
  [[nodiscard]] std::optional<std::string_view> get_given(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] bool has_duplicates(std::string_view name) const;
  // The first name that occurs a second time, whatever it is.
  [[nodiscard]] std::optional<std::string_view> first_duplicate() const;

  [[nodiscard]] std::size_t size() const { return spans_.size(); }
  [[nodiscard]] Field at(std::size_t index) const;

 private:
  struct Span {
    std::uint32_t name_begin, name_size, value_begin, value_size;
  };
  std::string bytes_;
  std::vector<Span> spans_;
};

// Appends the encoded form of `text`: letters, digits and "*-._" as they are, space as "+".
void append_form_encoded(std::string& out, std::string_view text);

// Appends "name=value", after an "&" if `out` is not empty.
void append_form_field(std::string& out, std::string_view name, std::string_view value);

// Decodes one name or value alone; nullopt where Form::parse would refuse it.
[[nodiscard]] std::optional<std::string> decode_form_text(std::string_view encoded);

}  // namespace gatehouse
