// A header is product tokens with versions, and comments [RFC 9110 §10.1.5]. Browsers
// name their ancestors too, so tables below stand in the order of asking: the specific first.

#include "server/sessions/device.h"

#include <algorithm>
#include <array>

namespace gatehouse::sessions {
namespace {

constexpr std::size_t version_bytes_max = 32;
constexpr std::size_t name_bytes_max = 64;

struct Product {
  std::string_view token;  // with what stands before its version
  std::string_view name;
};

constexpr std::array browsers{
    Product{"Edg/", "Edge"},
    Product{"EdgA/", "Edge"},
    Product{"EdgiOS/", "Edge"},
    Product{"Edge/", "Edge"},
    Product{"OPR/", "Opera"},
    Product{"OPT/", "Opera"},
    Product{"SamsungBrowser/", "Samsung Internet"},
    Product{"Vivaldi/", "Vivaldi"},
    Product{"YaBrowser/", "Yandex Browser"},
    Product{"DuckDuckGo/", "DuckDuckGo"},
    Product{"FxiOS/", "Firefox"},
    Product{"Firefox/", "Firefox"},
    Product{"CriOS/", "Chrome"},
    Product{"HeadlessChrome/", "Headless Chrome"},
    Product{"Chromium/", "Chromium"},
    Product{"Chrome/", "Chrome"},
    Product{"MSIE ", "Internet Explorer"},
};

// What Windows calls itself, and what people call it. 11 says that it is 10.
constexpr std::array windows_versions{
    Product{"Windows NT 10.0", "10"},
    Product{"Windows NT 6.3", "8.1"},
    Product{"Windows NT 6.2", "8"},
    Product{"Windows NT 6.1", "7"},
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool has_in_any_case(std::string_view text, std::string_view lower_part) {
  const auto same = [](char a, char b) { return lower(a) == b; };
  return std::search(text.begin(), text.end(), lower_part.begin(), lower_part.end(), same) !=
         text.end();
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string shown(text.substr(0, bytes_max));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

// The digits and dots after `token`, where it is there; some write underscores for dots.
std::string version_after(std::string_view text, std::string_view token) {
  const std::size_t at = text.find(token);
  if (at == std::string_view::npos) return {};
  std::string version;
  for (char c : text.substr(at + token.size())) {
    if (c == '_') c = '.';
    if ((c < '0' || c > '9') && c != '.') break;
    if (version.size() == version_bytes_max) break;
    version.push_back(c);
  }
  while (!version.empty() && version.back() == '.') version.pop_back();
  return version;
}

std::string_view first_comment(std::string_view header) {
  const std::size_t open = header.find('(');
  if (open == std::string_view::npos) return {};
  const std::string_view rest = header.substr(open + 1);
  return rest.substr(0, rest.find(')'));
}

void read_browser(std::string_view header, Device& device) {
  for (const Product& product : browsers) {
    if (!has(header, product.token)) continue;
    device.browser = product.name;
    device.browser_version = version_after(header, product.token);
    return;
  }
  if (has(header, "Trident/")) {
    device.browser = "Internet Explorer";
    device.browser_version = version_after(header, "rv:");
    return;
  }
  if (has(header, "Safari/") && has(header, "Version/")) {
    device.browser = has(header, "Android") ? "Android Browser" : "Safari";
    device.browser_version = version_after(header, "Version/");
    return;
  }
  // Programs name themselves first: "curl/8.5.0".
  const std::string_view first = header.substr(0, header.find(' '));
  const std::size_t slash = first.find('/');
  if (first.starts_with("Mozilla/") || slash == std::string_view::npos || slash == 0) return;
  device.browser = printable(first.substr(0, slash), name_bytes_max);
  device.browser_version = version_after(first.substr(slash), "/");
}

void read_windows(std::string_view comment, Device& device) {
  device.os = "Windows";
  for (const Product& version : windows_versions) {
    if (has(comment, version.token)) device.os_version = version.name;
  }
}

void read_apple_mobile(std::string_view comment, Device& device) {
  device.model = has(comment, "iPad") ? "iPad" : has(comment, "iPod") ? "iPod touch" : "iPhone";
  device.os = device.model == "iPad" ? "iPadOS" : "iOS";
  device.os_version = version_after(comment, "iPhone OS ");
  if (device.os_version.empty()) device.os_version = version_after(comment, "CPU OS ");
}

// "Linux; Android 14; Pixel 8 Build/UD1A": the model is the part after the version. Browsers that
// keep it to themselves say "K".
void read_android(std::string_view comment, Device& device) {
  device.os = "Android";
  device.os_version = version_after(comment, "Android ");
  std::string_view rest = comment.substr(comment.find("Android"));
  const std::size_t next = rest.find(';');
  if (next == std::string_view::npos) return;
  rest = rest.substr(next + 1);
  rest = rest.substr(0, rest.find(';'));
  rest = rest.substr(0, rest.find(" Build/"));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  while (rest.ends_with(' ')) rest.remove_suffix(1);
  if (rest != "K" && rest != "Mobile" && rest != "Tablet" && !rest.starts_with("rv:")) {
    device.model = printable(rest, name_bytes_max);
  }
}

void read_system(std::string_view header, Device& device) {
  const std::string_view comment = first_comment(header);
  if (has(comment, "Windows")) return read_windows(comment, device);
  if (has(comment, "iPhone") || has(comment, "iPad") || has(comment, "iPod")) {
    return read_apple_mobile(comment, device);
  }
  if (has(comment, "Android")) return read_android(comment, device);
  if (has(comment, "Mac OS X")) {
    device.os = "macOS";
    device.os_version = version_after(comment, "Mac OS X ");
  } else if (has(comment, "CrOS")) {
    device.os = "ChromeOS";
  } else if (has(comment, "Linux") || has(comment, "X11")) {
    device.os = "Linux";
  }
}

std::string_view type_of(std::string_view header, const Device& device) {
  for (const std::string_view sign : {"bot/", "bot;", "bot)", "crawler", "spider", "headless"}) {
    if (has_in_any_case(header, sign)) return "bot";
  }
  if (device.model == "iPad" || has(header, "Tablet")) return "tablet";
  if (device.os == "iOS") return "mobile";
  if (device.os == "Android") return has(header, "Mobile") ? "mobile" : "tablet";
  if (has(header, "Mobile")) return "mobile";
  return device.os.empty() ? "" : "desktop";
}

}  // namespace

Device parse_user_agent(std::string_view header) {
  Device device;
  read_browser(header, device);
  read_system(header, device);
  device.type = type_of(header, device);
  return device;
}

}  // namespace gatehouse::sessions
