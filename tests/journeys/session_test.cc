// One session in one browser, shared by all applications: how it goes on, is renewed and ends.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

struct SignIn {
  std::string sid;
  std::int64_t auth_time;
  Answer tokens;
};

SignIn exchange(World& world, const Page& callback, std::string_view application = "Console") {
  Client client(world, application);
  Answer tokens = client.exchange(callback);
  REQUIRE(tokens.status == 200);
  const Json id = client.claims(tokens.id_token(), jose::TokenType::jwt);
  return {std::string(*id.string("sid")), *id.integer("auth_time"), std::move(tokens)};
}

TEST_CASE("a second application is signed in to silently, within the same session") {
  World world;
  Browser browser(world);
  const SignIn first = exchange(world, browser.sign_in("Console", "ada@acme.test"));
  const SignIn second = exchange(world, browser.authorize("Wiki"), "Wiki");
  const SignIn third = exchange(world, browser.authorize("Docs", {{"prompt", "none"}}), "Docs");
  CHECK(first.sid == second.sid);
  CHECK(first.sid == third.sid);
  CHECK(token_part(second.tokens.access_token(), 0).string("alg") == "ES256");
}

TEST_CASE("prompt=none never shows a page") {
  World world;
  Browser browser(world);
  const Page nobody = browser.authorize("Console", {{"prompt", "none"}});
  CHECK(nobody.parameter("error") == "login_required");
  CHECK(nobody.parameter("state") == "state-1");
  CHECK(nobody.parameter("iss") == development_url);
  browser.sign_in("Console", "ada@acme.test");
  CHECK(!browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty());
  world.advance(days(8));
  CHECK(browser.authorize("Console", {{"prompt", "none"}}).parameter("error") == "login_required");
}

TEST_CASE("who signs in again keeps the session, with a new time and a new cookie") {
  World world;
  Browser browser(world);
  const SignIn first = exchange(world, browser.sign_in("Console", "ada@acme.test"));
  const std::string old_cookie = browser.cookie("gh_session");
  world.advance(minutes(10));
  Fields demand;
  SUBCASE("asked for by prompt=login") { demand = {{"prompt", "login"}}; }
  SUBCASE("asked for by max_age") { demand = {{"max_age", "599"}}; }
  SUBCASE("asked for by max_age=0") { demand = {{"max_age", "0"}}; }
  const SignIn second = exchange(world, browser.sign_in("Console", "ada@acme.test", demand));
  CHECK(second.sid == first.sid);
  CHECK(second.auth_time == first.auth_time + 600);
  CHECK(browser.cookie("gh_session") != old_cookie);
  CHECK(world.audit("session.renewed").size() == 1);
  Browser thief(world);
  thief.set_cookie("gh_session", old_cookie);
  CHECK(thief.authorize("Console", {{"prompt", "none"}}).parameter("error") == "login_required");
  // What the application held before goes on.
  CHECK(Client(world, "Console").refresh(first.tokens.refresh_token()).status == 200);
}

TEST_CASE("a session that is young enough satisfies max_age") {
  World world;
  Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  world.advance(minutes(10));
  CHECK(!browser.authorize("Console", {{"max_age", "600"}}).parameter("code").empty());
  CHECK(browser.authorize("Console", {{"max_age", "599"}, {"prompt", "none"}}).parameter("error") ==
        "login_required");
}

TEST_CASE("another person who signs in on the same browser gets a session of their own") {
  World world;
  Browser browser(world);
  const SignIn ada = exchange(world, browser.sign_in("Console", "ada@acme.test"));
  const std::string adas_cookie = browser.cookie("gh_session");
  const Page choose = browser.sign_in("Console", "bob@acme.test", {{"prompt", "login"}});
  const SignIn bob =
      exchange(world, browser.submit(choose, "/login/organization",
                                     {{"organization", world.organization("Acme").text()}}));
  CHECK(ada.sid != bob.sid);
  Client console(world, "Console");
  CHECK(!console.introspect(ada.tokens.access_token()).is_active());
  CHECK(console.refresh(ada.tokens.refresh_token()).error() == "invalid_grant");
  CHECK(console.introspect(bob.tokens.access_token()).is_active());
  Browser thief(world);
  thief.set_cookie("gh_session", adas_cookie);
  CHECK(thief.authorize("Console", {{"prompt", "none"}}).parameter("error") == "login_required");
}

TEST_CASE("an ID token hint of somebody else asks for a sign-in, one of the same person does not") {
  World world;
  Browser ada(world), bob(world);
  const std::string adas =
      exchange(world, ada.sign_in("Console", "ada@acme.test")).tokens.id_token();
  bob.submit(bob.sign_in("Console", "bob@acme.test"), "/login/organization",
             {{"organization", world.organization("Acme").text()}});
  CHECK(!ada.authorize("Console", {{"id_token_hint", adas}}).parameter("code").empty());
  CHECK(bob.authorize("Console", {{"id_token_hint", adas}}).find_form("/login/email") != nullptr);
  CHECK(
      bob.authorize("Console", {{"id_token_hint", adas}, {"prompt", "none"}}).parameter("error") ==
      "login_required");
  // Expired ones still say who was here.
  world.advance(hours(2));
  CHECK(!ada.authorize("Console", {{"id_token_hint", adas}}).parameter("code").empty());
  CHECK(ada.authorize("Wiki", {{"id_token_hint", adas}}).parameter("error") == "invalid_request");
  CHECK(ada.authorize("Console", {{"id_token_hint", adas + "x"}}).parameter("error") ==
        "invalid_request");
}

TEST_CASE("when a session ends, refresh, userinfo and introspection end with it") {
  World world;
  Browser browser(world);
  const SignIn ada = exchange(world, browser.sign_in("Console", "ada@acme.test"));
  Client console(world, "Console");
  CHECK(console.userinfo(ada.tokens.access_token()).status == 200);
  SUBCASE("because the person was disabled") { world.disable("ada@acme.test"); }
  SUBCASE("because it was idle for too long") { world.advance(days(7)); }
  SUBCASE("because the person signed out") {
    browser.open("/oidc/logout?" + encode({{"id_token_hint", ada.tokens.id_token()}}));
  }
  SUBCASE("because the person is disabled, though nobody ended the session") {
    const UserId id = world.user("ada@acme.test");
    world.must([&](storage::Transaction& transaction) {
      return users::set_state(transaction, world.development(), world.context(), world.random(), id,
                              users::State::disabled);
    });
  }
  CHECK(console.userinfo(ada.tokens.access_token()).status == 401);
  CHECK(!console.introspect(ada.tokens.access_token()).is_active());
  CHECK(!console.introspect(ada.tokens.refresh_token()).is_active());
  CHECK(console.refresh(ada.tokens.refresh_token()).error() == "invalid_grant");
  CHECK(browser.authorize("Console", {{"prompt", "none"}}).parameter("error") == "login_required");
  CHECK(world.violations() == "");
}

TEST_CASE("a code that was issued before the session ended is worth nothing after") {
  World world;
  Browser browser(world);
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  world.disable("ada@acme.test");
  CHECK(Client(world, "Console").exchange(callback).error() == "invalid_grant");
}

TEST_CASE("no page of ours can be framed, cached or made to run a script that is not ours") {
  World world;
  Browser browser(world);
  const Page page = browser.authorize("Console");
  CHECK(page.header("Cache-Control") == "no-store");
  CHECK(page.header("X-Frame-Options") == "DENY");
  CHECK(page.header("Referrer-Policy") == "no-referrer");
  CHECK(page.header("Content-Security-Policy").find("default-src 'none'; script-src 'self'") == 0);
  CHECK(page.header("Content-Security-Policy").find("unsafe") == std::string::npos);
}

TEST_CASE("the session cookie is out of reach of scripts and of other sites, and never planted") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  browser.set_cookie("gh_session", "planted-by-somebody-else");
  const Fields form = merged(check_mail.find_form("/login/code")->fields,
                             {{"code", world.mail("ada@acme.test").code}});
  const http::Response response = browser.send(http::Method::post, "/login/code", encode(form), {});
  const std::string cookie(response.headers.get("Set-Cookie").value_or(""));
  CHECK(cookie.find("; HttpOnly") != std::string::npos);
  CHECK(cookie.find("; SameSite=Lax") != std::string::npos);
  CHECK(cookie.find("; Path=/") != std::string::npos);
  CHECK(cookie.find("Domain") == std::string::npos);
  CHECK(browser.cookie("gh_session") != "planted-by-somebody-else");
  // Two cookies of one name are nobody's.
  Browser other(world);
  other.set_cookie("gh_session", browser.cookie("gh_session") + "; gh_session=other");
  CHECK(other.authorize("Console", {{"prompt", "none"}}).parameter("error") == "login_required");
}

}  // namespace
}  // namespace gatehouse::world
