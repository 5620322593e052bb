// Which of their organizations a person signs in to.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

std::string organization_in(World& world, const Page& callback,
                            std::string_view application = "Console") {
  const Answer tokens = Client(world, application).exchange(callback);
  return std::string(
      token_part(tokens.access_token(), 1).string("org_id").value_or(std::string_view()));
}

TEST_CASE("a member of two organizations chooses one, and may switch without a new proof") {
  World world;
  const std::string acme = world.organization("Acme").text();
  const std::string globex = world.organization("Globex").text();
  Browser browser(world);
  const Page choose = browser.sign_in("Console", "bob@acme.test");
  REQUIRE(choose.find_form("/login/organization") != nullptr);
  CHECK(choose.find_form("/login/organization")->buttons.size() == 2);
  CHECK(browser.cookie("gh_session").empty());
  const Page callback = browser.submit(choose, "/login/organization", {{"organization", globex}});
  CHECK(organization_in(world, callback) == globex);

  SUBCASE("by choosing again") {
    const Page again = browser.authorize("Console", {{"prompt", "select_account"}});
    REQUIRE(again.find_form("/login/organization") != nullptr);
    const Page switched = browser.submit(again, "/login/organization", {{"organization", acme}});
    CHECK(organization_in(world, switched) == acme);
    CHECK(organization_in(world, browser.authorize("Console")) == acme);
  }
  SUBCASE("by the application naming one") {
    const Page switched =
        browser.authorize("Console", {{"prompt", "select_account"}, {"organization_id", acme}});
    CHECK(organization_in(world, switched) == acme);
  }
  SUBCASE("but a name alone changes nothing in a live session") {
    CHECK(organization_in(world, browser.authorize("Console", {{"organization_id", acme}})) ==
          globex);
  }
  CHECK(world.audit("session.created").size() == 1);
  CHECK(world.violations() == "");
}

TEST_CASE("the organization that an application names decides the sign-in") {
  World world;
  const std::string globex = world.organization("Globex").text();
  Browser bob(world), ada(world);
  CHECK(organization_in(world, bob.sign_in("Console", "bob@acme.test",
                                           {{"organization_id", globex}})) == globex);
  const Page refused = ada.sign_in("Console", "ada@acme.test", {{"organization_id", globex}});
  CHECK(refused.status() == 403);
  CHECK(refused.text_of("error-code") == "access_denied");
  CHECK(ada.cookie("gh_session").empty());
}

TEST_CASE("nobody chooses an organization that is not on offer") {
  World world;
  Browser browser(world);
  const std::string nobodys =
      world
          .must([&](storage::Transaction& transaction) {
            return orgs::create(transaction, world.development(), world.context(), world.random(),
                                {.display_name = "Umbrella"});
          })
          .id.text();
  const Page choose = browser.sign_in("Console", "bob@acme.test");
  const Page refused = browser.submit(choose, "/login/organization", {{"organization", nobodys}});
  CHECK(refused.status() != 303);
  CHECK(refused.parameter("code").empty());
  CHECK(browser.cookie("gh_session").empty());
  const Page malformed = browser.submit(choose, "/login/organization", {{"organization", "org_0"}});
  CHECK(malformed.find_form("/login/organization") != nullptr);
  // With a live session neither.
  const std::string acme = world.organization("Acme").text();
  browser.submit(choose, "/login/organization", {{"organization", acme}});
  const Page denied =
      browser.authorize("Console", {{"prompt", "select_account"}, {"organization_id", nobodys}});
  CHECK(denied.parameter("error") == "access_denied");
}

TEST_CASE("whoever was removed from the session's organization is asked, or refused silently") {
  World world;
  Browser browser(world);
  const Page choose = browser.sign_in("Console", "bob@acme.test");
  const OrgId globex = world.organization("Globex");
  const Page callback =
      browser.submit(choose, "/login/organization", {{"organization", globex.text()}});
  const Answer tokens = Client(world, "Console").exchange(callback);
  const UserId bob = world.user("bob@acme.test");
  world.must([&](storage::Transaction& transaction) {
    return orgs::remove_member(transaction, world.development(), globex, world.context(),
                               world.random(), bob);
  });
  CHECK(browser.authorize("Console", {{"prompt", "none"}}).parameter("error") ==
        "interaction_required");
  CHECK(Client(world, "Console").refresh(tokens.refresh_token()).error() == "invalid_grant");
  const Page again = browser.authorize("Console");
  REQUIRE(again.find_form("/login/organization") != nullptr);
  CHECK(again.find_form("/login/organization")->buttons.size() == 1);
  const std::string acme = world.organization("Acme").text();
  CHECK(organization_in(
            world, browser.submit(again, "/login/organization", {{"organization", acme}})) == acme);
}

}  // namespace
}  // namespace gatehouse::world
