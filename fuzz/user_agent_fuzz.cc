// User-Agent headers: whatever a browser says of itself, what is kept of it is short and printable.

// fuzz-modules: sessions

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "server/core/ensure.h"
#include "server/sessions/device.h"

namespace gatehouse::sessions {
namespace {

void check_part(const std::string& part, std::size_t bytes_max) {
  ENSURE(part.size() <= bytes_max);
  ENSURE(std::ranges::all_of(part, [](char c) { return c >= ' ' && c <= '~'; }));
}

void try_header(std::string_view header) {
  const Device device = parse_user_agent(header);
  check_part(device.browser, 64);
  check_part(device.browser_version, 32);
  check_part(device.os, 16);
  check_part(device.os_version, 32);
  check_part(device.model, 64);
  ENSURE(device.type == "" || device.type == "desktop" || device.type == "mobile" ||
         device.type == "tablet" || device.type == "bot");
}

}  // namespace
}  // namespace gatehouse::sessions

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::sessions::try_header({reinterpret_cast<const char*>(data), size});
  return 0;
}
