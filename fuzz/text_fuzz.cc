// Text for people: UTF-8, names that are shown, markup.

// fuzz-modules: encoding

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/encoding/html.h"
#include "server/encoding/utf8.h"

namespace gatehouse {
namespace {

// Walks code point by code point, without the shortcuts of is_utf8.
bool is_utf8_slowly(std::string_view text) {
  std::string again;
  const std::string_view whole = text;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (!point) return false;
    append_utf8(again, point->value);
    text.remove_prefix(point->bytes);
  }
  return again == whole;
}

void check(std::string_view input) {
  ENSURE(is_utf8(input) == is_utf8_slowly(input));
  if (const auto name = clean_display_name(input, limits::display_name_bytes_max)) {
    ENSURE(is_utf8(*name) && !name->empty() && name->size() <= limits::display_name_bytes_max);
    ENSURE(clean_display_name(*name, limits::display_name_bytes_max) == *name);
    ENSURE(name->find_first_of("\r\n\t\x1b") == std::string::npos);
  }
  ENSURE(escape_html(input).find_first_of("<>\"'") == std::string::npos);
}

}  // namespace
}  // namespace gatehouse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
