#include <doctest/doctest.h>

#include "server/environments/environment.h"

namespace gatehouse::environments {
namespace {

std::string normal(Kind kind, std::string_view text) {
  const auto outcome = normalize_base_url(kind, text);
  return outcome.ok() ? outcome.value() : "refused: " + outcome.error().detail;
}

TEST_CASE("base URL: what is allowed gets its one form") {
  struct Row {
    Kind kind;
    const char* text;
    const char* wanted;
  };
  for (const Row& row : {
           Row{Kind::production, "https://login.acme.com", "https://login.acme.com"},
           Row{Kind::production, "https://login.acme.com/", "https://login.acme.com"},
           Row{Kind::production, "HTTPS://Login.ACME.com", "https://login.acme.com"},
           Row{Kind::production, "https://login.acme.com:443", "https://login.acme.com"},
           Row{Kind::production, "https://login.acme.com:8443", "https://login.acme.com:8443"},
           Row{Kind::production, "https://gate.test:9443", "https://gate.test:9443"},
           Row{Kind::production, "https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
           Row{Kind::production, "https://192.0.2.7", "https://192.0.2.7"},
           Row{Kind::production, "https://[2001:DB8:0:0::1]:443", "https://[2001:db8::1]"},
           Row{Kind::development, "http://localhost:8080", "http://localhost:8080"},
           Row{Kind::development, "http://localhost:80/", "http://localhost"},
           Row{Kind::development, "http://localhost:443", "http://localhost:443"},
           Row{Kind::development, "http://acme.localhost:8080", "http://acme.localhost:8080"},
           Row{Kind::development, "http://[::1]:8080", "http://[::1]:8080"},
           Row{Kind::development, "https://localhost", "https://localhost"},
       }) {
    CAPTURE(row.text);
    CHECK_EQ(normal(row.kind, row.text), row.wanted);
  }
}

TEST_CASE("base URL: what cannot be an issuer is refused, in every kind of environment") {
  for (const char* text : {
           "",
           "/",
           "https",
           "https:",
           "https://",
           "https:///",
           "https:login.acme.com",
           "login.acme.com",
           "//login.acme.com",
           "ftp://acme.com",
           "javascript:alert(1)",
           "https://acme.com/auth",
           "https://acme.com//",
           "https://acme.com/.",
           "https://acme.com?",
           "https://acme.com?x=1",
           "https://acme.com#",
           "https://acme.com/#a",
           "https://user@acme.com",
           "https://user:word@acme.com",
           "https://@acme.com",
           "https://acme.com:",
           "https://acme.com:0",
           "https://acme.com:65536",
           "https://acme.com:08443",
           "https://acme.com:-1",
           "https://acme.com:1:2",
           "https://acme..com",
           "https://.acme.com",
           "https://acme.com.",
           "https://ac me.com",
           " https://acme.com",
           "https://acme.com ",
           "https://acme.com\n",
           "https:\\\\acme.com",
           "https://acme.com\\@evil.test",
           "https://b\xc3\xbc"
           "cher.example",
           "https://%61cme.com",
           "https://*.acme.com",
           "https://192.0.2",
           "https://3221225991",
           "https://0x7f.1",
           "https://192.0.2.07",
           "https://2001:db8::1",
           "https://[2001:db8::1",
           "https://[fe80::1%25eth0]",
           "https://[v1.x]",
       }) {
    CAPTURE(text);
    CHECK(normalize_base_url(Kind::production, text).error().code == ErrorCode::invalid_argument);
    CHECK(normalize_base_url(Kind::development, text).error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("base URL: production wants https and a name that others can reach") {
  for (const char* text :
       {"http://login.acme.com", "http://gate.test", "https://localhost", "https://LOCALHOST:8443",
        "https://acme.localhost", "https://127.0.0.1", "https://127.9.9.9", "https://[::1]",
        "https://[::ffff:127.0.0.1]", "https://0.0.0.0"}) {
    CAPTURE(text);
    CHECK(normalize_base_url(Kind::production, text).error().code == ErrorCode::invalid_argument);
    CHECK(normalize_base_url(Kind::development, text).ok());
  }
}

TEST_CASE("base URL: 255 bytes are enough") {
  std::string host;
  while (host.size() < 240) host += "abcdefghi.";
  CHECK(normalize_base_url(Kind::production, "https://" + host + "example").ok());
  CHECK_FALSE(normalize_base_url(Kind::production, "https://" + host + "example.com").ok());
}

}  // namespace
}  // namespace gatehouse::environments
