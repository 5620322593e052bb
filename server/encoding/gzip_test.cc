#include "server/encoding/gzip.h"

#include <doctest/doctest.h>

namespace gatehouse {

TEST_CASE("what was packed unpacks to the same bytes") {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(9000, 'x') + "end"}) {
    CHECK(gunzip(gzip(text), 1 << 20, 100) == text);
  }
}

TEST_CASE("a message that unpacks beyond its limit is refused") {
  const std::string text(100'000, 'x');
  CHECK(gunzip(gzip(text), 100'000, 10'000).has_value());
  CHECK_FALSE(gunzip(gzip(text), 99'999, 10'000).has_value());
}

TEST_CASE("a bomb is refused by its ratio, a short text is not") {
  CHECK_FALSE(gunzip(gzip(std::string(1'000'000, 'x')), 1 << 20, 100).has_value());
  CHECK(gunzip(gzip(std::string(16'000, 'x')), 1 << 20, 100).has_value());
}

TEST_CASE("what is cut off, altered or has something behind it is refused") {
  const std::string packed = gzip("some message that is packed");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    CHECK_FALSE(gunzip(packed.substr(0, size), 1 << 20, 100).has_value());
  }
  std::string altered = packed;
  altered[packed.size() / 2] = static_cast<char>(altered[packed.size() / 2] ^ 0x10);
  CHECK_FALSE(gunzip(altered, 1 << 20, 100).has_value());
  CHECK_FALSE(gunzip(packed + "x", 1 << 20, 100).has_value());
}

TEST_CASE("bare deflated bytes unpack to the same, within the same limits") {
  const std::string text(100'000, 'x');
  CHECK(inflate_raw(deflate_raw(text), 100'000, 10'000) == text);
  CHECK_FALSE(inflate_raw(deflate_raw(text), 99'999, 10'000).has_value());
  CHECK_FALSE(inflate_raw(deflate_raw(text), 1 << 20, 100).has_value());
  CHECK(inflate_raw(deflate_raw(""), 10, 10) == "");
  const std::string packed = deflate_raw("some message that is packed");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    CHECK_FALSE(inflate_raw(packed.substr(0, size), 1 << 20, 100).has_value());
  }
  CHECK_FALSE(inflate_raw(packed + "x", 1 << 20, 100).has_value());
}

TEST_CASE("one packing is not taken for the other") {
  CHECK_FALSE(inflate_raw(gzip("text"), 100, 100).has_value());
  CHECK_FALSE(gunzip(deflate_raw("text"), 100, 100).has_value());
}

}  // namespace gatehouse
