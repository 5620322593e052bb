#include "server/http/authorization.h"

#include <doctest/doctest.h>

#include "server/core/limits.h"
#include "server/encoding/base64.h"

namespace gatehouse::http {

namespace {

Request with(std::initializer_list<std::string> fields) {
  Request request;
  for (const std::string& field : fields) request.headers.add("Authorization", field);
  return request;
}

BasicRead basic(std::string_view pair) {
  return read_basic(with({"Basic " + base64_encode(pair)}));
}

}  // namespace

TEST_CASE("client credentials are form-decoded after base64") {
  const BasicRead read = basic("app%3A1:s%2Bc+r%25t");
  REQUIRE(read.state == BasicRead::State::found);
  CHECK(read.client_id == "app:1");
  CHECK(read.client_secret.reveal() == "s+c r%t");
  CHECK(basic("id:a:b").client_secret.reveal() == "a:b");
  CHECK(basic("id:").state == BasicRead::State::found);
  CHECK(read_basic(with({"bAsIc " + base64_encode("a:b")})).client_id == "a");
}

TEST_CASE("client credentials that are malformed are not taken for absent") {
  for (const char* pair : {"no-colon", ":secret", "id:%", "id:%zz", "id:%ff", "id:%00", "%:x"}) {
    CAPTURE(pair);
    CHECK(basic(pair).state == BasicRead::State::malformed);
  }
  for (const char* field :
       {"Basic", "Basic a:b", "Basic YTpi\tx", "Basic YTpi=", "Basic YTpi YTpi", "Basic YTo"}) {
    CAPTURE(field);
    CHECK(read_basic(with({field})).state == BasicRead::State::malformed);
  }
  const std::string good = "Basic " + base64_encode("a:b");
  CHECK(read_basic(with({good, good})).state == BasicRead::State::malformed);
}

TEST_CASE("headers of other schemes are no client credentials") {
  CHECK(read_basic(Request{}).state == BasicRead::State::absent);
  CHECK(read_basic(with({"Bearer abc"})).state == BasicRead::State::absent);
  CHECK(read_basic(with({"Basics YTpi"})).state == BasicRead::State::absent);
  CHECK(read_basic(with({"Bearer old", "Basic " + base64_encode("a:b")})).client_id == "a");
}

TEST_CASE("every bearer token is returned, in order") {
  const BearerRead read = read_bearer(with({"Bearer new.-_~+/=", "Basic YTpi", "bearer  old"}));
  REQUIRE(read.tokens.size() == 2);
  CHECK(read.tokens[0].reveal() == "new.-_~+/=");
  CHECK(read.tokens[1].reveal() == "old");
  CHECK_FALSE(read.is_malformed);
}

TEST_CASE("a bearer header without a well-formed token is told") {
  for (const char* field : {"Bearer", "Bearer ====", "Bearer a b", "Bearer a,b", "Bearer \"a\"",
                            "Bearer a=b", "Bearer \xc3\xa9"}) {
    CAPTURE(field);
    const BearerRead read = read_bearer(with({field}));
    CHECK(read.tokens.empty());
    CHECK(read.is_malformed);
  }
  const std::string longest(limits::token_bytes_max, 'a');
  CHECK(read_bearer(with({"Bearer " + longest})).tokens.size() == 1);
  CHECK(read_bearer(with({"Bearer " + longest + "a"})).is_malformed);
  CHECK(read_bearer(Request{}).tokens.empty());
  CHECK_FALSE(read_bearer(Request{}).is_malformed);
}

}  // namespace gatehouse::http
