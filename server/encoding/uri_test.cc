#include "server/encoding/uri.h"

#include <doctest/doctest.h>

namespace gatehouse {

TEST_CASE("a URI is taken apart into its components") {
  const auto uri = parse_uri("HTTPS://user:pw@App.Example.COM:8443/a%20b/c;d?x=1&y=/?#frag");
  REQUIRE(uri.has_value());
  CHECK(uri->scheme == "https");
  CHECK(uri->userinfo == "user:pw");
  CHECK(uri->host == "app.example.com");
  CHECK(uri->host_kind == HostKind::name);
  CHECK(uri->port == 8443);
  CHECK(uri->path == "/a%20b/c;d");
  CHECK(uri->query == "x=1&y=/?");
  CHECK(uri->fragment == "frag");
}

TEST_CASE("URIs without a host, a path or a port are URIs") {
  CHECK(parse_uri("https://a.test")->path.empty());
  CHECK(parse_uri("com.example.app:/cb")->host_kind == HostKind::none);
  CHECK(parse_uri("myapp://callback")->host == "callback");
  CHECK(parse_uri("myapp:///cb")->has_authority);
  CHECK(parse_uri("urn:ietf:wg:oauth:2.0:oob")->path == "ietf:wg:oauth:2.0:oob");
  CHECK_FALSE(parse_uri("https://a.test")->query.has_value());
  CHECK(parse_uri("https://a.test?")->query == "");
  CHECK(parse_uri("http://127.0.0.1:1/")->host_kind == HostKind::ipv4);
}

constexpr const char* repaired_elsewhere[] = {"",
                                              "a",
                                              "/path",
                                              "//host/path",
                                              ":a",
                                              "1http://a",
                                              "ht tp://a",
                                              "https:/a.test",
                                              "https:a.test",
                                              "https://",
                                              "https:///path",
                                              "https://a.test\\@evil.test/",
                                              "https:\\\\a.test",
                                              "https://a test/",
                                              " https://a.test",
                                              "https://a.test ",
                                              "https://a.test\n",
                                              "https://a.test/\t",
                                              "java\tscript:x",
                                              "https://a.test/%",
                                              "https://a.test/%2",
                                              "https://a.test/%zz",
                                              "https://a.test/\xc3\xa9",
                                              "https://\xc3\xa9.test",
                                              "https://a..test",
                                              "https://.a.test",
                                              "https://a.test.",
                                              "https://a.test:",
                                              "https://a.test:0",
                                              "https://a.test:00080",
                                              "https://a.test:65536",
                                              "https://a.test:8a",
                                              "https://a.test:-1",
                                              "https://:443",
                                              "https://a@b@c",
                                              "https://-a.test",
                                              "https://a-.test",
                                              "https://a%2etest",
                                              "https://2130706433/",
                                              "https://0x7f000001/",
                                              "https://127.1/",
                                              "https://0177.0.0.1/",
                                              "https://1.2.3.4.5/",
                                              "https://1.2.3.256/",
                                              "https://a.0x/",
                                              "https://[::1",
                                              "https://::1/",
                                              "https://[::1]x/",
                                              "https://[1::2::3]/",
                                              "https://[1:2:3:4:5:6:7]/",
                                              "https://[1:2:3:4:5:6:7:8:9]/",
                                              "https://[12345::]/",
                                              "https://[::1%25eth0]/",
                                              "https://[v1.a]/",
                                              "https://[::ffff:1.2.3.256]/",
                                              "https://[:1]/",
                                              "https://[1:]/",
                                              "https://[]/",
                                              "https://a.test/<x>",
                                              "https://a.test/\"",
                                              "https://a.test/{x}",
                                              "https://a.test/#a#b",
                                              "https://a.test/|",
                                              "https://a.test/^",
                                              "https://[:::]/",
                                              "https://[1:2:3:4:5:6:7:8::]/"};

TEST_CASE("what other readers would repair is refused") {
  for (const char* text : repaired_elsewhere) {
    CAPTURE(text);
    CHECK_FALSE(parse_uri(text).has_value());
  }
  CHECK_FALSE(parse_uri(std::string_view("https://a.test/\0", 16)).has_value());
  CHECK_FALSE(parse_uri("https://" + std::string(64, 'a') + ".test").has_value());
  CHECK(parse_uri("https://" + std::string(63, 'a') + ".test").has_value());
}

TEST_CASE("IPv6 addresses are taken in all their forms") {
  for (const char* text : {"http://[::]/", "http://[::1]:80/", "http://[1:2:3:4:5:6:7:8]/",
                           "http://[1::]/", "http://[fe80::1:2]/", "http://[::ffff:127.0.0.1]/",
                           "http://[1:2:3:4:5:6:1.2.3.4]/", "http://[1:2:3:4:5:6:7::]/"}) {
    CAPTURE(text);
    const auto uri = parse_uri(text);
    REQUIRE(uri.has_value());
    CHECK(uri->host_kind == HostKind::ipv6);
  }
}

TEST_CASE("an origin has no default port, no path and no capital letters") {
  CHECK(origin_of("HTTPS://App.Example.com:443/cb?x#y") == "https://app.example.com");
  CHECK(origin_of("http://localhost:4321/") == "http://localhost:4321");
  CHECK(origin_of("http://a.test:80") == "http://a.test");
  CHECK(origin_of("https://a.test:80") == "https://a.test:80");
  CHECK(origin_of("https://[::1]:1/") == "https://[::1]:1");
  CHECK_FALSE(origin_of("https://u@a.test/").has_value());
  CHECK_FALSE(origin_of("myapp://a.test/").has_value());
  CHECK_FALSE(origin_of("null").has_value());
}

TEST_CASE("a policy source is an origin or a scheme") {
  CHECK(csp_source_of("https://a.test:8443/cb") == "https://a.test:8443");
  CHECK(csp_source_of("com.example.app:/cb") == "com.example.app:");
  CHECK_FALSE(csp_source_of("https://a.test/ 'unsafe-inline'").has_value());
  CHECK_FALSE(csp_source_of("https://u@a.test/").has_value());
}

TEST_CASE("this machine is known by all its names, and no other is taken for it") {
  for (const char* text :
       {"http://localhost", "http://LOCALHOST:1", "http://a.localhost", "http://127.0.0.1",
        "http://127.9.9.9", "http://[::1]", "http://[0:0:0:0:0:0:0:1]", "http://0.0.0.0",
        "http://[::]", "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]",
        "http://[::127.0.0.1]", "http://[::ffff:0.0.0.0]"}) {
    CAPTURE(text);
    CHECK(is_loopback_host(*parse_uri(text)));
  }
  for (const char* text : {"http://localhost.evil.test", "http://localhost-evil",
                           "http://evillocalhost", "http://127.0.0.1.evil.test", "http://128.0.0.1",
                           "http://[::2]", "http://[1::1]", "http://[::ffff:10.0.0.1]", "app:/x"}) {
    CAPTURE(text);
    CHECK_FALSE(is_loopback_host(*parse_uri(text)));
  }
}

TEST_CASE("dot segments are seen through percent-encoding") {
  for (const char* path : {"/.", "/..", "/a/../b", "/a/%2e%2E/b", "/a/.%2e", "/%2e/", ".."}) {
    CAPTURE(path);
    CHECK(has_dot_segments(path));
  }
  for (const char* path : {"", "/", "/a", "/...", "/a.b", "/.well-known", "/a..b", "/%2f"}) {
    CAPTURE(path);
    CHECK_FALSE(has_dot_segments(path));
  }
}

TEST_CASE("percent-encoding is undone by decoding, and broken escapes are refused") {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  CHECK(percent_decode(percent_encode(every)) == every);
  CHECK(percent_encode("a b/\xc3\xa9~") == "a%20b%2F%C3%A9~");
  CHECK(percent_decode("a+b") == "a+b");
  for (const char* text : {"%", "%4", "%4g", "a%"}) {
    CAPTURE(text);
    CHECK_FALSE(percent_decode(text).has_value());
  }
}

}  // namespace gatehouse
