// Signing up: somebody new makes an organization and becomes its first admin.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

const Fields names = {
    {"organization_name", "Initech"}, {"given_name", "Nina"}, {"family_name", "Newman"}};

std::size_t organization_count(World& world) {
  return world
      .must([&](storage::Transaction& transaction) {
        return orgs::list_organizations(transaction, world.development(), std::nullopt, 500);
      })
      .size();
}

TEST_CASE("prompt=create makes a person, their organization and its first admin") {
  World world;
  Browser browser(world);
  const Page first = browser.authorize("Console", {{"prompt", "create"}});
  REQUIRE(first.find_form("/login/sign-up/email") != nullptr);
  const Page details =
      browser.type_code(browser.ask_for_mail(first, "nina@initech.test"), "nina@initech.test");
  CHECK(organization_count(world) == 2);
  const Page callback = browser.submit(details, "/login/sign-up", names);
  Client console(world, "Console");
  const Json claims =
      console.claims(console.exchange(callback).access_token(), jose::TokenType::access_token);
  CHECK(claims.string("org_id") == world.organization("Initech").text());
  CHECK(claims.string("name") == "Nina Newman");
  CHECK(claims.boolean("email_verified") == true);
  CHECK(claims.array("roles")->front().string() == "admin");
  CHECK(organization_count(world) == 3);
  CHECK(world.violations() == "");

  Browser later(world);
  CHECK(!later.sign_in("Console", "nina@initech.test").parameter("code").empty());
}

TEST_CASE("an unknown address on the sign-in page signs up after its proof") {
  World world;
  Browser browser(world);
  const Page details = browser.sign_in("Console", "nina@initech.test");
  CHECK(!browser.submit(details, "/login/sign-up", names).parameter("code").empty());
}

TEST_CASE("a known address on the sign-up page signs in and makes nothing") {
  World world;
  Browser browser(world);
  const Page callback = browser.sign_in("Console", "ada@acme.test", {{"prompt", "create"}});
  CHECK(!callback.parameter("code").empty());
  CHECK(organization_count(world) == 2);
}

TEST_CASE("a person without an organization is asked for its name alone") {
  World world;
  Browser browser(world);
  const Page details = browser.sign_in("Console", "lone@acme.test");
  const PageForm* form = details.find_form("/login/sign-up");
  REQUIRE(form != nullptr);
  CHECK(!details.shows("given_name"));
  const Page callback = browser.submit(details, "/login/sign-up", {{"organization_name", "Lair"}});
  const Json claims = token_part(Client(world, "Console").exchange(callback).access_token(), 1);
  CHECK(claims.string("name") == "Lone Wolf");
}

TEST_CASE("a sign-up form sent twice makes one organization") {
  World world;
  Browser browser(world);
  const Page details = browser.sign_in("Console", "nina@initech.test");
  CHECK(!browser.submit(details, "/login/sign-up", names).parameter("code").empty());
  CHECK(browser.submit(details, "/login/sign-up", names).location().empty());
  CHECK(organization_count(world) == 3);
}

TEST_CASE("names that cannot be read are asked for again, with what was typed") {
  World world;
  Browser browser(world);
  const Page details = browser.sign_in("Console", "nina@initech.test");
  const Page missing =
      browser.submit(details, "/login/sign-up", merged(names, {{"organization_name", "  "}}));
  CHECK(missing.status() == 422);
  CHECK(missing.shows("Nina"));
  const Page odd = browser.submit(details, "/login/sign-up",
                                  merged(names, {{"organization_name", std::string(201, 'x')}}));
  CHECK(odd.status() == 422);
  CHECK(organization_count(world) == 2);
  const Page callback = browser.submit(details, "/login/sign-up",
                                       merged(names, {{"organization_name", "<b>Bold</b> & Co"}}));
  CHECK(!callback.parameter("code").empty());
  CHECK(!browser.open("/account").shows("<b>Bold</b>"));
}

TEST_CASE(
    "with sign-up closed, only the owner of the mailbox learns that there is nothing for them") {
  World world;
  world.change_settings([](environments::Settings& settings) {
    settings.sign_up = environments::Settings::SignUp::closed;
  });
  Browser browser(world);
  const Page first = browser.authorize("Console", {{"prompt", "create"}});
  CHECK(first.find_form("/login/sign-up/email") == nullptr);
  const Page refused =
      browser.type_code(browser.ask_for_mail(first, "nina@initech.test"), "nina@initech.test");
  CHECK(refused.status() == 403);
  CHECK(refused.text_of("error-code") == "access_denied");
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "nina@initech.test");
  const Fields key = check_mail.find_form("/login/code")->fields;
  CHECK(browser.post("/login/sign-up", merged(key, names)).find_form("/login/code") != nullptr);
  CHECK(organization_count(world) == 2);
}

TEST_CASE("nobody names an organization before their address is proven") {
  World world;
  Browser browser(world);
  const Page check_mail = browser.ask_for_mail(browser.authorize("Console"), "nina@initech.test");
  const Fields key = check_mail.find_form("/login/code")->fields;
  const Page page = browser.post("/login/sign-up", merged(key, names));
  CHECK(page.find_form("/login/code") != nullptr);
  CHECK(organization_count(world) == 2);
  CHECK(browser.cookie("gh_session").empty());
}

}  // namespace
}  // namespace gatehouse::world
