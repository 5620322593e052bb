// JSON [RFC 8259]: the one reader and the one writer of the program.
//
// Reading is strict: UTF-8 only, no comments, no trailing bytes, no repeated keys, no NUL inside
// strings, no number that a double cannot hold; with limits on bytes, depth and count. Writing goes
// straight into a string, without building values first.

#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/core/error.h"
#include "server/core/limits.h"
#include "server/core/result.h"

namespace gatehouse {

struct JsonLimits {
  std::size_t bytes_max = limits::json_body_bytes_max;
  std::size_t depth_max = limits::json_depth_max;    // arrays and objects inside each other
  std::size_t values_max = limits::json_values_max;  // values of every kind, together
};

// A value that was read, or is kept: null, boolean, integer, number, string, array or object. The
// members of an object keep their order.
class Json {
 public:
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  Json();  // null
  template <std::same_as<bool> Boolean>
  explicit Json(Boolean value);
  explicit Json(std::int64_t value);
  explicit Json(double value);  // written as null if it is not finite
  explicit Json(std::string value);
  explicit Json(Array value);
  // ENSUREs that no key occurs twice.
  explicit Json(Object value);

  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();

  // invalid_argument for whatever is not one whole JSON text within the limits. The detail says
  // what is wrong and where, and never repeats what was sent.
  static Result<Json, Error> parse(std::string_view text, JsonLimits within = {});

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(held_); }

  // The value as that type; nothing if it is of another. number() takes integers too; integer()
  // takes only what was written without point and exponent and fits into 64 bits.
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] std::optional<std::string_view> string() const;
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&held_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&held_); }

  // The member under that key; null if there is none, or if this is no object.
  [[nodiscard]] const Json* find(std::string_view key) const;
  // find() and the getter of the type in one step.
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const;
  [[nodiscard]] std::optional<double> number(std::string_view key) const;
  [[nodiscard]] std::optional<std::string_view> string(std::string_view key) const;
  [[nodiscard]] const Array* array(std::string_view key) const;
  [[nodiscard]] const Object* object(std::string_view key) const;

  // The text without blanks, members in their order.
  [[nodiscard]] std::string text() const;

  bool operator==(const Json&) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> held_;
};

struct Json::Member {
  std::string key;
  Json value;

  bool operator==(const Member& other) const { return key == other.key && value == other.value; }
};

template <std::same_as<bool> Boolean>
Json::Json(Boolean value) : held_(value) {}

// Writes one JSON text onto the end of a string. The order of calls is the text's: begin_object,
// key, value, … Misuse (a value without its key, an end too many) is a bug and ends in ENSURE.
// Repeated keys are the caller's to avoid. Strings should be UTF-8; a byte that is not becomes
// U+FFFD.
class JsonWriter {
 public:
  static constexpr int depth_max = 63;

  // `out` outlives the writer, and nobody else changes it meanwhile.
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool> &&
           !std::same_as<Integer, char>) JsonWriter& value(Integer number) {
    if constexpr (std::signed_integral<Integer>) return signed_value(number);
    return unsigned_value(static_cast<std::uint64_t>(number));
  }
  // A template, so that no pointer turns into true.
  template <std::same_as<bool> Boolean>
  JsonWriter& value(Boolean truth) {
    return literal(truth ? "true" : "false");
  }
  JsonWriter& value(double number);  // null if it is not finite
  JsonWriter& value(const Json& json);
  JsonWriter& null() { return literal("null"); }
  // A text that is JSON already: what an earlier writer made, or a parser accepted.
  JsonWriter& raw(std::string_view json) { return literal(json); }

  // key() and value() in one step.
  template <class Value>
  JsonWriter& field(std::string_view name, const Value& held) {
    return key(name).value(held);
  }

  // Whether a whole value was written and nothing is open.
  [[nodiscard]] bool is_complete() const { return depth_ == 0 && has_item_; }

 private:
  JsonWriter& signed_value(std::int64_t number);
  JsonWriter& unsigned_value(std::uint64_t number);
  JsonWriter& literal(std::string_view text);
  void begin_value();
  void open(char bracket, std::uint64_t object_bit);
  void close(char bracket, std::uint64_t object_bit);
  void quote(std::string_view text);

  std::string& out_;
  std::uint64_t in_object_ = 0;  // lowest bit: what is open innermost is an object
  int depth_ = 0;
  bool has_item_ = false;  // something stands before: the next item needs a comma
  bool has_key_ = false;   // a key was written, its value is due
};

// The quoted and escaped form of one string.
void append_json_string(std::string& out, std::string_view text);

}  // namespace gatehouse
