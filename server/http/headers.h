// Headers: the fields of an HTTP message, in order, names compared without regard to case
// [RFC 9110 §5.1]. All bytes live in one buffer: a request with ten fields costs two allocations.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::http {

class Headers {
 public:
  struct Field {
    std::string_view name;  // views into this Headers: valid until it changes or goes
    std::string_view value;
  };

  // Appends a field; one that is there under the same name stays. ENSUREs is_field_name and
  // is_field_value: no line break can enter an answer. The views may not come from this object.
  void add(std::string_view name, std::string_view value);
  // Replaces every field of that name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  // The value of the first field of that name; nullopt if there is none.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return spans_.size(); }
  [[nodiscard]] Field at(std::size_t index) const;

 private:
  struct Span {
    std::uint32_t name_begin, name_size, value_begin, value_size;
  };
  std::string bytes_;
  std::vector<Span> spans_;
};

// Whether this may be a field name: a token, one byte or more [RFC 9110 §5.6.2].
[[nodiscard]] bool is_field_name(std::string_view name);
// Whether this may be a field value: visible bytes, spaces, tabs and bytes from 0x80; no other
// control byte, no blank at either end; may be empty [RFC 9110 §5.5].
[[nodiscard]] bool is_field_value(std::string_view value);

// The text without spaces and tabs at its ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);

// Case-insensitive comparison of ASCII field names and tokens.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace gatehouse::http
