// Signing in by the mailed code or the mailed link, and what must not sign anyone in.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

std::string link_path(const mail::DeliveredLetter& letter) {
  return letter.link.substr(development_url.size());
}

TEST_CASE("a person signs in with the mailed code and the application learns who they are") {
  World world;
  Browser browser(world);
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  CHECK(callback.location().starts_with(world.application("Console").callback + "?code="));
  CHECK(callback.parameter("state") == "state-1");
  CHECK(callback.parameter("iss") == development_url);

  Client console(world, "Console");
  const Answer tokens = console.exchange(callback);
  CHECK(tokens.status == 200);
  const Json claims = console.claims(tokens.access_token(), jose::TokenType::access_token);
  CHECK(claims.string("email") == "ada@acme.test");
  CHECK(claims.string("name") == "Ada Lovelace");
  CHECK(claims.string("org_id") == world.organization("Acme").text());
  CHECK(claims.string("oid") == claims.string("org_id"));
  CHECK(claims.array("roles")->front().string() == "admin");
  const Json id = console.claims(tokens.id_token(), jose::TokenType::jwt);
  CHECK(id.string("nonce") == "nonce-1");
  CHECK(id.string("sub") == world.user("ada@acme.test").text());
  CHECK(world.violations() == "");
}

TEST_CASE("the mailed link signs in the browser that asked, once its button is pressed") {
  World world;
  Browser browser(world);
  browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto letter = world.mail("ada@acme.test");
  const Page confirm = browser.open(letter.link);
  CHECK(confirm.status() == 200);
  CHECK(browser.cookie("gh_session").empty());
  const Page callback = browser.submit(confirm, "/login/link");
  CHECK(!callback.parameter("code").empty());

  const Page again = browser.submit(confirm, "/login/link");
  CHECK(again.parameter("code").empty());
  CHECK(again.shows("You are signed in"));
}

TEST_CASE("a link opened in another browser shows nothing of the sign-in and signs nobody in") {
  World world;
  Browser browser(world), other(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto letter = world.mail("ada@acme.test");
  const Page elsewhere = other.open(letter.link);
  CHECK(elsewhere.status() == 200);
  CHECK(elsewhere.forms().empty());
  CHECK(!elsewhere.shows("ada@acme.test"));
  // Not even with the form of the page that the right browser was shown.
  const Page confirm = browser.open(letter.link);
  other.authorize("Console");
  const Page forged = other.submit(confirm, "/login/link");
  CHECK(forged.status() == 400);
  CHECK(other.cookie("gh_session").empty());
  CHECK(world.audit("session.created").empty());

  CHECK(!browser.type_code(check_mail, "ada@acme.test").parameter("code").empty());
}

TEST_CASE("another browser is shown nothing of a flow, whatever step it is at") {
  World world;
  Browser browser(world), other(world);
  other.authorize("Console");
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "bob@acme.test");
  const auto looked_at_by_other = [&] {
    const Page page = other.open(check_mail.url());
    CHECK(!page.shows("bob@acme.test"));
    return page.status();
  };
  CHECK(looked_at_by_other() == 400);
  CHECK(browser.type_code(check_mail, "bob@acme.test").find_form("/login/organization") != nullptr);
  CHECK(looked_at_by_other() == 400);
}

TEST_CASE("looking at a link, however often and by whatever scanner, uses nothing up") {
  World world;
  Browser browser(world), scanner(world);
  browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto letter = world.mail("ada@acme.test");
  CHECK(scanner.send(http::Method::head, link_path(letter), {}, {}).status == 204);
  CHECK(scanner.open(letter.link).status() == 200);
  CHECK(browser.open(letter.link, {{"Sec-Purpose", "prefetch"}}).status() == 204);
  CHECK(browser.open(letter.link, {{"Sec-Fetch-Dest", "empty"}}).status() == 204);
  CHECK(browser.open(letter.link).status() == 200);
  CHECK(!browser.submit(browser.open(letter.link), "/login/link").parameter("code").empty());
}

TEST_CASE("HEAD, prefetches and fetch() start no sign-in") {
  World world;
  Browser browser(world);
  const std::string url =
      "/oauth/authorize?" + encode(authorize_fields(world.application("Console")));
  const std::vector<Fields> kinds = {{{"Sec-Purpose", "prefetch;prerender"}},
                                     {{"Purpose", "prefetch"}},
                                     {{"Sec-Fetch-Dest", "empty"}}};
  for (const Fields& headers : kinds) {
    CHECK(browser.send(http::Method::get, url, {}, headers).status == 204);
    CHECK(world.last_statements().empty());
  }
  CHECK(browser.send(http::Method::head, url, {}, {}).status == 204);
  CHECK(world.last_statements().empty());
  CHECK(browser.cookie("gh_browser").empty());
}

TEST_CASE("a code works once, and neither code nor link work when the other was used") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto letter = world.mail("ada@acme.test");
  const Page confirm = browser.open(letter.link);
  CHECK(!browser.submit(check_mail, "/login/code", {{"code", letter.code}})
             .parameter("code")
             .empty());
  CHECK(browser.submit(check_mail, "/login/code", {{"code", letter.code}}).location().empty());
  CHECK(browser.submit(confirm, "/login/link").location().empty());
  CHECK(world.audit("session.created").size() == 1);
  CHECK(world.audit("code.issued").size() == 1);
}

TEST_CASE("a new mail voids the code and the link of the one before") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto first = world.mail("ada@acme.test");
  const Page first_confirm = browser.open(first.link);
  browser.submit(check_mail, "/login/resend");
  const auto second = world.mail("ada@acme.test");
  REQUIRE(first.code != second.code);
  CHECK(browser.submit(check_mail, "/login/code", {{"code", first.code}}).status() == 422);
  CHECK(browser.submit(first_confirm, "/login/link").status() == 410);
  CHECK(!browser.submit(check_mail, "/login/code", {{"code", second.code}})
             .parameter("code")
             .empty());
}

TEST_CASE("a code is taken with the blanks and dashes that people type") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const std::string code = world.mail("ada@acme.test").code;
  const std::string typed = " " + code.substr(0, 3) + "-" + code.substr(3) + " ";
  CHECK(!browser.submit(check_mail, "/login/code", {{"code", typed}}).parameter("code").empty());
}

TEST_CASE("codes, links and sign-ins are over after ten minutes") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto letter = world.mail("ada@acme.test");
  const Page confirm = browser.open(letter.link);
  world.advance(minutes(10));
  const Page late = browser.submit(check_mail, "/login/code", {{"code", letter.code}});
  CHECK(late.status() == 410);
  CHECK(browser.submit(confirm, "/login/link").status() == 410);
  // The way back is the application's own.
  CHECK(late.shows("http://localhost:4321/api/auth/login"));
  CHECK(world.audit("session.created").empty());
}

TEST_CASE("one browser signs in to two applications in two tabs at the same time") {
  World world;
  Browser browser(world);
  const Page console = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const std::string console_code = world.mail("ada@acme.test").code;
  const Page wiki = browser.ask_for_mail(browser.authorize("Wiki"), "ada@acme.test");
  const std::string wiki_code = world.mail("ada@acme.test").code;
  // A code belongs to its own tab.
  CHECK(browser.submit(wiki, "/login/code", {{"code", console_code}}).status() == 422);
  const Page first = browser.submit(console, "/login/code", {{"code", console_code}});
  const Page second = browser.submit(wiki, "/login/code", {{"code", wiki_code}});
  CHECK(first.location().starts_with(world.application("Console").callback));
  CHECK(second.location().starts_with(world.application("Wiki").callback));
  // The second sign-in of the same person renewed the session of the first.
  const Json a = token_part(Client(world, "Console").exchange(first).access_token(), 1);
  const Json b = token_part(Client(world, "Wiki").exchange(second).access_token(), 1);
  CHECK(a.string("sid") == b.string("sid"));
}

TEST_CASE("a completed sign-in hands out its code once") {
  World world;
  Browser browser(world);
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  const Page again = browser.open(callback.url());
  CHECK(again.location().empty());
  CHECK(again.shows("You are signed in"));
  Browser other(world);
  CHECK(other.open(callback.url()).status() == 400);
}

TEST_CASE("a disabled person proves their address and is refused") {
  World world;
  world.disable("ada@acme.test");
  Browser browser(world);
  const Page refused = browser.sign_in("Console", "ada@acme.test");
  CHECK(refused.status() == 403);
  CHECK(refused.text_of("error-code") == "user_not_active");
  CHECK(browser.cookie("gh_session").empty());
}

TEST_CASE("the page that waits learns that the person went on in another tab") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "bob@acme.test");
  const std::string flow = check_mail.find_form("/login/code")->fields.front().second;
  CHECK(browser.open("/login/status?flow=" + flow).status() == 204);
  browser.submit(browser.open(world.mail("bob@acme.test").link), "/login/link");
  const Page status = browser.open("/login/status?flow=" + flow);
  CHECK(status.status() == 200);
  CHECK(Json::parse(status.body()).value().string("go") == "/login?flow=" + flow);
  Browser other(world);
  CHECK(other.open("/login/status?flow=" + flow).status() == 204);
}

TEST_CASE("login_hint fills in the address, and nothing that it says becomes markup") {
  World world;
  Browser browser(world);
  const Page page = browser.authorize("Console", {{"login_hint", "\"><script>alert(1)</script>"}});
  CHECK(page.status() == 200);
  CHECK(!page.shows("<script>alert"));
  const Fields fields = browser.authorize("Console", {{"login_hint", "ada@acme.test"}})
                            .find_form("/login/email")
                            ->fields;
  CHECK(fields.back() == Fields::value_type{"email", "ada@acme.test"});
}

}  // namespace
}  // namespace gatehouse::world
