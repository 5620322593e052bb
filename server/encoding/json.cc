// The reading half of json.h. Boost.JSON's incremental parser finds the tokens; what is built from
// them, and what is refused, is decided here.

#include "server/encoding/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <utility>

namespace gatehouse {

namespace {

bool has_repeated_key(const Json::Object& object) {
  constexpr std::size_t few = 16;
  if (object.size() <= few) {
    for (std::size_t i = 1; i < object.size(); ++i) {
      for (std::size_t earlier = 0; earlier < i; ++earlier) {
        if (object[i].key == object[earlier].key) return true;
      }
    }
    return false;
  }
  std::vector<std::string_view> keys;
  keys.reserve(object.size());
  for (const Json::Member& member : object) keys.emplace_back(member.key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// What Boost's parser calls for each token. Returning false stops it; `refusal` then says why.
class Builder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Builder(std::size_t values_max) : values_left_(values_max) {}

  using Code = boost::json::error_code;
  using Text = boost::json::string_view;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }

  bool on_object_begin(Code& code) { return open(Json::Object{}, code); }
  bool on_object_end(std::size_t, Code& code) {
    Open done = std::move(open_.back());
    open_.pop_back();
    auto& members = std::get<Json::Object>(done.items);
    if (has_repeated_key(members)) return refuse(code, "a key occurs twice");
    return attach(Json(std::move(members)), code);
  }
  bool on_array_begin(Code& code) { return open(Json::Array{}, code); }
  bool on_array_end(std::size_t, Code& code) {
    Open done = std::move(open_.back());
    open_.pop_back();
    return attach(Json(std::move(std::get<Json::Array>(done.items))), code);
  }

  bool on_key_part(Text part, std::size_t, Code&) { return on_part(part); }
  bool on_key(Text part, std::size_t, Code& code) {
    on_part(part);
    if (text_.find('\0') != std::string::npos) return refuse(code, "a NUL in a key");
    open_.back().key = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(Text part, std::size_t, Code&) { return on_part(part); }
  bool on_string(Text part, std::size_t, Code& code) {
    on_part(part);
    if (text_.find('\0') != std::string::npos) return refuse(code, "a NUL in a string");
    return scalar(Json(std::exchange(text_, {})), code);
  }

  // The digits are collected and converted here: exactly, where Boost's own conversion of a double
  // may be off in the last place.
  bool on_number_part(Text part, Code&) { return on_part(part); }
  bool on_int64(std::int64_t, Text part, Code& code) { return on_digits(part, code); }
  bool on_uint64(std::uint64_t, Text part, Code& code) { return on_digits(part, code); }
  bool on_double(double, Text part, Code& code) { return on_digits(part, code); }

  // tidy: allow bool-parameter: Boost.JSON calls it
  bool on_bool(bool truth, Code& code) { return scalar(Json(truth), code); }
  bool on_null(Code& code) { return scalar(Json(), code); }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

  [[nodiscard]] const char* refusal() const { return refusal_; }
  [[nodiscard]] Json take() { return std::move(root_); }

 private:
  struct Open {
    std::variant<Json::Object, Json::Array> items;
    std::string key;  // of the member whose value comes next
  };

  bool on_part(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool on_digits(Text part, Code& code) {
    on_part(part);
    const std::string digits = std::exchange(text_, {});
    const char* end = digits.data() + digits.size();
    // "-0" is a number: as an integer it would lose its sign.
    if (digits.find_first_of(".eE") == std::string::npos && digits != "-0") {
      std::int64_t integer = 0;
      const auto [stop, status] = std::from_chars(digits.data(), end, integer);
      if (status == std::errc{} && stop == end) return scalar(Json(integer), code);
    }
    double number = 0;
    const auto [stop, status] = std::from_chars(digits.data(), end, number);
    if (status != std::errc{} || stop != end) return refuse(code, "a number out of range");
    return scalar(Json(number), code);
  }

  bool count(Code& code) {
    if (values_left_ == 0) return refuse(code, "too many values");
    --values_left_;
    return true;
  }

  template <class Items>
  bool open(Items items, Code& code) {
    open_.push_back(Open{std::move(items), {}});
    return count(code);
  }

  bool scalar(Json value, Code& code) { return count(code) && attach(std::move(value), code); }

  bool attach(Json value, Code&) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* members = std::get_if<Json::Object>(&open_.back().items)) {
      members->push_back(Json::Member{std::move(open_.back().key), std::move(value)});
    } else {
      std::get<Json::Array>(open_.back().items).push_back(std::move(value));
    }
    return true;
  }

  bool refuse(Code& code, const char* why) {
    refusal_ = why;
    code = boost::json::error::exception;  // any code stops the parser; ours is never shown
    return false;
  }

  std::size_t values_left_;
  std::vector<Open> open_;
  std::string text_;  // parts of a key, a string or a number until it is whole
  Json root_;
  const char* refusal_ = nullptr;  // a literal
};

}  // namespace

Json::Json() = default;
Json::Json(std::int64_t value) : held_(value) {}
Json::Json(double value) : held_(value) {}
Json::Json(std::string value) : held_(std::move(value)) {}
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json::Json(Array value) : held_(std::move(value)) {}

Json::Json(Object value) : held_(std::move(value)) {
  ENSURE(!has_repeated_key(std::get<Object>(held_)));
}

// Not defaulted: clang 14 falls over a defaulted comparison that contains itself.
bool Json::operator==(const Json& other) const { return held_ == other.held_; }

Result<Json, Error> Json::parse(std::string_view text, JsonLimits within) {
  if (text.size() > within.bytes_max) {
    return Error(ErrorCode::invalid_argument, "JSON: too many bytes");
  }
  boost::json::parse_options options;
  options.max_depth = within.depth_max;
  boost::json::basic_parser<Builder> parser(options, within.values_max);
  boost::json::error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  const std::string place = " at byte " + std::to_string(used);
  if (const char* why = parser.handler().refusal()) {
    return Error(ErrorCode::invalid_argument, "JSON: " + std::string(why) + place);
  }
  if (code) {
    return Error(ErrorCode::invalid_argument, "JSON: " + code.message() + place);
  }
  if (used != text.size()) {
    return Error(ErrorCode::invalid_argument, "JSON: bytes after the end" + place);
  }
  return parser.handler().take();
}

std::optional<bool> Json::boolean() const {
  const auto* truth = std::get_if<bool>(&held_);
  return truth ? std::optional(*truth) : std::nullopt;
}

std::optional<std::int64_t> Json::integer() const {
  const auto* integer = std::get_if<std::int64_t>(&held_);
  return integer ? std::optional(*integer) : std::nullopt;
}

std::optional<double> Json::number() const {
  if (const auto* integer = std::get_if<std::int64_t>(&held_)) {
    return static_cast<double>(*integer);
  }
  const auto* number = std::get_if<double>(&held_);
  return number ? std::optional(*number) : std::nullopt;
}

std::optional<std::string_view> Json::string() const {
  const auto* text = std::get_if<std::string>(&held_);
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

const Json* Json::find(std::string_view key) const {
  const Object* members = object();
  if (!members) return nullptr;
  for (const Member& member : *members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::optional<bool> Json::boolean(std::string_view key) const {
  const Json* member = find(key);
  return member ? member->boolean() : std::nullopt;
}

std::optional<std::int64_t> Json::integer(std::string_view key) const {
  const Json* member = find(key);
  return member ? member->integer() : std::nullopt;
}

std::optional<double> Json::number(std::string_view key) const {
  const Json* member = find(key);
  return member ? member->number() : std::nullopt;
}

std::optional<std::string_view> Json::string(std::string_view key) const {
  const Json* member = find(key);
  return member ? member->string() : std::nullopt;
}

const Json::Array* Json::array(std::string_view key) const {
  const Json* member = find(key);
  return member ? member->array() : nullptr;
}

const Json::Object* Json::object(std::string_view key) const {
  const Json* member = find(key);
  return member ? member->object() : nullptr;
}

std::string Json::text() const {
  std::string out;
  JsonWriter(out).value(*this);
  return out;
}

}  // namespace gatehouse
