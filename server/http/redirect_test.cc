#include "server/http/redirect.h"

#include <doctest/doctest.h>

#include "server/http/answer_headers.h"

namespace gatehouse::http {

TEST_CASE("a redirect is a 303 that nobody stores") {
  const Response response = see_other("https://app.test/cb?code=1");
  CHECK(response.status == 303);
  CHECK(response.headers.get("Location") == "https://app.test/cb?code=1");
  CHECK(response.headers.get("Cache-Control") == "no-store");
  CHECK(response.headers.get("Referrer-Policy") == "no-referrer");
  CHECK(response.body.empty());
}

TEST_CASE("parameters are added to what a URL has already") {
  const std::vector<QueryParameter> parameters = {{"code", "a b"}, {"iss", "https://x.test"}};
  const std::string added = "code=a+b&iss=https%3A%2F%2Fx.test";
  CHECK(with_query("https://a.test/cb", parameters) == "https://a.test/cb?" + added);
  CHECK(with_query("https://a.test/cb?x=1", parameters) == "https://a.test/cb?x=1&" + added);
  CHECK(with_query("https://a.test/cb?", parameters) == "https://a.test/cb?" + added);
  CHECK(with_query("https://a.test/cb?x=1&", parameters) == "https://a.test/cb?x=1&" + added);
  CHECK(with_query("https://a.test/cb#f?g", parameters) == "https://a.test/cb?" + added + "#f?g");
  CHECK(with_query("https://a.test", parameters) == "https://a.test?" + added);
  CHECK(with_query("https://a.test/cb?x=1", {}) == "https://a.test/cb?x=1");
}

TEST_CASE("a value cannot leave its parameter") {
  CHECK(with_query("/x", {{"state", "a&code=evil#?\r\n\xc3\xa9"}}) ==
        "/x?state=a%26code%3Devil%23%3F%0D%0A%C3%A9");
}

TEST_CASE("a local target is a path of ours and nothing else") {
  //
  for (const char* target : {"/", "/account", "/a/b?x=//y", "/a//b", "/a#b"}) {
    CAPTURE(target);
    CHECK(is_local_target(target));
  }
  for (const char* target :
       {"", "//evil.test", "/\\evil.test", "\\/evil.test", "https://evil.test", "/\t/evil.test",
        "/\n/evil.test", " /", "a", "javascript:alert(1)", "/a b", "/\xc3\xa9", "///evil.test"}) {
    CAPTURE(target);
    CHECK_FALSE(is_local_target(target));
  }
}

TEST_CASE("a page has the whole set of headers, whatever its handler set") {
  Response response;
  response.headers.add("Cache-Control", "public, max-age=60");
  response.headers.add("Content-Security-Policy", "default-src *");
  apply_page_headers(response, PageHeaders{});
  const Headers& headers = response.headers;
  CHECK(headers.count("Content-Security-Policy") == 1);
  CHECK(headers.get("Content-Security-Policy") ==
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'");
  CHECK(headers.get("Cache-Control") == "no-store");
  CHECK(headers.get("X-Content-Type-Options") == "nosniff");
  CHECK(headers.get("Referrer-Policy") == "no-referrer");
  CHECK(headers.get("X-Frame-Options") == "DENY");
  CHECK(headers.get("Cross-Origin-Opener-Policy") == "same-origin");
  CHECK(headers.get("Cross-Origin-Resource-Policy") == "same-origin");
  CHECK(headers.get("Permissions-Policy").has_value());
  CHECK(headers.get("Strict-Transport-Security") == "max-age=31536000");
}

TEST_CASE("strict transport is demanded over https only") {
  Response response;
  apply_page_headers(response, PageHeaders{.answer = {.scheme = Scheme::http}});
  CHECK_FALSE(response.headers.get("Strict-Transport-Security").has_value());
}

TEST_CASE("a list of form targets is added to our own origin") {
  Response response;
  apply_page_headers(response, PageHeaders{.form_action = {"https://app.test", "com.acme.app:"}});
  const auto policy = response.headers.get("Content-Security-Policy");
  REQUIRE(policy.has_value());
  CHECK(policy->ends_with("; form-action 'self' https://app.test com.acme.app:"));
}

TEST_CASE(
    "an answer for programs is stored only where that is allowed and nothing in it is personal") {
  Response refused;
  refused.headers.add("Cache-Control", "max-age=60");
  apply_api_headers(refused, AnswerHeaders{});
  CHECK(refused.headers.get("Cache-Control") == "no-store");
  CHECK(refused.headers.get("X-Content-Type-Options") == "nosniff");

  const AnswerHeaders cacheable{.scheme = Scheme::https, .caching = Caching::as_set};
  Response allowed;
  allowed.headers.add("Cache-Control", "max-age=60");
  apply_api_headers(allowed, cacheable);
  CHECK(allowed.headers.get("Cache-Control") == "max-age=60");

  Response silent;
  apply_api_headers(silent, cacheable);
  CHECK(silent.headers.get("Cache-Control") == "no-store");

  Response with_cookie;
  with_cookie.headers.add("Set-Cookie", "a=1");
  with_cookie.headers.add("Cache-Control", "max-age=60");
  apply_api_headers(with_cookie, cacheable);
  CHECK(with_cookie.headers.get("Cache-Control") == "no-store");
}

}  // namespace gatehouse::http
