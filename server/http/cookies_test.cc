#include "server/http/cookies.h"

#include <doctest/doctest.h>

namespace gatehouse::http {

namespace {

Request with_cookies(std::initializer_list<std::string_view> fields) {
  Request request;
  for (const std::string_view field : fields) request.headers.add("Cookie", field);
  return request;
}

}  // namespace

TEST_CASE("a cookie is found among others") {
  const Request request = with_cookies({"a=1; __Host-s=abc.DEF_-~; b={\"x\":1,2}; broken"});
  const CookieRead read = read_cookie(request, "__Host-s");
  CHECK(read.state == CookieRead::State::found);
  CHECK(read.value == "abc.DEF_-~");
  CHECK(read_cookie(request, "a").value == "1");
  CHECK(read_cookie(with_cookies({"a=1;s=x==;b=2"}), "s").value == "x==");
}

TEST_CASE("a cookie in a field of its own is found, as HTTP/2 sends them") {
  CHECK(read_cookie(with_cookies({"a=1", "s=x"}), "s").value == "x");
}

TEST_CASE("a cookie that was not sent is absent, however similar the names are") {
  const Request request = with_cookies({"xs=1; s1=2; S=3; s; __Host-s=4; =s"});
  CHECK(read_cookie(request, "s").state == CookieRead::State::absent);
  CHECK(read_cookie(Request{}, "s").state == CookieRead::State::absent);
  CHECK(read_cookie(request, "__host-s").state == CookieRead::State::absent);
}

TEST_CASE("two cookies of one name are refused, in one field or two, equal or not") {
  for (const char* field : {"s=1; s=2", "s=1; a=0; s=1", "s=; s=1", "s=1;\ts=2", "s =1; s=2"}) {
    CAPTURE(field);
    const CookieRead read = read_cookie(with_cookies({field}), "s");
    CHECK(read.state == CookieRead::State::ambiguous);
    CHECK(read.value.empty());
  }
  CHECK(read_cookie(with_cookies({"s=1", "s=2"}), "s").state == CookieRead::State::ambiguous);
}

TEST_CASE("a value that we could not have set is not taken") {
  for (const char* field : {"s=\"1\"", "s=a b", "s=a,b", "s=a\\b", "s=\xc3\xa9"}) {
    CAPTURE(field);
    CHECK(read_cookie(with_cookies({field}), "s").state == CookieRead::State::ambiguous);
  }
}

TEST_CASE("a cookie is set with all that protects it") {
  Response response;
  set_cookie(response, {.name = cookie_name("session", Scheme::https),
                        .value = "v",
                        .max_age = std::chrono::hours(1)});
  CHECK(response.headers.get("Set-Cookie") ==
        "__Host-session=v; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax");
  CHECK(response.headers.get("Cache-Control") == "no-store");
}

TEST_CASE("on http a cookie has no prefix and is not Secure") {
  Response response;
  set_cookie(response, {.name = cookie_name("session", Scheme::http),
                        .value = "v",
                        .secure = false,
                        .same_site = SameSite::strict});
  CHECK(response.headers.get("Set-Cookie") == "session=v; Path=/; HttpOnly; SameSite=Strict");
}

TEST_CASE("an expired cookie keeps its name and attributes and loses its value") {
  Response response;
  expire_cookie(response, {.name = "__Host-s", .value = "secret", .same_site = SameSite::none});
  CHECK(response.headers.get("Set-Cookie") ==
        "__Host-s=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=None");
}

}  // namespace gatehouse::http
