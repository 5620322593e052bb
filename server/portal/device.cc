#include "server/portal/device.h"

namespace gatehouse::portal {
namespace {

struct Mark {
  std::string_view part;  // of the User-Agent
  std::string_view name;
};

// The first that fits counts: most browsers also name those they descend from.
constexpr Mark browsers[] = {
    {"Edg/", "Edge"},
    {"OPR/", "Opera"},
    {"Vivaldi/", "Vivaldi"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"},
    {"FxiOS/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"Chromium/", "Chromium"},
    {"HeadlessChrome/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Safari/", "Safari"},
    {"curl/", "curl"},
};
constexpr Mark systems[] = {
    {"iPhone", "iPhone"}, {"iPad", "iPad"},      {"Android", "Android"}, {"Windows", "Windows"},
    {"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
};

template <std::size_t N>
std::string_view first_match(const Mark (&marks)[N], std::string_view text) {
  for (const Mark& mark : marks) {
    if (text.find(mark.part) != std::string_view::npos) return mark.name;
  }
  return {};
}

}  // namespace

std::string device_name(std::string_view user_agent) {
  const std::string_view browser = first_match(browsers, user_agent);
  const std::string_view system = first_match(systems, user_agent);
  if (browser.empty() && system.empty()) return "Unknown device";
  if (system.empty()) return std::string(browser);
  if (browser.empty()) return "A browser on " + std::string(system);
  return std::string(browser) + " on " + std::string(system);
}

}  // namespace gatehouse::portal
