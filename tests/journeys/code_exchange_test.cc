// From the code to the tokens.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

TEST_CASE("a code is exchanged with the secret in the body, in Basic, or with PKCE") {
  World world;
  Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  Client console(world, "Console"), docs(world, "Docs"), desk(world, "Desk");
  CHECK(console.exchange(browser.authorize("Console")).status == 200);
  console.prove_by(Client::Proof::basic);
  CHECK(console.exchange(browser.authorize("Console")).status == 200);
  const Fields pkce = {{"code_challenge", challenge}, {"code_challenge_method", "S256"}};
  CHECK(
      console.exchange(browser.authorize("Console", pkce), {{"code_verifier", verifier}}).status ==
      200);
  CHECK(docs.exchange(browser.authorize("Docs")).status == 200);
  CHECK(desk.exchange(browser.authorize("Desk")).status == 200);
}

TEST_CASE("a native application may listen on any port of the loopback address") {
  World world;
  Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  const std::string here = "http://127.0.0.1:53211/callback";
  const Page callback = browser.authorize("Desk", {{"redirect_uri", here}});
  CHECK(callback.location().starts_with(here + "?code="));
  CHECK(Client(world, "Desk").exchange(callback, {{"redirect_uri", here}}).status == 200);
  const Page own_scheme = browser.authorize("Desk", {{"redirect_uri", "com.acme.desk:/callback"}});
  CHECK(own_scheme.location().starts_with("com.acme.desk:/callback?code="));
}

TEST_CASE("the answer has the lifetimes and types that clients decode") {
  World world;
  Browser browser(world);
  const Answer tokens =
      Client(world, "Console").exchange(browser.sign_in("Console", "ada@acme.test"));
  CHECK(tokens.text("token_type") == "Bearer");
  CHECK(tokens.json.integer("expires_in") == 900);
  CHECK(tokens.text("scope") == "openid profile email offline_access");
  CHECK(tokens.response.headers.get("Cache-Control") == "no-store");
  const Json access = token_part(tokens.access_token(), 1);
  CHECK(access.array("aud") != nullptr);
  CHECK(*access.integer("exp") - *access.integer("iat") == 900);
  CHECK(*access.integer("iat") - *access.integer("nbf") == 60);
  const Json id = token_part(tokens.id_token(), 1);
  CHECK(*id.integer("exp") - *id.integer("iat") == 3600);
}

TEST_CASE("without offline_access there is no refresh token, without profile and email no names") {
  World world;
  Browser browser(world);
  const Answer tokens =
      Client(world, "Console")
          .exchange(browser.sign_in("Console", "ada@acme.test", {{"scope", "openid"}}));
  CHECK(tokens.refresh_token().empty());
  CHECK(!tokens.id_token().empty());
  const Json claims = token_part(tokens.access_token(), 1);
  CHECK(!claims.string("email").has_value());
  CHECK(!claims.string("name").has_value());
  CHECK(claims.string("org_id").has_value());
}

TEST_CASE("a code shown twice is refused and takes back what it gave") {
  World world;
  Browser browser(world);
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  Client console(world, "Console");
  const Answer tokens = console.exchange(callback);
  CHECK(console.exchange(callback).error() == "invalid_grant");
  CHECK(!console.introspect(tokens.access_token()).is_active());
  CHECK(console.refresh(tokens.refresh_token()).error() == "invalid_grant");
  CHECK(world.audit("code.reused").size() == 1);
  // The person stays signed in.
  CHECK(!browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty());
  CHECK(world.violations() == "");
}

TEST_CASE("another client that shows a used code ends nothing") {
  World world;
  Browser browser(world);
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  Client console(world, "Console"), wiki(world, "Wiki");
  const Answer tokens = console.exchange(callback);
  CHECK(wiki.exchange(callback).error() == "invalid_grant");
  CHECK(console.introspect(tokens.access_token()).is_active());
}

TEST_CASE("an attempt that fails uses the code up") {
  World world;
  Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  const Page callback = browser.authorize("Docs");
  Client docs(world, "Docs");
  const std::string wrong = std::string(43, 'a');
  CHECK(docs.exchange(callback, {{"code_verifier", wrong}}).error() == "invalid_grant");
  CHECK(docs.exchange(callback).error() == "invalid_grant");
}

TEST_CASE("of eight exchanges at the same moment one succeeds") {
  World world;
  Browser browser(world);
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (Client(world, "Console").exchange(callback).status == 200) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 1);
  CHECK(world.audit("code.redeemed").size() == 1);
}

TEST_CASE("form_post brings the answer by a form and says the same") {
  World world;
  Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  const Page page = browser.authorize("Console", {{"response_mode", "form_post"}});
  CHECK(page.status() == 200);
  const PageForm* form = page.find_form(world.application("Console").callback);
  REQUIRE(form != nullptr);
  REQUIRE(form->fields.size() == 3);
  CHECK(form->fields[0].first == "code");
  CHECK(form->fields[1] == Fields::value_type{"state", "state-1"});
  CHECK(form->fields[2] == Fields::value_type{"iss", std::string(development_url)});
  CHECK(Client(world, "Console")
            .token({{"grant_type", "authorization_code"},
                    {"code", form->fields[0].second},
                    {"redirect_uri", world.application("Console").callback}})
            .status == 200);
  world.keep_canary(form->fields[0].second);
  const Page refused =
      browser.authorize("Console", {{"response_mode", "form_post"}, {"scope", "nothing"}});
  REQUIRE(refused.find_form(world.application("Console").callback) != nullptr);
  CHECK(refused.find_form(world.application("Console").callback)->fields[0] ==
        Fields::value_type{"error", "invalid_scope"});
}

TEST_CASE("an authorization request may be posted") {
  World world;
  Browser browser(world);
  const Page page =
      browser.post("/oauth/authorize", authorize_fields(world.application("Console")),
                   {{"Origin", "http://localhost:4321"}, {"Sec-Fetch-Site", "cross-site"}});
  CHECK(page.find_form("/login/email") != nullptr);
}

}  // namespace
}  // namespace gatehouse::world
