#include "server/http/server/target.h"

#include <doctest/doctest.h>

#include <string>

using namespace gatehouse;
using namespace gatehouse::http::server;

namespace {

std::string path_of(std::string_view target) {
  const auto parsed = parse_target(target);
  return parsed.ok() ? parsed.value().path : std::string("refused: ") + parsed.error();
}
bool is_refused(std::string_view target) { return !parse_target(target).ok(); }

std::string authority_of(std::string_view text) {
  const auto parsed = parse_authority(text);
  return parsed.ok() ? parsed.value() : std::string("refused");
}

}  // namespace

TEST_CASE("a target in origin form is split into path and query") {
  const auto parsed = parse_target("/oauth/authorize?client_id=a%20b&x=1?2");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().path == "/oauth/authorize");
  CHECK(parsed.value().query == "client_id=a%20b&x=1?2");
  CHECK(parsed.value().authority.empty());
}

TEST_CASE("the path is percent-decoded exactly once") {
  CHECK(path_of("/a%20b") == "/a b");
  CHECK(path_of("/%2541") == "/%41");
  CHECK(path_of("/caf%C3%A9") == "/caf\xc3\xa9");
}

TEST_CASE("runs of slashes become one") {
  CHECK(path_of("//oauth/token") == "/oauth/token");
  CHECK(path_of("/a///b//") == "/a/b/");
}

TEST_CASE("broken percent-encoding is refused") {
  CHECK(is_refused("/%"));
  CHECK(is_refused("/%4"));
  CHECK(is_refused("/%zz"));
  CHECK(is_refused("/a%2"));
}

TEST_CASE("control bytes, encoded or not, are refused") {
  CHECK(is_refused("/%00"));
  CHECK(is_refused("/%0d%0aSet-Cookie:x"));
  CHECK(is_refused("/%7f"));
  CHECK(is_refused(std::string_view("/a\0b", 4)));
  CHECK(is_refused("/a b"));
  CHECK(is_refused("/caf\xc3\xa9"));
}

TEST_CASE("a path that is not UTF-8 is refused") {
  CHECK(is_refused("/%ff"));
  CHECK(is_refused("/%c0%af"));
  CHECK(is_refused("/%e2%82"));
  CHECK(is_refused("/%ed%a0%80"));
  CHECK(is_refused("/%f4%90%80%80"));
  CHECK(path_of("/%e2%82%ac") == "/\xe2\x82\xac");
  CHECK(path_of("/%f0%9f%94%91") == "/\xf0\x9f\x94\x91");
}

TEST_CASE("dot segments are refused however they are written") {
  CHECK(is_refused("/."));
  CHECK(is_refused("/.."));
  CHECK(is_refused("/a/../b"));
  CHECK(is_refused("/a/./b"));
  CHECK(is_refused("/a/%2e%2e/b"));
  CHECK(is_refused("/a/.%2E"));
  CHECK(path_of("/.well-known/openid-configuration") == "/.well-known/openid-configuration");
  CHECK(path_of("/a..b/...") == "/a..b/...");
}

TEST_CASE("encoded slashes and any backslash are refused") {
  CHECK(is_refused("/a%2fb"));
  CHECK(is_refused("/a%2Fb"));
  CHECK(is_refused("/a%5cb"));
  CHECK(is_refused("/a\\b"));
}

TEST_CASE("targets of other shapes are refused") {
  CHECK(is_refused(""));
  CHECK(is_refused("*"));
  CHECK(is_refused("oauth/token"));
  CHECK(is_refused("?a=b"));
  CHECK(is_refused("example.com:443"));
  CHECK(is_refused("/a#b"));
  CHECK(is_refused("ftp://example.com/"));
  CHECK(is_refused("http://user@example.com/"));
  CHECK(is_refused("http:///x"));
}

TEST_CASE("a target in absolute form names its authority") {
  const auto parsed = parse_target("HTTP://Example.COM:8080/a?b");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().authority == "example.com:8080");
  CHECK(parsed.value().path == "/a");
  CHECK(parsed.value().query == "b");
  CHECK(path_of("http://example.com") == "/");
  CHECK(path_of("http://example.com?x") == "/");
}

TEST_CASE("a target may have 8 KB and no more") {
  CHECK(!is_refused("/" + std::string(8191, 'a')));
  CHECK(is_refused("/" + std::string(8192, 'a')));
}

TEST_CASE("authorities are names, IPv4 or IPv6 addresses, with or without a port") {
  CHECK(authority_of("Localhost:8080") == "localhost:8080");
  CHECK(authority_of("acme.localhost") == "acme.localhost");
  CHECK(authority_of("127.0.0.1:1") == "127.0.0.1:1");
  CHECK(authority_of("[::1]:443") == "[::1]:443");
  CHECK(authority_of("[2001:DB8::1]") == "[2001:db8::1]");
  CHECK(authority_of("my_host-1.test") == "my_host-1.test");
}

TEST_CASE("hostile authorities are refused") {
  for (const char* text :
       {"",          ":80",          "a:",        "a:b",          "a:65536", "a:123456", "a:80:80",
        "user@host", "user:pw@host", "host/path", "host?x",       "a b",     "a\tb",     "[::1",
        "[::1]x",    "[::1]:",       "[zz]",      "::1",          "a..b",    ".a",       "a%41",
        "a,b",       "host\\x",      "h\xc3\xa9", "[::1%25eth0]", "a;b",     "a'b",      "<a>"}) {
    CAPTURE(text);
    CHECK(authority_of(text) == "refused");
  }
  CHECK(authority_of(std::string(256, 'a')) == "refused");
  CHECK(authority_of(std::string_view("[::1\0@x]", 8)) == "refused");
}
