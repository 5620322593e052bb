// fuzz-modules: http_server
// Targets and authorities: what is accepted keeps the promises of its type.

#include <cstdint>

#include "server/core/ensure.h"
#include "server/http/server/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse::http::server;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = parse_target(bytes); parsed.ok()) {
    const std::string& path = parsed.value().path;
    ENSURE(path.starts_with('/'));
    ENSURE(path.find("//") == path.npos && path.find('\\') == path.npos);
    ENSURE(path.find("/../") == path.npos && !path.ends_with("/.."));
    ENSURE(path.find("/./") == path.npos && !path.ends_with("/."));
    for (const char c : path) ENSURE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
  if (const auto authority = parse_authority(bytes); authority.ok()) {
    ENSURE(!authority.value().empty() && authority.value().find('@') == std::string::npos);
    // What was accepted once is accepted again, unchanged.
    const auto again = parse_authority(authority.value());
    ENSURE(again.ok() && again.value() == authority.value());
  }
  return 0;
}
