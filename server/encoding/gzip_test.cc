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

}  // namespace gatehouse
