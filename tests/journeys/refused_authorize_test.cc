// Everything that an authorization request can get wrong: what the application is told, what is
// shown on our own page instead, and that each refusal is on record.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

struct RedirectCase {
  std::string name;
  const char* application;
  Fields change;
  const char* error;
};

// Faults that the application hears about, at its own address.
const std::vector<RedirectCase> redirected = {
    {"no response_type", "Console", {{"response_type", left_out}}, "invalid_request"},
    {"an empty response_type", "Console", {{"response_type", ""}}, "invalid_request"},
    {"the implicit flow", "Console", {{"response_type", "token"}}, "unsupported_response_type"},
    {"the hybrid flow",
     "Console",
     {{"response_type", "code id_token"}},
     "unsupported_response_type"},
    {"a fragment", "Console", {{"response_mode", "fragment"}}, "invalid_request"},
    {"a request object", "Console", {{"request", "eyJ"}}, "request_not_supported"},
    {"a request_uri",
     "Console",
     {{"request_uri", "https://evil.test/r"}},
     "request_uri_not_supported"},
    {"a registration", "Console", {{"registration", "{}"}}, "registration_not_supported"},
    {"no scope that exists", "Console", {{"scope", "admin"}}, "invalid_scope"},
    {"a scope with a quote", "Console", {{"scope", "openid \"x\""}}, "invalid_scope"},
    {"too many bytes of scope", "Console", {{"scope", std::string(1025, 's')}}, "invalid_scope"},
    {"an SPA without PKCE",
     "Docs",
     {{"code_challenge", left_out}, {"code_challenge_method", left_out}},
     "invalid_request"},
    {"a native application without PKCE",
     "Desk",
     {{"code_challenge", left_out}, {"code_challenge_method", left_out}},
     "invalid_request"},
    {"PKCE by plain", "Docs", {{"code_challenge_method", "plain"}}, "invalid_request"},
    {"PKCE whose method is missing, which means plain",
     "Docs",
     {{"code_challenge_method", left_out}},
     "invalid_request"},
    {"plain of a confidential client",
     "Console",
     {{"code_challenge", challenge}, {"code_challenge_method", "plain"}},
     "invalid_request"},
    {"a method without a challenge",
     "Console",
     {{"code_challenge_method", "S256"}},
     "invalid_request"},
    {"a challenge that no hash has", "Docs", {{"code_challenge", "short"}}, "invalid_request"},
    {"an unknown prompt", "Console", {{"prompt", "consent-maybe"}}, "invalid_request"},
    {"none and something else", "Console", {{"prompt", "none login"}}, "invalid_request"},
    {"a max_age that is no number", "Console", {{"max_age", "-1"}}, "invalid_request"},
    {"a max_age with a tail", "Console", {{"max_age", "10s"}}, "invalid_request"},
    {"a max_age beyond numbers",
     "Console",
     {{"max_age", "99999999999999999999"}},
     "invalid_request"},
    {"a long nonce", "Console", {{"nonce", std::string(513, 'n')}}, "invalid_request"},
    {"a long login_hint", "Console", {{"login_hint", std::string(321, 'h')}}, "invalid_request"},
    {"a hint that is no token", "Console", {{"id_token_hint", "rubbish"}}, "invalid_request"},
    {"a social provider", "Console", {{"provider", "google"}}, "no_configured_connections"},
    {"an unknown connection", "Console", {{"connection_id", "conn_1"}}, "invalid_connection_id"},
    {"a malformed organization",
     "Console",
     {{"organization_id", "acme"}},
     "invalid_organization_id"},
    {"prompt=none with nobody there", "Console", {{"prompt", "none"}}, "login_required"},
};

TEST_CASE("a request that asks wrongly is answered at the application's address, and on record") {
  World world;
  for (const RedirectCase& row : redirected) {
    CAPTURE(row.name);
    Browser browser(world);
    const Page page = browser.authorize(row.application, row.change);
    CHECK(page.location().starts_with(world.application(row.application).callback + "?error="));
    CHECK(page.parameter("error") == row.error);
    CHECK(!page.parameter("error_description").empty());
    CHECK(page.parameter("state") == "state-1");
    CHECK(page.parameter("iss") == development_url);
    CHECK(page.parameter("code").empty());
    CHECK(page.header("Cache-Control") == "no-store");
    CHECK(world.last_refusal("authorize.refused").starts_with(row.error));
  }
  CHECK(world.audit("authorize.refused").size() == redirected.size());
}

TEST_CASE("each parameter may come once, and state that came twice is not repeated") {
  World world;
  Browser browser(world);
  const std::string base =
      "/oauth/authorize?" + encode(authorize_fields(world.application("Console")));
  for (const char* again : {"&scope=openid", "&response_type=code", "&nonce=x",
                            "&prompt=login&prompt=login", "&unknown=1&unknown=2"}) {
    const Page page = browser.open(base + again);
    CHECK(page.parameter("error") == "invalid_request");
    CHECK(page.parameter("state") == "state-1");
  }
  const Page twice = browser.open(base + "&state=other");
  CHECK(twice.parameter("error") == "invalid_request");
  CHECK(twice.parameter("state").empty());
}

struct PageCase {
  std::string name;
  const char* application;
  Fields change;
  const char* error;
};

const std::vector<PageCase> shown = {
    {"an unknown client", "Console", {{"client_id", "skc_1"}}, "invalid_client"},
    {"no client", "Console", {{"client_id", left_out}}, "invalid_request"},
    {"a client id of odd bytes", "Console", {{"client_id", "<script>"}}, "invalid_client"},
    {"no redirect_uri", "Console", {{"redirect_uri", left_out}}, "invalid_redirect_uri"},
    {"another host",
     "Console",
     {{"redirect_uri", "https://evil.test/api/auth/callback"}},
     "invalid_redirect_uri"},
    {"another path",
     "Console",
     {{"redirect_uri", "http://localhost:4321/api/auth/callback/x"}},
     "invalid_redirect_uri"},
    {"a slash more",
     "Console",
     {{"redirect_uri", "http://localhost:4321/api/auth/callback/"}},
     "invalid_redirect_uri"},
    {"a query more",
     "Console",
     {{"redirect_uri", "http://localhost:4321/api/auth/callback?next=//evil"}},
     "invalid_redirect_uri"},
    {"a fragment",
     "Console",
     {{"redirect_uri", "http://localhost:4321/api/auth/callback#x"}},
     "invalid_redirect_uri"},
    {"another port of a web application",
     "Console",
     {{"redirect_uri", "http://localhost:4999/api/auth/callback"}},
     "invalid_redirect_uri"},
    {"dot segments",
     "Console",
     {{"redirect_uri", "http://localhost:4321/x/../api/auth/callback"}},
     "invalid_redirect_uri"},
    {"an encoded path",
     "Console",
     {{"redirect_uri", "http://localhost:4321/api/auth%2Fcallback"}},
     "invalid_redirect_uri"},
    {"another case",
     "Console",
     {{"redirect_uri", "http://LOCALHOST:4321/api/auth/callback"}},
     "invalid_redirect_uri"},
    {"a user in front",
     "Console",
     {{"redirect_uri", "http://localhost:4321@evil.test/api/auth/callback"}},
     "invalid_redirect_uri"},
    {"a backslash",
     "Console",
     {{"redirect_uri", "http://localhost:4321\\@evil.test/api/auth/callback"}},
     "invalid_redirect_uri"},
    {"a script", "Console", {{"redirect_uri", "javascript:alert(1)"}}, "invalid_redirect_uri"},
    {"another application's place",
     "Console",
     {{"redirect_uri", "http://localhost:4330/callback"}},
     "invalid_redirect_uri"},
    {"a loopback name of a native application",
     "Desk",
     {{"redirect_uri", "http://localhost:7777/callback"}},
     "invalid_redirect_uri"},
    {"a machine",
     "Batch",
     {{"redirect_uri", "http://localhost:4321/api/auth/callback"}},
     "unauthorized_client"},
    {"a state beyond measure", "Console", {{"state", std::string(2049, 's')}}, "invalid_request"},
};

TEST_CASE("a request whose sender is in doubt is never answered by a redirect, and is on record") {
  World world;
  for (const PageCase& row : shown) {
    CAPTURE(row.name);
    Browser browser(world);
    const Page page = browser.authorize(row.application, row.change);
    CHECK(page.status() == 400);
    CHECK(page.location().empty());
    CHECK(page.text_of("error-code") == row.error);
    CHECK(page.text_of("reference").starts_with("req_"));
    CHECK(!page.shows("<script>"));
    CHECK(!page.shows("href=\"http://localhost:4999"));
    CHECK(browser.cookie("gh_browser").empty());
    CHECK(world.last_refusal("authorize.refused").starts_with(row.error));
  }
  CHECK(world.audit("authorize.refused").size() == shown.size());
}

TEST_CASE("a query that cannot be decoded is refused on our page") {
  World world;
  Browser browser(world);
  const std::string base =
      "/oauth/authorize?" + encode(authorize_fields(world.application("Console")));
  std::string many = base;
  for (int i = 0; i < 60; ++i) many += "&p" + std::to_string(i) + "=1";
  for (const std::string& query :
       {base + "&login_hint=%ff%fe", base + "&login_hint=%zz", base + "&x=%00", many,
        base + "&client_id=other", base + "&redirect_uri=https%3A%2F%2Fevil.test"}) {
    const Page page = browser.open(query);
    CHECK(page.status() == 400);
    CHECK(page.location().empty());
    CHECK(page.text_of("error-code") == "invalid_request");
  }
  const Page posted = browser.post("/oauth/authorize", {{"x", std::string(10'000, 'x')}});
  CHECK(posted.status() == 400);
  const http::Response odd = browser.send(http::Method::post, "/oauth/authorize", "{}",
                                          {{"Content-Type", "application/json"}});
  CHECK(odd.status == 400);
  CHECK(world.audit("authorize.refused").size() == 8);
}

TEST_CASE("a development page names cause and cure, a production page neither") {
  World world;
  Browser browser(world);
  const std::string start = "gatehouse admin --environment Development applications ";
  const std::string client = world.application("Console").client_id;
  const std::string other_port = "http://localhost:4999/api/auth/callback";
  const Page development = browser.authorize("Console", {{"redirect_uri", other_port}});
  CHECK(development.shows("redirect_uri sent"));
  CHECK(development.shows("registered"));
  CHECK(development.text_of("fix").starts_with(start + "add-redirect " + client));
  CHECK(development.text_of("fix").find(other_port) != std::string::npos);
  // What could never be registered, or is meant for a shell, is not put into a command.
  const Page hostile = browser.authorize("Console", {{"redirect_uri", other_port + "'; rm -rf"}});
  CHECK(hostile.text_of("fix") == start + "show " + client);
  const Page production = browser.authorize("Portal", {{"redirect_uri", "https://evil.test/cb"}});
  CHECK(production.status() == 400);
  CHECK(production.text_of("error-code") == "invalid_redirect_uri");
  CHECK(production.text_of("fix").empty());
  CHECK(!production.shows("gatehouse admin"));
  CHECK(!production.shows("portal.example.test"));
  CHECK(!production.shows("evil.test"));
}

TEST_CASE("a form of ours is refused when another site sends it") {
  World world;
  Browser browser(world);
  const Page first = browser.authorize("Console");
  const Fields form = merged(first.find_form("/login/email")->fields, {{"email", "ada@acme.test"}});
  const std::vector<Fields> foreign = {
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://evil.test"}}};
  for (const Fields& headers : foreign) {
    CHECK(browser.post("/login/email", form, headers).status() == 403);
  }
  for (const char* token : {"", "AAAA"}) {
    CHECK(browser.post("/login/email", merged(form, {{"csrf", token}})).status() == 400);
  }
  // The token of another flow, or of another browser, is not this one's.
  const Page second = browser.authorize("Wiki");
  const std::string foreign_token = second.find_form("/login/email")->fields[1].second;
  CHECK(browser.post("/login/email", merged(form, {{"csrf", foreign_token}})).status() == 400);
  Browser other(world);
  other.authorize("Console");
  CHECK(other.post("/login/email", form).status() == 400);
  CHECK(world.all_mail().empty());
  CHECK(browser.post("/login/email", form).find_form("/login/code") != nullptr);
}

TEST_CASE("what is not there, and what is not done that way, says so") {
  World world;
  Browser browser(world);
  CHECK(browser.open("/nothing/here").status() == 404);
  CHECK(browser.open("/assets/../etc/passwd").status() == 404);
  const Page wrong_method = browser.open("/oauth/token");
  CHECK(wrong_method.status() == 405);
  CHECK(wrong_method.header("Allow") == "POST");
  CHECK(browser.post("/login/code", {{"code", std::string(70'000, '1')}}).status() == 413);
  CHECK(browser.open("/login?flow=flw_1").status() == 400);
  CHECK(browser.open("/login").status() == 400);
  CHECK(browser.open("/login/link?token=").status() == 410);
  CHECK(browser.open("/login/link?token=%ff").status() == 410);
  CHECK(browser.open("/oauth/authorize/resume?flow=flw_1").status() == 400);
}

}  // namespace
}  // namespace gatehouse::world
