// Bytes and their texts belong together one to one.

// fuzz-modules: encoding

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/ensure.h"
#include "server/encoding/base64.h"
#include "server/encoding/hex.h"

namespace gatehouse {
namespace {

void check(std::string_view input) {
  ENSURE(base64_decode(base64_encode(input)) == input);
  ENSURE(base64url_decode(base64url_encode(input)) == input);
  ENSURE(hex_decode(hex_encode(input)) == input);
  if (const auto bytes = base64_decode(input)) ENSURE(base64_encode(*bytes) == input);
  if (const auto bytes = base64url_decode(input)) ENSURE(base64url_encode(*bytes) == input);
  if (const auto bytes = hex_decode(input)) ENSURE(hex_encode(*bytes) == input);
}

}  // namespace
}  // namespace gatehouse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
