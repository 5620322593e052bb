// Signing out of one application ends the session and tells the others.

#include "server/encoding/form.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

struct Signed {
  World world;
  Browser browser{world};
  Answer tokens = Client(world, "Console").exchange(browser.sign_in("Console", "ada@acme.test"));

  Page logout(const Fields& fields) { return browser.open("/oidc/logout?" + encode(fields)); }
  bool is_signed_in() {
    return !browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty();
  }
};

const char* const home = "http://localhost:4321";

TEST_CASE("an application signs its person out with the ID token it holds") {
  Signed here;
  const Page back = here.logout({{"id_token_hint", here.tokens.id_token()},
                                 {"post_logout_redirect_uri", home},
                                 {"state", "bye"}});
  CHECK(back.location() == std::string(home) + "?state=bye");
  CHECK(here.browser.cookie("gh_session").empty());
  CHECK(!here.is_signed_in());
  CHECK(here.browser.authorize("Wiki").find_form("/login/email") != nullptr);
  CHECK(here.world.audit("session.ended").size() == 1);
  // Once more changes nothing, and leads to the same place.
  CHECK(here.logout({{"id_token_hint", here.tokens.id_token()}, {"post_logout_redirect_uri", home}})
            .location() == home);
  CHECK(here.world.audit("session.ended").size() == 1);
}

TEST_CASE("an expired ID token is as good a hint") {
  Signed here;
  here.world.advance(hours(30));
  REQUIRE(here.is_signed_in());
  CHECK(here.logout({{"id_token_hint", here.tokens.id_token()}, {"post_logout_redirect_uri", home}})
            .location() == home);
  CHECK(!here.is_signed_in());
}

TEST_CASE("a place to return to that is only an origin is known with and without its slash") {
  Signed here;
  const Fields hint = {{"id_token_hint", here.tokens.id_token()}};
  const std::string slash = std::string(home) + "/";
  CHECK(here.logout(merged(hint, {{"post_logout_redirect_uri", slash}})).location() == slash);
  CHECK(here.logout(merged(hint, {{"post_logout_redirect_uri", home}})).location() == home);
  for (const char* foreign :
       {"http://localhost:4321/x", "http://localhost:4322", "https://evil.test", "//evil.test",
        "http://localhost:4321@evil.test/"}) {
    const Page page = here.logout(merged(hint, {{"post_logout_redirect_uri", foreign}}));
    CHECK(page.status() == 200);
    CHECK(page.location().empty());
  }
  CHECK(here.world.audit("logout.refused").size() == 5);
}

TEST_CASE("without a hint the person is asked first, and only a form of ours is believed") {
  Signed here;
  const Page ask = here.logout({{"post_logout_redirect_uri", home}, {"state", "s"}});
  REQUIRE(ask.find_form("/oidc/logout/confirm") != nullptr);
  CHECK(here.is_signed_in());
  const Page forged =
      here.browser.submit(ask, "/oidc/logout/confirm", {{"csrf", std::string(43, 'A')}});
  CHECK(forged.find_form("/oidc/logout/confirm") != nullptr);
  CHECK(here.is_signed_in());
  const Page foreign = here.browser.post("/oidc/logout/confirm", ask.forms().front().fields,
                                         {{"Sec-Fetch-Site", "cross-site"}});
  CHECK(foreign.status() == 403);
  CHECK(here.is_signed_in());
  CHECK(here.browser.submit(ask, "/oidc/logout/confirm").location() ==
        std::string(home) + "?state=s");
  CHECK(!here.is_signed_in());
}

TEST_CASE("nobody's session is ended by another person's ID token") {
  Signed here;
  Browser bob(here.world);
  const Page choose = bob.sign_in("Console", "bob@acme.test");
  const Page callback = bob.submit(choose, "/login/organization",
                                   {{"organization", here.world.organization("Acme").text()}});
  const Answer bobs = Client(here.world, "Console").exchange(callback);
  const Page ask = here.logout({{"id_token_hint", bobs.id_token()}});
  CHECK(ask.find_form("/oidc/logout/confirm") != nullptr);
  CHECK(here.is_signed_in());
  CHECK(!bob.authorize("Console", {{"prompt", "none"}}).parameter("code").empty());
}

TEST_CASE("a browser without a cookie signs out the session that its hint names") {
  Signed here;
  Browser other(here.world);
  CHECK(other
            .open("/oidc/logout?" + encode({{"id_token_hint", here.tokens.id_token()},
                                            {"post_logout_redirect_uri", home}}))
            .location() == home);
  CHECK(!here.is_signed_in());
}

TEST_CASE("nobody is signed out by a prefetch, an access token or a forged hint") {
  Signed here;
  const std::string url = "/oidc/logout?" + encode({{"id_token_hint", here.tokens.id_token()}});
  CHECK(here.browser.open(url, {{"Sec-Purpose", "prefetch"}}).status() == 204);
  CHECK(here.browser.send(http::Method::head, url, {}, {}).status == 204);
  here.logout({{"id_token_hint", here.tokens.access_token()}});
  here.logout({{"id_token_hint", here.tokens.id_token() + "A"}});
  here.logout({{"id_token_hint", "eyJhbGciOiJub25lIn0.e30."}});
  CHECK(here.is_signed_in());
  CHECK(here.browser.open("/oidc/logout?state=a&state=b").status() >= 400);
  CHECK(here.is_signed_in());
}

TEST_CASE("every application of the session is told that it is over") {
  Signed here;
  Client(here.world, "Wiki").exchange(here.browser.authorize("Wiki"));
  Client(here.world, "Docs").exchange(here.browser.authorize("Docs"));
  const Json id = token_part(here.tokens.id_token(), 1);
  here.logout({{"id_token_hint", here.tokens.id_token()}});
  here.world.run_job("back-channel logout");
  std::set<std::string> told;
  for (const auto& call : here.world.http().calls()) {
    told.insert(call.url);
    const auto form = Form::parse(call.body);
    REQUIRE(form.ok());
    const std::string token(*form.value().get("logout_token"));
    Client console(here.world, "Console");
    const Json claims = console.claims(token, jose::TokenType::logout_token);
    CHECK(claims.string("sid") == id.string("sid"));
    CHECK(claims.string("sub") == id.string("sub"));
    CHECK(!claims.string("nonce").has_value());
    CHECK(claims.object("events")->front().key ==
          "http://schemas.openid.net/event/backchannel-logout");
  }
  CHECK(told == std::set<std::string>{"http://localhost:4321/api/auth/logged-out",
                                      "http://localhost:4330/logged-out"});
  here.world.run_job("back-channel logout");
  CHECK(here.world.http().calls().size() == 2);
  CHECK(here.world.violations() == "");
}

TEST_CASE("an application that does not answer is told again, later each time, and then no more") {
  Signed here;
  here.world.http().will_answer({0, 500, 302, 503, 400, 500});
  here.logout({{"id_token_hint", here.tokens.id_token()}});
  const std::vector<Duration> pauses = {seconds(0), seconds(5),  seconds(30),
                                        minutes(5), minutes(30), hours(2)};
  std::size_t calls = 0;
  for (const Duration pause : pauses) {
    if (pause > seconds(0)) {
      here.world.advance(pause - seconds(1));
      here.world.run_job("back-channel logout");
      CHECK(here.world.http().calls().size() == calls);
      here.world.advance(seconds(1));
    }
    here.world.run_job("back-channel logout");
    CHECK(here.world.http().calls().size() == ++calls);
  }
  here.world.advance(days(2));
  here.world.run_job("back-channel logout");
  CHECK(here.world.http().calls().size() == calls);
  CHECK(here.world.violations() == "");
}

}  // namespace
}  // namespace gatehouse::world
