#include "server/login/last_used.h"

#include <doctest/doctest.h>

#include "tests/world/manual_clock.h"

namespace gatehouse::login {
namespace {

environments::Environment environment_at(std::string base_url) {
  return {.id = EnvironmentId(1),
          .name = "here",
          .kind = environments::Kind::development,
          .base_url = std::move(base_url),
          .settings = {},
          .created_at = world::test_start,
          .updated_at = world::test_start};
}

std::optional<LastUsed> read(std::string cookies, const environments::Environment& environment) {
  http::Request request;
  request.headers.add("Cookie", std::move(cookies));
  return read_last_used(request, environment);
}

}  // namespace

TEST_CASE("the way used last is a cookie for a year, which scripts and other sites do not get") {
  const auto plain = environment_at("http://here.localhost");
  http::Response response;
  set_last_used(response, plain, {ConnectionId(5)});
  CHECK(response.headers.get("Set-Cookie") ==
        "gh_last=conn_5; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
  http::Response secure;
  set_last_used(secure, environment_at("https://auth.example"), {});
  CHECK(secure.headers.get("Set-Cookie") ==
        "__Host-gh_last=email; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax");
}

TEST_CASE("of the cookie nothing is believed that we would not have set") {
  const auto plain = environment_at("http://here.localhost");
  CHECK(read("gh_last=conn_5", plain) == LastUsed{ConnectionId(5)});
  CHECK(read("a=b; gh_last=email", plain) == LastUsed{});
  for (const char* cookies :
       {"", "gh_last=", "gh_last=mail", "gh_last=conn_", "gh_last=conn_5x", "gh_last=usr_5",
        "gh_last=<b>", "gh_last=email; gh_last=conn_5", "__Host-gh_last=email"}) {
    CAPTURE(std::string(cookies));
    CHECK_FALSE(read(cookies, plain).has_value());
  }
  CHECK_FALSE(read("gh_last=email", environment_at("https://auth.example")).has_value());
}

}  // namespace gatehouse::login
