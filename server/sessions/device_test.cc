#include "server/sessions/device.h"

#include <doctest/doctest.h>

#include <vector>

namespace gatehouse::sessions {
namespace {

struct Sample {
  std::string_view header;
  Device expected;
};

std::string line(const Device& device) {
  return device.browser + "|" + device.browser_version + "|" + device.os + "|" + device.os_version +
         "|" + device.type + "|" + device.model;
}

const std::vector<Sample> samples = {
    {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
     {"Firefox", "128.0", "Linux", "", "desktop", ""}},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36",
     {"Chrome", "126.0.0.0", "Windows", "10", "desktop", ""}},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.61",
     {"Edge", "126.0.2592.61", "Windows", "10", "desktop", ""}},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/17.5 Safari/605.1.15",
     {"Safari", "17.5", "macOS", "10.15.7", "desktop", ""}},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
     {"Safari", "17.5", "iOS", "17.5.1", "mobile", "iPhone"}},
    {"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
     {"Chrome", "126.0.6478.54", "iPadOS", "16.6", "tablet", "iPad"}},
    {"Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A.230803.041) AppleWebKit/537.36 (KHTML, "
     "like Gecko) Chrome/126.0.6478.71 Mobile Safari/537.36",
     {"Chrome", "126.0.6478.71", "Android", "14", "mobile", "Pixel 8"}},
    {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
     "Safari/537.36",
     {"Chrome", "126.0.0.0", "Android", "10", "tablet", ""}},
    {"Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
     {"Firefox", "127.0", "Android", "14", "mobile", ""}},
    {"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) "
     "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
     {"Samsung Internet", "25.0", "Android", "13", "mobile", "SAMSUNG SM-S901B"}},
    {"Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
     {"Internet Explorer", "11.0", "Windows", "7", "desktop", ""}},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36 OPR/111.0.0.0",
     {"Opera", "111.0.0.0", "ChromeOS", "", "desktop", ""}},
    {"curl/8.5.0", {"curl", "8.5.0", "", "", "", ""}},
    {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
     {"", "", "", "", "bot", ""}},
};

}  // namespace

TEST_CASE("devices: what common browsers say of themselves is understood") {
  for (const Sample& sample : samples) {
    CAPTURE(sample.header);
    CHECK(line(parse_user_agent(sample.header)) == line(sample.expected));
  }
}

TEST_CASE("devices: what is no User-Agent of a browser tells nothing, and breaks nothing") {
  for (const std::string_view header :
       {"", " ", "(", ")(", "/", "/1", "Mozilla/5.0", "nothing here", "Mozilla/5.0 (",
        "Mozilla/5.0 ()", "Version/ Safari/"}) {
    CAPTURE(header);
    const Device device = parse_user_agent(header);
    CHECK(device.os == "");
    CHECK(device.type == "");
    CHECK(device.model == "");
  }
  CHECK(parse_user_agent("Mozilla/5.0 (Linux; Android").model == "");
}

TEST_CASE("devices: any bytes come out printable and bounded") {
  std::string hostile = "x\x01\xff<script>/1.2 (Linux; Android 9; \x1b[31m";
  hostile += std::string(10'000, '9');
  const Device device = parse_user_agent(hostile + ")");
  const std::string all = line(device);
  CHECK(all.size() < 400);
  for (const char c : all) CHECK((c >= ' ' && c <= '~'));
  const Device versions = parse_user_agent("Firefox/" + std::string(10'000, '1'));
  CHECK(versions.browser_version.size() == 32);
}

}  // namespace gatehouse::sessions
