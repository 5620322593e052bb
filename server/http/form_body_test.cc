#include "server/http/form_body.h"

#include <doctest/doctest.h>

namespace gatehouse::http {

namespace {

Request post(std::string_view content_type, std::string body) {
  Request request;
  request.method = Method::post;
  request.headers.add("Content-Type", content_type);
  request.body = std::move(body);
  return request;
}

bool is_form(std::string_view content_type) {
  return has_content_type(post(content_type, ""), "application/x-www-form-urlencoded");
}

}  // namespace

TEST_CASE("a posted form is read") {
  Request request = post("application/x-www-form-urlencoded; charset=UTF-8", "a=1&b=2");
  request.query = "c=3";
  const Form form = read_form_body(request).value();
  CHECK(form.get("b") == "2");
  CHECK_FALSE(form.get("c").has_value());
  CHECK(read_query(request).value().get("c") == "3");
}

TEST_CASE("the content type of a form is that of a form, once") {
  CHECK(is_form("Application/X-WWW-Form-URLEncoded"));
  CHECK(is_form("application/x-www-form-urlencoded ; charset=\"utf-8\";x=y"));
  for (const char* type :
       {"", "text/plain", "application/json", "application/x-www-form-urlencodedx",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
        "text/plain; application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded, text/plain"}) {
    CAPTURE(type);
    CHECK_FALSE(is_form(type));
  }
  Request twice = post("application/x-www-form-urlencoded", "a=1");
  twice.headers.add("Content-Type", "application/x-www-form-urlencoded");
  CHECK_FALSE(read_form_body(twice).ok());
  Request none;
  none.body = "a=1";
  CHECK_FALSE(read_form_body(none).ok());
}

TEST_CASE("a form that is malformed or too large is refused") {
  const std::string_view type = "application/x-www-form-urlencoded";
  CHECK_FALSE(read_form_body(post(type, "a=%")).ok());
  CHECK(read_form_body(post(type, "a=" + std::string(limits::form_body_bytes_max - 2, 'x'))).ok());
  CHECK_FALSE(
      read_form_body(post(type, "a=" + std::string(limits::form_body_bytes_max - 1, 'x'))).ok());
  Request request;
  request.query = "a=%ff";
  CHECK_FALSE(read_query(request).ok());
}

}  // namespace gatehouse::http
