#include "server/http/form_body.h"

#include <doctest/doctest.h>

#include <array>

#include "server/http/accept_language.h"

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

std::string language(std::string_view accepted) {
  constexpr std::array<std::string_view, 4> supported = {"en", "de", "pt-BR", "pt-PT"};
  Request request;
  request.headers.add("Accept-Language", accepted);
  return best_language(request, supported);
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

TEST_CASE("the language is the one the browser prefers among ours") {
  CHECK(language("de") == "de");
  CHECK(language("fr, de;q=0.8, en;q=0.9") == "en");
  CHECK(language("en;q=0.5, DE;q=0.501") == "de");
  CHECK(language("de-CH, en;q=0.9") == "de");
  CHECK(language("pt") == "pt-BR");
  CHECK(language("pt-PT") == "pt-PT");
  CHECK(language("de;q=1.000") == "de");
}

TEST_CASE("without a language of ours the first one is taken") {
  constexpr std::array<std::string_view, 2> supported = {"en", "de"};
  CHECK(best_language(Request{}, supported) == "en");
  for (const char* accepted : {"", "fr", "*", "de;q=0", "de;q=2", "de;q=x", "de;q=0.1234",
                               "de;q=", "d", "deutsch", ";q=1", ",,,", "de;x=1"}) {
    CAPTURE(accepted);
    CHECK(language(accepted) == "en");
  }
}

}  // namespace gatehouse::http
