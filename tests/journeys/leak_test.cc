// No secret that went over the wire is found in the database, in a log line or in the audit
// log. (Every World checks the last two when it ends.)

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

void live_a_little(World& world) {
  Browser browser(world), other(world);
  Client console(world, "Console"), docs(world, "Docs");
  const Answer first = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  const Answer second = console.refresh(first.refresh_token());
  console.introspect(second.refresh_token());
  docs.exchange(browser.authorize("Docs"));
  other.ask_for_mail(other.authorize("Console"), "bob@acme.test");
  world.mail("bob@acme.test");
  console.revoke(second.access_token());
  console.exchange(browser.authorize("Console"), {{"code_verifier", verifier}});
  browser.open("/oidc/logout?" + encode({{"id_token_hint", first.id_token()}}));
  world.run_job("back-channel logout");
  world.run_job("write refusals");
}

TEST_CASE("the database holds no code, token, cookie or client secret") {
  World world({.place = TestDatabaseSettings::Place::file});
  live_a_little(world);
  const std::string bytes = world.stored().bytes();
  REQUIRE(bytes.find("ada@acme.test") != std::string::npos);
  CHECK(world.canaries().size() > 20);
  for (const std::string& canary : world.canaries()) {
    // Six digits are found by chance in any file of this size.
    if (canary.size() > 6) CHECK(bytes.find(canary) == std::string::npos);
  }
}

}  // namespace
}  // namespace gatehouse::world
