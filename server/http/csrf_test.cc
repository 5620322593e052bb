#include "server/http/csrf.h"

#include <doctest/doctest.h>

namespace gatehouse::http {

namespace {

using Fields = std::initializer_list<std::pair<const char*, const char*>>;

Request post(Fields fields) {
  Request request;
  request.method = Method::post;
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

bool same(Fields fields) { return is_same_origin(post(fields), "https://auth.test"); }

}  // namespace

TEST_CASE("a form of our own page is known as ours") {
  CHECK(same({{"Origin", "https://auth.test"}}));
  CHECK(same({{"Sec-Fetch-Site", "same-origin"}}));
  CHECK(same({{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://auth.test"}}));
  CHECK(same({{"Referer", "https://auth.test/login?x=1"}}));
}

TEST_CASE("a page without referrer sends a null origin, and the browser vouches for it") {
  CHECK(same({{"Sec-Fetch-Site", "same-origin"}, {"Origin", "null"}}));
  CHECK_FALSE(same({{"Origin", "null"}}));
  CHECK_FALSE(same({{"Sec-Fetch-Site", "cross-site"}, {"Origin", "null"}}));
}

TEST_CASE("a form of another page is refused") {
  for (const char* origin : {"https://evil.test", "http://auth.test", "https://auth.test:444",
                             "https://auth.test.evil.test", "https://sub.auth.test",
                             "https://auth.test/", "", "https://auth.test, https://evil.test"}) {
    CAPTURE(origin);
    CHECK_FALSE(same({{"Origin", origin}}));
    CHECK_FALSE(same({{"Origin", origin}, {"Referer", "https://auth.test/"}}));
    CHECK_FALSE(same({{"Sec-Fetch-Site", "same-origin"}, {"Origin", origin}}));
  }
  for (const char* site :
       {"cross-site", "same-site", "none", "", "Same-Origin", "same-origin, cross-site"}) {
    CAPTURE(site);
    CHECK_FALSE(same({{"Sec-Fetch-Site", site}}));
    CHECK_FALSE(same({{"Sec-Fetch-Site", site}, {"Origin", "https://auth.test"}}));
  }
  CHECK_FALSE(same({{"Referer", "https://evil.test/https://auth.test/"}}));
  CHECK_FALSE(same({{"Referer", "https://auth.test@evil.test/"}}));
}

TEST_CASE("a request that says nothing, or says it twice, is refused") {
  CHECK_FALSE(same({}));
  CHECK_FALSE(same({{"Origin", "https://auth.test"}, {"Origin", "https://auth.test"}}));
  CHECK_FALSE(same({{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}}));
}

TEST_CASE("prefetches, previews, fetch() and HEAD are speculative") {
  for (const auto& [name, value] : {std::pair("Sec-Purpose", "prefetch"),
                                    {"Sec-Purpose", "prefetch;prerender"},
                                    {"Sec-Purpose", "prefetch;anonymous-client-ip"},
                                    {"Purpose", "prefetch"},
                                    {"Purpose", "Prefetch"},
                                    {"X-Purpose", "preview"},
                                    {"X-moz", "prefetch"},
                                    {"Sec-Fetch-Dest", "empty"}}) {
    CAPTURE(value);
    CHECK(is_speculative(post({{name, value}})));
  }
  Request head;
  head.method = Method::head;
  CHECK(is_speculative(head));
}

TEST_CASE("a person who goes somewhere is not speculative") {
  CHECK_FALSE(is_speculative(Request{}));
  CHECK_FALSE(
      is_speculative(post({{"Sec-Fetch-Dest", "document"}, {"Sec-Fetch-Mode", "navigate"}})));
  CHECK_FALSE(is_speculative(post({{"Sec-Purpose", "prefetcher"}, {"Purpose", ""}})));
}

}  // namespace gatehouse::http
