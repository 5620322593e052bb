#include "server/encoding/redirect_uri.h"

#include <doctest/doctest.h>

#include "server/core/limits.h"

namespace gatehouse {

namespace {

constexpr RedirectRules development{EnvironmentKind::development, ApplicationShape::web};
constexpr RedirectRules production{EnvironmentKind::production, ApplicationShape::web};
constexpr RedirectRules native{EnvironmentKind::production, ApplicationShape::native};

bool taken(std::string_view text, RedirectRules rules) {
  return RedirectUri::parse(text, rules).ok();
}

bool matches(std::string_view registered, std::string_view sent, RedirectRules rules) {
  return redirect_matches(RedirectUri::parse(registered, rules).value(), sent);
}

bool logout_matches(std::string_view registered, std::string_view sent, RedirectRules rules) {
  return post_logout_matches(RedirectUri::parse(registered, rules).value(), sent);
}

bool origin_matches(std::string_view registered, std::string_view origin, RedirectRules rules) {
  return redirect_origin_matches(RedirectUri::parse(registered, rules).value(), origin);
}

}  // namespace

TEST_CASE("https is taken everywhere, http and localhost in development only") {
  for (const char* text : {"https://app.example.com/cb", "https://app.example.com",
                           "https://app.example.com:8443/", "https://10.1.2.3/cb"}) {
    CAPTURE(text);
    CHECK(taken(text, production));
    CHECK(taken(text, development));
  }
  for (const char* text : {"http://localhost:4321/api/auth/callback", "http://app.example.com/cb",
                           "https://localhost/cb", "http://127.0.0.1:1/cb", "https://[::1]/cb",
                           "https://app.localhost", "https://127.1.1.1/",
                           "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/"}) {
    CAPTURE(text);
    CHECK_FALSE(taken(text, production));
    CHECK(taken(text, development));
  }
}

TEST_CASE("a host that only looks like localhost is a host like any other") {
  // R-07
  CHECK(taken("https://localhost.evil.test/cb", production));
  CHECK_FALSE(taken("http://localhost.evil.test/cb", production));
  CHECK_FALSE(taken("http://127.0.0.1.evil.test/cb", native));
  CHECK_FALSE(taken("http://localhost/cb", native));
}

TEST_CASE("native applications may register loopback addresses in production") {
  CHECK(taken("http://127.0.0.1/cb", native));
  CHECK(taken("http://[::1]/cb", native));
  CHECK_FALSE(taken("http://127.0.0.2/cb", native));
  CHECK_FALSE(taken("http://app.example.com/cb", native));
  CHECK_FALSE(taken("http://127.0.0.1/cb", production));
}

TEST_CASE("a private-use scheme needs a dot in production") {
  CHECK(taken("com.example.app:/cb", production));
  CHECK(taken("com.example.app://callback/x", production));
  CHECK_FALSE(taken("myapp://callback", production));
  CHECK(taken("myapp://callback", development));
  CHECK_FALSE(taken("myapp:callback", development));
  CHECK_FALSE(taken("com.example.app:", production));
  CHECK_FALSE(taken("myapp://callback:80/", development));
}

TEST_CASE("schemes that run code or read local things are never taken") {
  // R-09
  for (const char* text :
       {"javascript:alert(1)", "JavaScript:alert(1)", "javascript://a.test/%0aalert(1)",
        "javascript:/x", "data:text/html,x", "data:/x", "vbscript:/x", "file:///etc/passwd",
        "blob:https://a.test/x", "about:blank", "about:/x", "ftp://a.test/",
        "urn:ietf:wg:oauth:2.0:oob", "intent://a/", "view-source://a.test/",
        "chrome-extension://abc/", "ws://a.test/", "mailto:/a"}) {
    CAPTURE(text);
    CHECK_FALSE(taken(text, development));
    CHECK_FALSE(taken(text, production));
  }
}

TEST_CASE("a place with userinfo, query, fragment, dot segments or odd bytes is refused") {
  // R-05, R-11
  for (const char* text : {"",
                           "https://good.test@evil.test/cb",
                           "https://u:p@a.test/cb",
                           "https://@a.test/cb",
                           "https://a.test/cb?x=1",
                           "https://a.test/cb?",
                           "https://a.test/cb#",
                           "https://a.test/cb#x",
                           "https://a.test/a/../cb",
                           "https://a.test/%2e%2e/cb",
                           "https://a.test/./cb",
                           "//a.test/cb",
                           "/cb",
                           "https:a.test/cb",
                           "https:///a.test/cb",
                           "https://a.test\\cb",
                           "https://a.test/c b",
                           "https://a.test/cb\r\nX: y",
                           " https://a.test/cb",
                           "https://a.test/cb\t",
                           "https://a.test/c\x7f",
                           "https://\xd0\xb0.test/cb",
                           "https://a.test:99999/"}) {
    CAPTURE(text);
    CHECK_FALSE(taken(text, development));
    CHECK_FALSE(taken(text, production));
  }
  CHECK_FALSE(taken(std::string_view("https://a.test/\0", 16), development));
}

TEST_CASE("a place may be as long as the limit and no longer") {
  const std::string base = "https://a.test/";
  const std::string longest = base + std::string(limits::redirect_uri_bytes_max - base.size(), 'x');
  CHECK(taken(longest, production));
  CHECK_FALSE(taken(longest + "x", production));
}

TEST_CASE("the reason for a refusal names the rule") {
  const auto refused = RedirectUri::parse("http://app.example.com/cb", production);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::invalid_argument);
  CHECK(refused.error().detail == "redirect URI: a production environment needs https");
}

TEST_CASE("a wildcard is taken in the first host label in development only") {
  for (const char* text :
       {"https://*.acme.com/cb", "https://auth-*.acme.com/cb", "https://*-x.acme.co.uk",
        "http://a*b.acme.com:3000/cb", "http://*.localhost:3000/cb"}) {
    CAPTURE(text);
    CHECK(taken(text, development));
    CHECK_FALSE(taken(text, production));
  }
  for (const char* text : {"https://*/cb",
                           "https://*.com/cb",
                           "https://*.co.uk/cb",
                           "https://a-*.com.au/",
                           "https://*.vercel.app/",
                           "https://x-*.github.io/cb",
                           "https://a.*.com/cb",
                           "https://a.acme.*/cb",
                           "https://*.*.acme.com/cb",
                           "https://**.acme.com/cb",
                           "https://a.acme.com/*",
                           "https://a.acme.com:*/cb",
                           "*://a.acme.com/cb",
                           "https://*acme/cb",
                           "https://*@a.acme.com/cb",
                           "https://x@*.acme.com/cb",
                           "https://*.1.2.3/",
                           "myapp://*.acme.com/cb",
                           "myapp:/*",
                           "https:*.acme.com",
                           "*",
                           "http*://a.acme.com/",
                           "https://*.acme.com/*"}) {
    CAPTURE(text);
    CHECK_FALSE(taken(text, development));
  }
}

TEST_CASE("without a wildcard a place matches itself to the byte") {
  // R-03
  const char* registered = "https://app.example.com/cb";
  CHECK(matches(registered, registered, production));
  for (const char* sent :
       {"", "https://app.example.com/cb/", "https://app.example.com/cb?x=1",
        "https://app.example.com/cb#x", "https://app.example.com/CB", "https://APP.example.com/cb",
        "HTTPS://app.example.com/cb", "https://app.example.com:443/cb", "http://app.example.com/cb",
        "https://app.example.com/x/../cb", "https://app.example.com/%63b",
        "https://app.example.com//cb", "https://app.example.com.evil.test/cb",
        "https://app.example.com@evil.test/cb", "https://evil.test/https://app.example.com/cb",
        " https://app.example.com/cb", "https://app.example.com/cb\n", "//app.example.com/cb",
        "/cb"}) {
    CAPTURE(sent);
    CHECK_FALSE(matches(registered, sent, production));
    CHECK_FALSE(matches(registered, sent, development));
    CHECK_FALSE(matches(registered, sent, native));
  }
}

TEST_CASE("only the port of a loopback address may differ, and only for native applications") {
  const char* registered = "http://127.0.0.1/cb";
  for (const char* sent :
       {"http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb"}) {
    CAPTURE(sent);
    CHECK(matches(registered, sent, native));
  }
  CHECK(matches("http://[::1]:5000/cb", "http://[::1]:6000/cb", native));
  CHECK(matches("http://127.0.0.1:5000", "http://127.0.0.1:6000", native));
  for (const char* sent :
       {"http://127.0.0.1:0/cb", "http://127.0.0.1:65536/cb", "http://127.0.0.1:01/cb",
        "http://127.0.0.1:/cb", "http://127.0.0.1:1/cb/", "http://127.0.0.1:1/cb?x",
        "http://127.0.0.1:1/cb#x", "http://127.0.0.1:1", "http://[::1]:1/cb",
        "http://localhost:1/cb", "https://127.0.0.1:1/cb", "http://127.0.0.1:1@evil.test/cb",
        "http://127.0.0.1.evil.test/cb", "http://127.0.0.12/cb", "http://127.0.0.1:1.evil.test/cb",
        "http://127.0.0.2:1/cb", "http://127.1:1/cb", "http://127.0.0.1:1\\/cb"}) {
    CAPTURE(sent);
    CHECK_FALSE(matches(registered, sent, native));
  }
  CHECK_FALSE(matches(registered, "http://127.0.0.1:1/cb", development));
  CHECK_FALSE(matches("https://app.example.com/cb", "https://app.example.com:1/cb", native));
}

TEST_CASE("a wildcard stands for a piece of one label") {
  // R-08
  const char* whole = "https://*.acme.com/cb";
  const char* partial = "https://auth-*.acme.com/cb";
  CHECK(matches(whole, "https://a.acme.com/cb", development));
  CHECK(matches(whole, "https://a-1.acme.com/cb", development));
  CHECK(matches(partial, "https://auth-7.acme.com/cb", development));
  CHECK(matches("http://*.localhost:3000/cb", "http://x.localhost:3000/cb", development));
  for (const char* sent : {"https://*.acme.com/cb",          "https://acme.com/cb",
                           "https://.acme.com/cb",           "https://a.b.acme.com/cb",
                           "https://evilacme.com/cb",        "https://a.acme.com.evil.test/cb",
                           "https://evil.test/.acme.com/cb", "https://evil.test#.acme.com/cb",
                           "https://evil.test?.acme.com/cb", "https://evil@x.acme.com/cb",
                           "https://a.acme.com/cb/",         "https://a.acme.com/cb?x",
                           "https://a.acme.com:444/cb",      "http://a.acme.com/cb",
                           "https://A.acme.com/cb",          "https://a_.acme.com/cb",
                           "https://-a.acme.com/cb",         "https://a-.acme.com/cb",
                           "https://a%2eb.acme.com/cb",      "https://evil.test\\.acme.com/cb",
                           "https://a\n.acme.com/cb"}) {
    CAPTURE(sent);
    CHECK_FALSE(matches(whole, sent, development));
  }
  CHECK_FALSE(matches(partial, "https://auth-.acme.com/cb", development));
  CHECK_FALSE(matches(partial, "https://other.acme.com/cb", development));
  CHECK_FALSE(matches(whole, "https://" + std::string(64, 'a') + ".acme.com/cb", development));
  CHECK(RedirectUri::parse(whole, development).value().has_wildcard());
}

TEST_CASE("after logout an origin matches with and without its slash, and nothing else does") {
  for (const char* registered : {"http://localhost:4321", "http://localhost:4321/"}) {
    CAPTURE(registered);
    CHECK(logout_matches(registered, "http://localhost:4321", development));
    CHECK(logout_matches(registered, "http://localhost:4321/", development));
    CHECK_FALSE(logout_matches(registered, "http://localhost:4321//", development));
    CHECK_FALSE(logout_matches(registered, "http://localhost:4321/x", development));
    CHECK_FALSE(logout_matches(registered, "http://localhost:43210", development));
    CHECK_FALSE(logout_matches(registered, "http://localhost:4321/?x", development));
    CHECK_FALSE(logout_matches(registered, "http://localhost:4321.evil.test/", development));
  }
  CHECK_FALSE(logout_matches("https://a.test/bye", "https://a.test/bye/", production));
  CHECK_FALSE(logout_matches("https://a.test/bye/", "https://a.test/bye", production));
  CHECK(logout_matches("https://a.test/bye", "https://a.test/bye", production));
  CHECK_FALSE(logout_matches("https://a.test/bye", "https://a.test", production));
  CHECK_FALSE(logout_matches("https://a.test/bye", "https://a.test/", production));
  CHECK_FALSE(logout_matches("com.example.app:/", "com.example.app:", production));
  CHECK_FALSE(logout_matches("com.example.app://x", "com.example.app://x/", production));
  CHECK(logout_matches("https://*.acme.com", "https://a.acme.com/", development));
  CHECK_FALSE(matches("https://a.test", "https://a.test/", production));
}

TEST_CASE("the origin of a place is allowed to read answers, and no other") {
  CHECK(origin_matches("https://app.example.com/cb", "https://app.example.com", production));
  CHECK(origin_matches("https://App.example.com:443/cb", "https://app.example.com", production));
  CHECK(origin_matches("https://*.acme.com:443/cb", "https://a.acme.com", development));
  CHECK(origin_matches("http://*.acme.com:3000/cb", "http://a.acme.com:3000", development));
  for (const char* origin :
       {"", "null", "https://evil.test", "https://app.example.com.evil.test",
        "https://app.example.com/", "http://app.example.com", "https://x@app.example.com"}) {
    CAPTURE(origin);
    CHECK_FALSE(origin_matches("https://app.example.com/cb", origin, production));
    CHECK_FALSE(origin_matches("https://*.example.com/cb", origin, development));
  }
  CHECK_FALSE(origin_matches("com.example.app:/cb", "com.example.app:", production));
  CHECK_FALSE(origin_matches("com.example.app://a/cb", "com.example.app://a", production));
}

}  // namespace gatehouse
