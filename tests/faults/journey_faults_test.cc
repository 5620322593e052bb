// Every journey with its 1st, 2nd, … statement, commit or acknowledgement failing, until nothing is
// left to fail. Whatever failed: what is stored makes sense, nothing is half made, no code worked
// twice, and trying again succeeds.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

using storage::FaultPoint;

constexpr FaultPoint points[] = {FaultPoint::statement, FaultPoint::commit,
                                 FaultPoint::acknowledgement};
constexpr std::int64_t faults_max = 400;

struct Journey {
  const char* name;
  void (*prepare)(World& world, Browser& browser);
  // True if it came to its good end. `number` tells the walks of one World apart.
  bool (*walk)(World& world, Browser& browser, std::int64_t number);
};

bool is_page(const Page& page, std::string_view action) {
  return page.find_form(action) != nullptr;
}

// Signing in with a code, each form sent at most once: a person who gives up at the first error.
bool sign_in(World& world, Browser& browser, std::string_view email, const Fields& more = {}) {
  world.advance(seconds(1));
  const Page first = browser.authorize("Console", more);
  // The session was made, and what failed came after: the application gets its code at once.
  if (!first.parameter("code").empty()) return true;
  const char* action = is_page(first, "/login/email") ? "/login/email" : "/login/sign-up/email";
  if (!is_page(first, action)) return false;
  const Page check_mail = browser.submit(first, action, {{"email", std::string(email)}});
  if (!is_page(check_mail, "/login/code")) return false;
  if (world.all_mail(email).empty()) return false;
  const Page next =
      browser.submit(check_mail, "/login/code", {{"code", world.all_mail(email).front().code}});
  if (is_page(next, "/login/sign-up")) {
    const Page last = browser.submit(
        next, "/login/sign-up",
        {{"organization_name", "Initech"}, {"given_name", "Nina"}, {"family_name", "Newman"}});
    return !last.parameter("code").empty();
  }
  if (is_page(next, "/login/organization")) {
    const std::string chosen = next.find_form("/login/organization")->buttons.front().second;
    return !browser.submit(next, "/login/organization", {{"organization", chosen}})
                .parameter("code")
                .empty();
  }
  return !next.parameter("code").empty();
}

void nothing(World&, Browser&) {}
void signed_in(World&, Browser& browser) { browser.sign_in("Console", "ada@acme.test"); }

const Journey journeys[] = {
    {"signing in", nothing,
     [](World& world, Browser& browser, std::int64_t) {
       return sign_in(world, browser, "ada@acme.test");
     }},
    {"signing up", nothing,
     [](World& world, Browser& browser, std::int64_t number) {
       const std::string email = "nina" + std::to_string(number) + "@initech.test";
       return sign_in(world, browser, email, {{"prompt", "create"}});
     }},
    {"choosing an organization", nothing,
     [](World& world, Browser& browser, std::int64_t) {
       return sign_in(world, browser, "bob@acme.test");
     }},
    {"signing in again", signed_in,
     [](World& world, Browser& browser, std::int64_t) {
       return sign_in(world, browser, "ada@acme.test", {{"prompt", "login"}});
     }},
    {"signing in as somebody else", signed_in,
     [](World& world, Browser& browser, std::int64_t) {
       return sign_in(world, browser, "bob@acme.test", {{"prompt", "login"}});
     }},
    {"exchanging and refreshing", signed_in,
     [](World& world, Browser& browser, std::int64_t) {
       Client console(world, "Console");
       const Page callback = browser.authorize("Console");
       if (callback.parameter("code").empty()) return false;
       const Answer tokens = console.exchange(callback);
       if (tokens.status != 200) return false;
       const Answer next = console.refresh(tokens.refresh_token());
       return next.status == 200 && console.userinfo(next.access_token()).status == 200;
     }},
    {"revoking", signed_in,
     [](World& world, Browser& browser, std::int64_t) {
       Client console(world, "Console");
       const Answer tokens = console.exchange(browser.authorize("Console"));
       if (tokens.status != 200) return false;
       return console.revoke(tokens.refresh_token()).status == 200 &&
              !console.introspect(tokens.refresh_token()).is_active();
     }},
    {"signing out", signed_in,
     [](World&, Browser& browser, std::int64_t) {
       const Page ask = browser.open("/oidc/logout");
       if (!is_page(ask, "/oidc/logout/confirm")) return ask.status() == 200;
       const Page done = browser.submit(ask, "/oidc/logout/confirm");
       return done.status() == 200 && !is_page(done, "/oidc/logout/confirm");
     }},
    {"ending a session", signed_in,
     [](World&, Browser& browser, std::int64_t) {
       const Page account = browser.open("/account");
       if (is_page(account, "/login/email")) return true;  // ended before, the answer was lost
       if (!is_page(account, "/account/sessions/end")) return false;
       const Page after = browser.submit(account, "/account/sessions/end");
       return after.status() == 200;
     }},
};

// Organizations whose making was cut short would have no admin.
std::size_t organizations_without_member(World& world) {
  return world.must([&](storage::Transaction& transaction) -> Result<std::size_t, Error> {
    std::size_t count = 0;
    for (const auto& organization :
         TRY(orgs::list_organizations(transaction, world.development(), std::nullopt, 500))) {
      const auto members = TRY(
          orgs::list_members(transaction, world.development(), organization.id, std::nullopt, 10));
      if (members.empty()) ++count;
    }
    return count;
  });
}

// A session is one audit record, and a code that was redeemed was redeemed once.
void check_sound(World& world) {
  world.faults().disarm();
  CHECK(world.violations() == "");
  CHECK(organizations_without_member(world) == 0);
  std::set<std::string> created, redeemed;
  for (const auto& record : world.audit("session.created")) created.insert(record.subject_id);
  std::int64_t sessions = 0;
  world.must([&](storage::Transaction& transaction) {
    static constexpr storage::Sql count{"test.count_sessions", "SELECT COUNT(*) FROM sessions"};
    return transaction.query(count, {},
                             [&](const storage::Row& row) { sessions = row.integer(0); });
  });
  CHECK(created.size() == static_cast<std::size_t>(sessions));
}

struct Trial {
  FaultPoint point;
  std::int64_t number;
};

// Walks with the n-th fault, in a browser of its own; false once there is no n-th.
bool walk_with_fault(World& world, const Journey& journey, const Trial& trial) {
  const std::int64_t name = trial.number * 3 + static_cast<int>(trial.point);
  Browser browser(world);
  journey.prepare(world, browser);
  world.faults().arm({.point = trial.point, .number = trial.number});
  const bool came_through = journey.walk(world, browser, name);
  const bool fired = world.faults().fired();
  world.faults().disarm();
  if (!fired) CHECK(came_through);
  const bool again = came_through || journey.walk(world, browser, name);
  CHECK(again);
  check_sound(world);
  return fired;
}

TEST_CASE("whatever fails in a journey, nothing is half done and trying again succeeds") {
  for (const Journey& journey : journeys) {
    CAPTURE(std::string(journey.name));
    World world;
    for (const FaultPoint point : points) {
      CAPTURE(static_cast<int>(point));
      std::int64_t number = 1;
      for (; number < faults_max; ++number) {
        CAPTURE(number);
        if (!walk_with_fault(world, journey, {point, number})) break;
      }
      CHECK(number > 1);
      CHECK(number < faults_max);
    }
  }
}

TEST_CASE("while the database is away every answer says so, and afterwards all is as before") {
  World world;
  Browser browser(world);
  Client console(world, "Console");
  const Answer tokens = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  const Page check_mail =
      browser.ask_for_mail(browser.authorize("Console", {{"prompt", "login"}}), "ada@acme.test");
  const auto letter = world.mail("ada@acme.test");
  world.faults().arm({.number = 1, .span = storage::FaultSpan::from_then_on});
  CHECK(console.refresh(tokens.refresh_token()).error() == "temporarily_unavailable");
  CHECK(console.refresh(tokens.refresh_token()).status == 503);
  CHECK(console.introspect(tokens.access_token()).status == 503);
  CHECK(console.userinfo(tokens.access_token()).status == 503);
  CHECK(console.revoke(tokens.access_token()).status == 503);
  const Page code = browser.submit(check_mail, "/login/code", {{"code", letter.code}});
  CHECK(code.status() == 503);
  CHECK(code.header("Retry-After") == "1");
  CHECK(browser.authorize("Console").status() == 503);
  CHECK(browser.open("/account").status() == 503);
  CHECK(browser.open("/oidc/logout?id_token_hint=" + tokens.id_token()).status() == 503);
  CHECK(browser.open(letter.link).status() == 503);
  // What needs no database goes on.
  CHECK(browser.open("/keys").status() == 200);
  CHECK(browser.open("/.well-known/openid-configuration").status() == 200);
  CHECK(Client(world, "Batch").token({{"grant_type", "client_credentials"}}).status == 200);
  world.faults().disarm();
  CHECK(console.refresh(tokens.refresh_token()).status == 200);
  CHECK(console.introspect(tokens.access_token()).is_active());
  CHECK(!browser.submit(check_mail, "/login/code", {{"code", letter.code}})
             .parameter("code")
             .empty());
  CHECK(world.violations() == "");
}

TEST_CASE("a code whose answer was lost is not good a second time") {
  World world;
  Browser browser(world);
  Client console(world, "Console");
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  // Using a secret for the first time is noted, in a transaction of its own.
  REQUIRE(console.token({{"grant_type", "client_credentials"}}).status == 200);
  world.faults().arm({.point = FaultPoint::acknowledgement, .number = 1});
  CHECK(console.exchange(callback).status == 503);
  CHECK(world.faults().fired());
  world.faults().disarm();
  CHECK(console.exchange(callback).error() == "invalid_grant");
  CHECK(console.exchange(browser.authorize("Console")).status == 200);
}

TEST_CASE("a code whose exchange was not kept is good for another try") {
  World world;
  Browser browser(world);
  Client console(world, "Console");
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  // Using a secret for the first time is noted, in a transaction of its own.
  REQUIRE(console.token({{"grant_type", "client_credentials"}}).status == 200);
  world.faults().arm({.point = FaultPoint::commit, .number = 1});
  CHECK(console.exchange(callback).status == 503);
  world.faults().disarm();
  CHECK(console.exchange(callback).status == 200);
  CHECK(console.exchange(callback).error() == "invalid_grant");
}

}  // namespace
}  // namespace gatehouse::world
