// Staying signed in: refresh tokens rotate, and nobody is signed out by a race or a lost answer.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

struct Signed {
  World world;
  Browser browser{world};
  Answer tokens;

  explicit Signed(std::string_view application = "Console") {
    tokens = Client(world, application).exchange(browser.sign_in(application, "ada@acme.test"));
  }
};

TEST_CASE("an application stays signed in over many access-token lifetimes") {
  Signed here;
  Client console(here.world, "Console");
  std::string refresh = here.tokens.refresh_token();
  const auto sid = token_part(here.tokens.access_token(), 1).string("sid");
  REQUIRE(sid.has_value());
  for (int i = 0; i < 10; ++i) {
    here.world.advance(minutes(15));
    const Answer next = console.refresh(refresh);
    REQUIRE(next.status == 200);
    CHECK(next.refresh_token() != refresh);
    CHECK(!next.id_token().empty());
    CHECK(console.introspect(next.access_token()).is_active());
    CHECK(token_part(next.access_token(), 1).string("sid") ==
          token_part(here.tokens.access_token(), 1).string("sid"));
    refresh = next.refresh_token();
  }
  CHECK(here.world.violations() == "");
}

TEST_CASE("an application that drops every new refresh token stays signed in all the same") {
  Signed here;
  Client console(here.world, "Console");
  std::string successor;
  for (int i = 0; i < 10; ++i) {
    here.world.advance(minutes(15));
    const Answer next = console.refresh(here.tokens.refresh_token());
    REQUIRE(next.status == 200);
    if (successor.empty()) successor = next.refresh_token();
    CHECK(next.refresh_token() == successor);
    CHECK(console.introspect(next.access_token()).is_active());
  }
}

TEST_CASE("refreshing slides the idle limit and never the absolute one") {
  Signed here;
  Client console(here.world, "Console");
  std::string refresh = here.tokens.refresh_token();
  for (int i = 0; i < 4; ++i) {
    here.world.advance(days(6));
    const Answer next = console.refresh(refresh);
    REQUIRE(next.status == 200);
    refresh = next.refresh_token();
  }
  SUBCASE("idle") { here.world.advance(days(7)); }
  SUBCASE("absolute") { here.world.advance(days(6)); }
  CHECK(console.refresh(refresh).error() == "invalid_grant");
}

TEST_CASE("eight parallel refreshes all succeed and get the same successor") {
  Signed here;
  std::mutex mutex;
  std::set<std::string> successors, access_tokens;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const Answer next = Client(here.world, "Console").refresh(here.tokens.refresh_token());
      const std::lock_guard lock(mutex);
      successors.insert(next.refresh_token());
      access_tokens.insert(next.access_token());
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(successors.size() == 1);
  CHECK(!successors.contains(""));
  CHECK(access_tokens.size() == 8);
}

TEST_CASE("a lost answer is asked for again, hours later") {
  Signed here;
  Client console(here.world, "Console");
  const Answer lost = console.refresh(here.tokens.refresh_token());
  here.world.advance(hours(20));
  const Answer again = console.refresh(here.tokens.refresh_token());
  CHECK(again.refresh_token() == lost.refresh_token());
}

TEST_CASE("a parent shown after its successor was used is theft, and ends the family") {
  Signed here;
  Client console(here.world, "Console");
  const Answer second = console.refresh(here.tokens.refresh_token());
  const Answer third = console.refresh(second.refresh_token());
  CHECK(console.refresh(here.tokens.refresh_token()).error() == "invalid_grant");
  CHECK(console.refresh(third.refresh_token()).error() == "invalid_grant");
  CHECK(console.refresh(second.refresh_token()).error() == "invalid_grant");
  CHECK(here.world.audit("refresh.reused").size() == 1);
  // Another grant of the same session is untouched.
  const Answer fresh = console.exchange(here.browser.authorize("Console"));
  CHECK(console.refresh(fresh.refresh_token()).status == 200);
  CHECK(here.world.violations() == "");
}

TEST_CASE("a public client's parent is good for sixty seconds") {
  Signed here("Docs");
  Client docs(here.world, "Docs");
  const Answer second = docs.refresh(here.tokens.refresh_token());
  REQUIRE(second.status == 200);
  here.world.advance(seconds(59));
  CHECK(docs.refresh(here.tokens.refresh_token()).refresh_token() == second.refresh_token());
  here.world.advance(seconds(2));
  CHECK(docs.refresh(here.tokens.refresh_token()).error() == "invalid_grant");
  CHECK(docs.refresh(second.refresh_token()).error() == "invalid_grant");
  CHECK(here.world.audit("refresh.reused").size() == 1);
}

TEST_CASE("a refresh token is worth nothing to another client, changed, or without the secret") {
  Signed here;
  const std::string token = here.tokens.refresh_token();
  CHECK(Client(here.world, "Wiki").refresh(token).error() == "invalid_grant");
  CHECK(Client(here.world, "Docs").refresh(token).error() == "invalid_grant");
  Client console(here.world, "Console");
  for (const std::size_t at : {std::size_t{3}, token.size() / 2, token.size() - 1}) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK(console.refresh(changed).error() == "invalid_grant");
  }
  console.prove_by(Client::Proof::none);
  CHECK(console.refresh(token).error() == "invalid_client");
  console.prove_by(Client::Proof::body);
  CHECK(console.refresh(token).status == 200);
}

TEST_CASE("scope can be narrowed for one access token and never widened") {
  Signed here;
  Client console(here.world, "Console");
  const Answer narrow = console.refresh(here.tokens.refresh_token(), {{"scope", "openid"}});
  CHECK(narrow.text("scope") == "openid");
  CHECK(!token_part(narrow.access_token(), 1).string("email").has_value());
  CHECK(console.refresh(narrow.refresh_token(), {{"scope", "openid admin"}}).error() ==
        "invalid_scope");
  CHECK(console.refresh(narrow.refresh_token()).text("scope") ==
        "openid profile email offline_access");
}

TEST_CASE("roles and names in refreshed tokens are those of now") {
  Signed here;
  const UserId ada = here.world.user("ada@acme.test");
  const OrgId acme = here.world.organization("Acme");
  here.world.must([&](storage::Transaction& transaction) -> Result<Unit, Error> {
    TRY(rbac::remove_role(transaction, here.world.development(), acme, here.world.context(),
                          here.world.random(), ada, "admin"));
    return users::change_profile(transaction, here.world.development(), here.world.context(),
                                 here.world.random(), ada, {.family_name = "Byron"});
  });
  const Json claims = token_part(
      Client(here.world, "Console").refresh(here.tokens.refresh_token()).access_token(), 1);
  CHECK(claims.array("roles")->empty());
  CHECK(claims.string("name") == "Ada Byron");
}

}  // namespace
}  // namespace gatehouse::world
