#include "server/app/dev/simulator/provider_session.h"

#include <doctest/doctest.h>

namespace gatehouse::app::dev {
namespace {

constexpr auto clear = http::Scheme::http;
const ConnectionId connection(7);

http::Request request_after(const http::Response& response) {
  http::Request request;
  const std::string line(response.headers.get("Set-Cookie").value());
  request.headers.add("Cookie", line.substr(0, line.find(';')));
  return request;
}

TEST_CASE("simulator: a provider remembers who opened its tile, for that connection alone") {
  http::Response response;
  remember(response, {connection, {.email = "ada@example.com", .groups = "A, B & C"}}, clear);
  const http::Request request = request_after(response);
  const auto person = remembered(request, connection, clear);
  REQUIRE(person.has_value());
  CHECK(person->email == "ada@example.com");
  CHECK(person->groups == "A, B & C");
  CHECK_FALSE(remembered(request, ConnectionId(8), clear).has_value());
  CHECK_FALSE(remembered(request, connection, http::Scheme::https).has_value());
  CHECK_FALSE(remembered(http::Request(), connection, clear).has_value());
}

TEST_CASE("simulator: what somebody else has put into the cookie is no person") {
  for (const char* value : {"x", "!!", "Y29ubmVjdGlvbj1jb25uXzc"}) {
    CAPTURE(value);
    http::Request request;
    request.headers.add("Cookie", std::string("dev-idp=") + value);
    CHECK_FALSE(remembered(request, connection, clear).has_value());
  }
}

TEST_CASE("simulator: more than a cookie holds is not remembered") {
  http::Response response;
  remember(response, {connection, {.email = "a@b.test", .more = std::string(4000, 'x')}}, clear);
  CHECK(response.headers.count("Set-Cookie") == 0);
}

}  // namespace
}  // namespace gatehouse::app::dev
