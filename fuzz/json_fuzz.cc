// What is read as JSON is written as JSON that reads the same; what is written from any bytes
// reads.

// fuzz-modules: encoding

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/encoding/json.h"
#include "server/encoding/utf8.h"

namespace gatehouse {
namespace {

// Numbers may be written longer than they came ("1e9").
constexpr JsonLimits for_our_own_text{.bytes_max = std::size_t{16} * 1024 * 1024};

std::size_t depth_of(const Json& json) {
  std::size_t deepest = 0;
  if (const auto* array = json.array()) {
    for (const Json& item : *array) deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
  }
  if (const auto* object = json.object()) {
    for (const auto& member : *object) {
      deepest = std::max(deepest, depth_of(member.value));
      ENSURE(json.find(member.key) == &member.value);  // no key hides another
    }
    return deepest + 1;
  }
  return 0;
}

void check_reading(std::string_view input) {
  const auto parsed = Json::parse(input);
  if (!parsed.ok()) return;
  ENSURE(is_utf8(input));
  ENSURE(depth_of(parsed.value()) <= limits::json_depth_max);
  const std::string text = parsed.value().text();
  const auto again = Json::parse(text, for_our_own_text);
  ENSURE(again.ok());
  ENSURE(again.value() == parsed.value());
  ENSURE(again.value().text() == text);
}

void check_writing(std::string_view input) {
  std::string text;
  append_json_string(text, input);
  ENSURE(is_utf8(text));
  const auto parsed = Json::parse(text, for_our_own_text);
  if (input.find('\0') != std::string_view::npos) {
    ENSURE(!parsed.ok());
    return;
  }
  ENSURE(parsed.ok());
  ENSURE(!is_utf8(input) || parsed.value().string() == input);
}

}  // namespace
}  // namespace gatehouse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  gatehouse::check_reading(input);
  gatehouse::check_writing(input);
  return 0;
}
