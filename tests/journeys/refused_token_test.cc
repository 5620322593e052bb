// Everything that a request to the token endpoint can get wrong.

#include "server/encoding/base64.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

struct Row {
  std::string name;
  Fields change;
  std::string error;
  int status = 400;
};

struct Signed {
  World world;
  Browser browser{world};
  Client console{world, "Console"};

  Signed() { browser.sign_in("Console", "ada@acme.test"); }
};

TEST_CASE("each fault of a code exchange has its error, and is on record") {
  Signed here;
  const std::string wiki_secret = here.world.application("Wiki").secret;
  const std::vector<Row> rows = {
      {"no grant_type", {{"grant_type", left_out}}, "invalid_request"},
      {"passwords", {{"grant_type", "password"}}, "unsupported_grant_type"},
      {"an unknown grant", {{"grant_type", "urn:x"}}, "unsupported_grant_type"},
      {"no code", {{"code", left_out}}, "invalid_request"},
      {"an empty code", {{"code", ""}}, "invalid_request"},
      {"an unknown code", {{"code", std::string(43, 'A')}}, "invalid_grant"},
      {"a short code", {{"code", "x"}}, "invalid_grant"},
      {"no redirect_uri", {{"redirect_uri", left_out}}, "invalid_grant"},
      {"another redirect_uri", {{"redirect_uri", "http://localhost:4321/"}}, "invalid_grant"},
      {"a verifier without a challenge", {{"code_verifier", verifier}}, "invalid_grant"},
      {"an unknown client", {{"client_id", "skc_1"}}, "invalid_client", 401},
      {"no client", {{"client_id", left_out}}, "invalid_client", 401},
      {"no secret", {{"client_secret", left_out}}, "invalid_client", 401},
      {"a wrong secret", {{"client_secret", "test_wrong"}}, "invalid_client", 401},
      {"another client's secret", {{"client_secret", wiki_secret}}, "invalid_client", 401},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Page callback = here.browser.authorize("Console");
    const Answer answer = here.console.exchange(callback, row.change);
    CHECK(answer.status == row.status);
    CHECK(answer.error() == row.error);
    CHECK(!answer.text("error_description").empty());
    CHECK(answer.response.headers.get("Cache-Control") == "no-store");
    CHECK(answer.access_token().empty());
    CHECK(here.world.last_refusal("token.refused").starts_with(row.error));
  }
  CHECK(here.world.audit("token.refused").size() == rows.size());
  CHECK(here.world.audit("code.redeemed").empty());
}

TEST_CASE("PKCE is checked as it was begun") {
  Signed here;
  Client docs(here.world, "Docs"), wiki(here.world, "Wiki");
  const auto fault = [&](Client& client, const char* application, const Fields& asked,
                         const Fields& shown) {
    return client.exchange(here.browser.authorize(application, asked), shown).error();
  };
  const Fields pkce = {{"code_challenge", challenge}, {"code_challenge_method", "S256"}};
  const std::string wrong(43, 'w');
  CHECK(fault(docs, "Docs", {}, {{"code_verifier", wrong}}) == "invalid_grant");
  CHECK(fault(docs, "Docs", {}, {{"code_verifier", left_out}}) == "invalid_grant");
  CHECK(fault(docs, "Docs", {}, {{"code_verifier", challenge}}) == "invalid_grant");
  CHECK(fault(docs, "Docs", {}, {{"code_verifier", "short"}}) == "invalid_grant");
  CHECK(fault(docs, "Docs", {}, {{"code_verifier", std::string(129, 'v')}}) == "invalid_grant");
  CHECK(fault(here.console, "Console", pkce, {}) == "invalid_grant");
  CHECK(fault(here.console, "Console", pkce, {{"code_verifier", verifier}}) == "");
  CHECK(here.world.last_refusal("token.refused") == "invalid_grant: code_verifier is missing");
}

TEST_CASE("a code is good for a minute, for its own client, and for its own redirect_uri") {
  Signed here;
  const Page late = here.browser.authorize("Console");
  here.world.advance(seconds(60));
  CHECK(here.console.exchange(late).error() == "invalid_grant");
  const Page in_time = here.browser.authorize("Console");
  here.world.advance(seconds(59));
  CHECK(here.console.exchange(in_time).status == 200);
  const Page foreign = here.browser.authorize("Console");
  CHECK(Client(here.world, "Wiki")
            .exchange(foreign, {{"redirect_uri", here.console.known().callback}})
            .error() == "invalid_grant");
  CHECK(Client(here.world, "Docs").exchange(foreign).error() == "invalid_grant");
}

TEST_CASE("a client proves itself one way at a time, once each parameter") {
  Signed here;
  const Registered& known = here.console.known();
  const std::string basic = "Basic " + base64_encode(known.client_id + ":" + known.secret);
  const Fields m2m = {{"grant_type", "client_credentials"}};
  const Fields body = {{"client_id", known.client_id}, {"client_secret", known.secret}};
  const auto post = [&](const Fields& fields, const Fields& headers) {
    return here.console.post("/oauth/token", fields, headers);
  };
  CHECK(post(m2m, {{"Authorization", basic}}).status == 200);
  CHECK(post(merged(m2m, body), {{"Authorization", basic}}).error() == "invalid_request");
  CHECK(post(merged(m2m, {{"client_id", "skc_2"}}), {{"Authorization", basic}}).error() ==
        "invalid_request");
  CHECK(post(m2m, {{"Authorization", "Basic ###"}}).error() == "invalid_request");
  const Answer wrong =
      post(m2m, {{"Authorization", "Basic " + base64_encode(known.client_id + ":wrong")}});
  CHECK(wrong.status == 401);
  CHECK(wrong.response.headers.get("WWW-Authenticate")->starts_with("Basic "));
  // Some SDKs send their old token along with the form.
  CHECK(post(merged(m2m, body), {{"Authorization", "Bearer old"}}).status == 200);

  Fields twice = merged(m2m, body);
  for (const char* name : {"grant_type", "client_id", "client_secret", "scope"}) {
    Fields fields = twice;
    fields.emplace_back(name, "x");
    fields.emplace_back(name, "y");
    CHECK(post(fields, {}).error() == "invalid_request");
  }
}

TEST_CASE("a body that is no form is refused before anything is looked up") {
  Signed here;
  const auto send = [&](std::string type, std::string body) {
    http::Request request;
    request.method = http::Method::post;
    request.authority = "localhost:8080";
    request.path = "/oauth/token";
    request.headers.add("Content-Type", type);
    request.body = std::move(body);
    return here.world.send(std::move(request));
  };
  const std::string form = "application/x-www-form-urlencoded";
  CHECK(send("application/json", "{}").status == 400);
  CHECK(send(form, "grant_type=%ff").status == 400);
  CHECK(send(form, "grant_type=%4").status == 400);
  CHECK(send(form, "a=%00").status == 400);
  CHECK(send(form, std::string(65'537, 'a')).status == 413);
  std::string many;
  for (int i = 0; i < 65; ++i) many += "p" + std::to_string(i) + "=1&";
  CHECK(send(form, many).status == 400);
  CHECK(send(form + "; charset=utf-8", "grant_type=x").status == 401);
  CHECK(here.world.last_statements().empty());
}

TEST_CASE("a machine signs nobody in, and a public client is no machine") {
  Signed here;
  Client batch(here.world, "Batch"), docs(here.world, "Docs");
  CHECK(batch.token({{"grant_type", "authorization_code"}, {"code", "x"}}).error() ==
        "unauthorized_client");
  CHECK(batch.token({{"grant_type", "refresh_token"}, {"refresh_token", "rt_x"}}).error() ==
        "unauthorized_client");
  CHECK(docs.token({{"grant_type", "client_credentials"}, {"client_secret", "guess"}}).error() ==
        "invalid_client");
  CHECK(docs.token({{"grant_type", "client_credentials"}}).error() == "unauthorized_client");
}

TEST_CASE("a refresh token that is missing or made up is refused") {
  Signed here;
  CHECK(here.console.refresh("").error() == "invalid_request");
  for (const char* token : {"x", "rt_", "rt_AAAA", "rt_!!!", "eyJhbGciOiJub25lIn0.e30."}) {
    CHECK(here.console.refresh(token).error() == "invalid_grant");
  }
  CHECK(here.console.refresh("rt_" + base64url_encode(std::string(44, 'x'))).error() ==
        "invalid_grant");
}

}  // namespace
}  // namespace gatehouse::world
