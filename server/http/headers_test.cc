#include "server/http/headers.h"

#include <doctest/doctest.h>

#include "server/http/message.h"

namespace gatehouse::http {

TEST_CASE("fields are found whatever the case of their names, and keep their order") {
  Headers headers;
  headers.add("Content-Type", "text/html");
  headers.add("Set-Cookie", "a=1");
  headers.add("set-cookie", "b=2");
  CHECK(headers.get("content-TYPE") == "text/html");
  CHECK(headers.get("SET-COOKIE") == "a=1");
  CHECK(headers.count("Set-Cookie") == 2);
  CHECK_FALSE(headers.get("Content-Typ").has_value());
  CHECK_FALSE(headers.get("Content-Types").has_value());
  REQUIRE(headers.size() == 3);
  CHECK(headers.at(2).name == "set-cookie");
  CHECK(headers.at(2).value == "b=2");
}

TEST_CASE("setting a field replaces all of its name, removing takes them away") {
  Headers headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("a", "3");
  headers.set("A", "4");
  CHECK(headers.count("a") == 1);
  CHECK(headers.get("a") == "4");
  CHECK(headers.get("b") == "2");
  headers.remove("A");
  CHECK(headers.count("a") == 0);
  CHECK(headers.size() == 1);
  headers.remove("none");
  CHECK(headers.size() == 1);
}

TEST_CASE("many and long fields are kept whole") {
  Headers headers;
  for (int i = 0; i < 200; ++i) headers.add("n" + std::to_string(i), std::string(100, 'v'));
  const Headers copy = headers;
  CHECK(copy.get("N199") == std::string(100, 'v'));
  CHECK(copy.at(0).name == "n0");
}

TEST_CASE("a field name is a token, a field value has no control bytes and no blank ends") {
  for (const char* name : {"a", "X-Y_z.1", "!#$%&'*+-.^_`|~"}) CHECK(is_field_name(name));
  for (const char* name : {"", " ", "a b", "a:", ":path", "a\r\n", "a(b)", "\xc3\xa9", "a\t"}) {
    CAPTURE(name);
    CHECK_FALSE(is_field_name(name));
  }
  for (const char* value : {"", "a", "a b\tc", "\xc3\xa9", "\"q\", w"}) {
    CAPTURE(value);
    CHECK(is_field_value(value));
  }
  for (const char* value : {" a", "a ", "\ta", "a\r\nB: c", "a\nb", "a\rb", "a\x7f", "a\x01"}) {
    CAPTURE(value);
    CHECK_FALSE(is_field_value(value));
  }
  CHECK_FALSE(is_field_value(std::string_view("a\0b", 3)));
}

TEST_CASE("comparison without case is one of ASCII letters only") {
  CHECK(equal_ignoring_case("AbZ-1", "aBz-1"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("\xc9", "\xe9"));
  CHECK(trim_blanks(" \t a b \t") == "a b");
  CHECK(trim_blanks(" \t") == "");
}

TEST_CASE("statuses and methods have their names") {
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(303) == "See Other");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(299) == "Unknown");
  CHECK(method_name(Method::delete_) == "DELETE");
  CHECK(method_name(Method::get) == "GET");
}

TEST_CASE("the server's own errors are plain text that nobody stores") {
  const Response response = plain_text(404, "nothing here\n");
  CHECK(response.status == 404);
  CHECK(response.headers.get("content-type") == "text/plain; charset=utf-8");
  CHECK(response.headers.get("cache-control") == "no-store");
  CHECK(response.body_view() == "nothing here\n");
}

}  // namespace gatehouse::http
