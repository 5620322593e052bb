#include "server/portal/device.h"

#include <doctest/doctest.h>

namespace gatehouse::portal {
namespace {

TEST_CASE("a browser is called what people call it") {
  CHECK(device_name("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") ==
        "Firefox on Linux");
  CHECK(device_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                    "Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0") == "Edge on Windows");
  CHECK(device_name("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
                    "like Gecko) Version/17.5 Safari/605.1.15") == "Safari on macOS");
  CHECK(device_name("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
                    "(KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1") ==
        "Chrome on iPhone");
  CHECK(device_name("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "Chrome/126.0.0.0 Mobile Safari/537.36") == "Chrome on Android");
}

TEST_CASE("what cannot be told is not made up") {
  CHECK(device_name("") == "Unknown device");
  CHECK(device_name("<script>alert(1)</script>") == "Unknown device");
  CHECK(device_name("curl/8.0") == "curl");
  CHECK(device_name("Something (Linux)") == "A browser on Linux");
}

}  // namespace
}  // namespace gatehouse::portal
