// Whatever a configuration file holds, it is refused with one line, or gives a configuration that
// lacks nothing and weakens nothing.

// fuzz-modules: app

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/app/config.h"
#include "server/core/ensure.h"

namespace gatehouse::app {
namespace {

void check(std::string_view input) {
  const auto config = parse_config(input, {});
  if (!config.ok()) {
    ENSURE(!config.error().detail.empty());
    ENSURE(config.error().detail.find('\n') == std::string::npos);
    return;
  }
  const Config& read = config.value();
  ENSURE(read.environment.base_url.starts_with("https://"));
  ENSURE(!read.mail.host.empty() && !read.mail.from.empty());
  ENSURE(read.mail.security != "plain" || read.mail.host == "localhost" ||
         read.mail.host == "::1" || read.mail.host.starts_with("127."));
  ENSURE(read.mail.user.empty() == read.mail.password_file.empty());
  ENSURE(!read.master_key.file.empty() && !read.data.folder.empty());
  ENSURE(!read.server.tls_key.empty() || !read.server.trusted_proxies.empty());
  ENSURE(read.server.port > 0 && read.server.port <= 65535);
  ENSURE(read.limits.mails_per_address_per_minute > 0);
  ENSURE(read.limits.wrong_codes_per_address_per_hour > 0);
  ENSURE(read.limits.wrong_codes_per_source_per_hour > 0);
}

}  // namespace
}  // namespace gatehouse::app

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::app::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
