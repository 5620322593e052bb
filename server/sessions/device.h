// Device: what a browser's User-Agent header tells of where a session lives, for people to
// recognise their own. It is a claim of the browser's: nothing may be decided by it.

#pragma once

#include <string>
#include <string_view>

namespace gatehouse::sessions {

// Each part is "" where the header does not tell it in a way that we know.
struct Device {
  std::string browser;  // "Firefox"
  std::string browser_version;
  std::string os;  // "macOS"
  std::string os_version;
  std::string type;   // "desktop", "mobile", "tablet", "bot" or ""
  std::string model;  // "iPhone", "Pixel 8"
};

// Takes any bytes; what it returns is printable ASCII.
[[nodiscard]] Device parse_user_agent(std::string_view header);

}  // namespace gatehouse::sessions
