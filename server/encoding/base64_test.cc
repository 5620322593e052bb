#include "server/encoding/base64.h"

#include <doctest/doctest.h>

#include <string>

#include "server/encoding/hex.h"

namespace gatehouse {

TEST_CASE("base64 agrees with the vectors of RFC 4648") {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
}

TEST_CASE("base64url has its own alphabet and no padding") {
  CHECK(base64url_encode("\xfb\xff\xfe") == "-__-");
  CHECK(base64_encode("\xfb\xff\xfe") == "+//+");
  CHECK(base64url_encode("f") == "Zg");
  CHECK(base64url_decode("Zg") == "f");
}

TEST_CASE("every length and every byte comes back as it was") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(base64_decode(base64_encode(bytes)) == bytes);
    CHECK(base64url_decode(base64url_encode(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
  std::string out = "x.";
  append_base64url(out, bytes);
  CHECK(out == "x." + base64url_encode(bytes));
}

TEST_CASE("base64 in any form but the canonical one is refused") {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Z", "Z===", "====", "=", "Zm9v=", "Zm=v", "Zm9v\n", " Zm9v", "Zm 9v",
        "Zh==", "Zm9=", "Zm-v", "Zm_v", "Zg==Zg==", "Zm9v===="}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text).has_value());
  }
  for (const char* text :
       {"Z", "Zg==", "Zg=", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v.", "Zm9v\n", "Zm9vZ", "Zm\x80v"}) {
    CAPTURE(text);
    CHECK_FALSE(base64url_decode(text).has_value());
  }
  CHECK_FALSE(base64url_decode(std::string_view("Zm9\0", 4)).has_value());
}

TEST_CASE("hex is written in lower case and read in lower case only") {
  CHECK(hex_encode(std::string_view("\x00\xff\x1a", 3)) == "00ff1a");
  CHECK(hex_decode("00ff1a") == std::string("\x00\xff\x1a", 3));
  CHECK(hex_decode("").has_value());
  for (const char* text : {"0", "0g", "FF", "fF", "0x", " 0", "0:"}) {
    CAPTURE(text);
    CHECK_FALSE(hex_decode(text).has_value());
  }
}

}  // namespace gatehouse
