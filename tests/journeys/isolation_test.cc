// Two environments share a server and nothing else.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

// The same client, asking the other environment's endpoints.
Registered moved(const Registered& known, std::string_view base_url) {
  Registered other = known;
  other.base_url = base_url;
  return other;
}

TEST_CASE("codes, tokens, cookies and clients of one environment are nothing in the other") {
  World world;
  Browser browser(world);
  Client console(world, "Console"), portal(world, "Portal");
  const Answer ours = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  const std::string cookie = browser.cookie("gh_session");
  const Page callback = browser.sign_in("Portal", "ada@acme.test");
  const std::string code = callback.parameter("code");
  REQUIRE(!code.empty());

  // A code, redeemed by a client of the other environment.
  CHECK(console
            .token({{"grant_type", "authorization_code"},
                    {"code", code},
                    {"redirect_uri", console.known().callback}})
            .error() == "invalid_grant");
  const Answer theirs = portal.exchange(callback);
  REQUIRE(theirs.status == 200);
  // Tokens.
  CHECK(console.userinfo(theirs.access_token()).status == 401);
  CHECK(!console.introspect(theirs.access_token()).is_active());
  CHECK(!console.introspect(theirs.refresh_token()).is_active());
  CHECK(console.refresh(theirs.refresh_token()).error() == "invalid_grant");
  CHECK(!portal.introspect(ours.access_token()).is_active());
  CHECK(portal.refresh(ours.refresh_token()).error() == "invalid_grant");
  CHECK(portal.introspect(theirs.access_token()).is_active());
  // Cookies: even the right value under the right name.
  Browser thief(world);
  thief.open(std::string(production_url) + "/keys");
  thief.set_cookie("__Host-gh_session", cookie);
  CHECK(thief.authorize("Portal", {{"prompt", "none"}}).parameter("error") == "login_required");
  // Clients.
  const Registered stranger = moved(console.known(), production_url);
  const Page page =
      thief.open(stranger.base_url + "/oauth/authorize?" + encode(authorize_fields(stranger)));
  CHECK(page.status() == 400);
  CHECK(page.text_of("error-code") == "invalid_client");
  CHECK(portal
            .post("/oauth/token", {{"grant_type", "client_credentials"},
                                   {"client_id", console.known().client_id},
                                   {"client_secret", console.known().secret}})
            .error() == "invalid_client");
  CHECK(world.violations() == "");
}

TEST_CASE("a flow, a form and a mailed code of one environment are unknown in the other") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto letter = world.mail("ada@acme.test");
  const std::string browser_cookie = browser.cookie("gh_browser");
  browser.authorize("Portal");
  browser.set_cookie("__Host-gh_browser", browser_cookie);
  const Page foreign = browser.submit(check_mail, "/login/code", {{"code", letter.code}});
  CHECK(foreign.status() == 400);
  CHECK(browser.cookie("__Host-gh_session").empty());
  const std::string path = letter.link.substr(development_url.size());
  CHECK(browser.open(std::string(production_url) + path).forms().empty());
}

TEST_CASE("cookies of an https environment carry the prefix that no other host can set") {
  World world;
  Browser browser(world);
  const http::Response response =
      browser.send(http::Method::get,
                   std::string(production_url) + "/oauth/authorize?" +
                       encode(authorize_fields(world.application("Portal"))),
                   {}, {});
  const std::string cookie(response.headers.get("Set-Cookie").value_or(""));
  CHECK(cookie.starts_with("__Host-gh_browser="));
  CHECK(cookie.find("; Secure") != std::string::npos);
  CHECK(response.headers.get("Strict-Transport-Security").has_value());
  browser.sign_in("Portal", "ada@acme.test");
  CHECK(!browser.cookie("__Host-gh_session").empty());
  // A cookie planted without the prefix is not read.
  Browser victim(world);
  victim.open(std::string(production_url) + "/keys");
  victim.set_cookie("gh_session", browser.cookie("__Host-gh_session"));
  CHECK(victim.authorize("Portal", {{"prompt", "none"}}).parameter("error") == "login_required");
}

TEST_CASE("a host that is none of ours is answered with 421 and nothing else") {
  World world;
  for (const char* host : {"evil.test", "localhost:8081", "localhost",
                           "auth.example.test.evil.test", "localhost:8080.evil.test", ""}) {
    http::Request request;
    request.authority = host;
    request.path = "/.well-known/openid-configuration";
    request.headers.add("X-Forwarded-Host", "localhost:8080");
    const http::Response response = world.send(request);
    CHECK(response.status == 421);
    CHECK(response.body == "misdirected_request\n");
    CHECK(world.last_statements().empty());
  }
}

TEST_CASE("no header of a request finds its way into a mailed link") {
  World world;
  Browser browser(world);
  const Page first = browser.authorize("Console");
  browser.post("/login/email",
               merged(first.find_form("/login/email")->fields, {{"email", "ada@acme.test"}}),
               {{"X-Forwarded-Host", "evil.test"},
                {"X-Forwarded-Proto", "https"},
                {"Forwarded", "host=evil.test"},
                {"X-Original-URL", "/evil"}});
  const auto letter = world.mail("ada@acme.test");
  CHECK(letter.link.starts_with(std::string(development_url) + "/login/link?token="));
  CHECK(letter.text.find("evil") == std::string::npos);
  CHECK(letter.html.find("evil") == std::string::npos);
}

TEST_CASE("a client's word about its own address counts only behind our own proxy") {
  World world;
  Browser browser(world);
  browser.open("/account", {{"X-Forwarded-For", "8.8.8.8"}});
  for (const std::string& line : world.log().lines()) {
    CHECK(line.find("8.8.8.8") == std::string::npos);
  }
}

TEST_CASE("a browser may call itself anything: what is printable of it is kept") {
  World world;
  Browser browser(world);
  browser.call_itself("Browser\xff\xc3/1 (\xe2\x80\xae)" + std::string(1000, 'x'));
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  CHECK(!callback.parameter("code").empty());
  const UserId ada = world.user("ada@acme.test");
  const auto sessions = world.must([&](storage::Transaction& transaction) {
    return sessions::list_live_of_user(transaction, world.development(), ada, world.now());
  });
  REQUIRE(sessions.size() == 1);
  CHECK(sessions[0].user_agent ==
        std::string("Browser") + "??" + "/1 (" + "???" + ")" + std::string(495, 'x'));
}

}  // namespace
}  // namespace gatehouse::world
