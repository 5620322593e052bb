// What one node changes, another knows within a second: at once where the database is asked anyway.

#include "server/app/key_policy.h"
#include "server/app/setup.h"
#include "server/environments/environment.h"
#include "server/keys/rotate.h"
#include "tests/cluster/two_nodes.h"

namespace gatehouse::world {
namespace {

using storage::Transaction;
using enum TwoNodes::Which;

struct Fixture : TwoNodes {
  Browser browser{world};
  Client console{world, "Console"}, batch{world, "Batch"};

  Answer machine_token() { return batch.token({{"grant_type", "client_credentials"}}); }
  template <class Act>
  void change(Act act) {
    world.must([&](Transaction& transaction) -> Result<Unit, Error> {
      const auto environment =
          TRY(environments::find_environment(transaction, world.development()));
      TRY(act(transaction, *environment));
      return Unit{};
    });
    second_of_jobs(here);
  }
  applications::Application find(std::string_view name) {
    return *world.must([&](Transaction& transaction) {
      return applications::find_application(transaction, world.development(),
                                            world.application(name).client_id);
    });
  }
};

TEST_CASE("nodes: a changed setting") {
  Fixture nodes;
  nodes.turn_to(there);
  REQUIRE(nodes.machine_token().json.integer("expires_in") == 24 * 3600);
  nodes.world.change_settings(
      [](environments::Settings& settings) { settings.m2m_token_lifetime = minutes(7); });
  CHECK(nodes.machine_token().json.integer("expires_in") == 24 * 3600);
  nodes.second_of_jobs(there);
  CHECK(nodes.machine_token().json.integer("expires_in") == 7 * 60);
}

TEST_CASE("nodes: a redirect URI that was added, and one that was taken away") {
  Fixture nodes;
  nodes.turn_to(there);
  const std::string uri = "http://localhost:4321/second";
  const auto is_taken = [&] {
    return nodes.browser.authorize("Console", {{"redirect_uri", uri}}).find_form("/login/email") !=
           nullptr;
  };
  CHECK_FALSE(is_taken());
  nodes.world.change_application("Console", applications::RedirectKind::callback, uri);
  nodes.second_of_jobs(there);
  CHECK(is_taken());
  const ApplicationId console = nodes.find("Console").id;
  nodes.change([&](Transaction& transaction, const environments::Environment&) {
    return applications::remove_redirect(transaction, nodes.world.development(),
                                         nodes.world.context(), nodes.world.random(), console,
                                         applications::RedirectKind::callback, uri);
  });
  nodes.second_of_jobs(there);
  CHECK_FALSE(is_taken());
}

TEST_CASE("nodes: a client secret that was taken back, and an application that was deleted") {
  Fixture nodes;
  nodes.turn_to(there);
  REQUIRE(nodes.machine_token().status == 200);
  const auto batch = nodes.find("Batch");
  REQUIRE(batch.secrets.size() == 1);
  nodes.change([&](Transaction& transaction, const environments::Environment&) {
    return applications::deactivate_secret(transaction, nodes.world.development(),
                                           nodes.world.context(), nodes.world.random(), batch.id,
                                           batch.secrets.front().id);
  });
  nodes.second_of_jobs(there);
  CHECK(nodes.machine_token().error() == "invalid_client");

  const Answer tokens =
      Client(nodes.world, "Wiki").exchange(nodes.browser.sign_in("Wiki", "ada@acme.test"));
  REQUIRE(tokens.status == 200);
  const ApplicationId wiki = nodes.find("Wiki").id;
  nodes.change([&](Transaction& transaction, const environments::Environment&) {
    return applications::delete_application(transaction, nodes.world.development(),
                                            nodes.world.context(), nodes.world.random(), wiki);
  });
  nodes.second_of_jobs(there);
  CHECK(Client(nodes.world, "Wiki").refresh(tokens.refresh_token()).error() == "invalid_client");
}

TEST_CASE("nodes: keys that were withdrawn in an emergency") {
  Fixture nodes;
  nodes.turn_to(there);
  const Answer tokens = nodes.console.exchange(nodes.browser.sign_in("Console", "ada@acme.test"));
  REQUIRE(nodes.console.introspect(tokens.access_token()).is_active());
  const auto published = [&] { return std::string(nodes.browser.open("/keys").body()); };
  const std::string old_keys = published();

  const auto seal = nodes.world.master_key().sealing_key(app::key_seal_label);
  TestKeys source;
  const auto entry = nodes.app(here).catalog().current()->by_id(nodes.world.development());
  keys::rotate_in_emergency(nodes.world.context(),
                            {nodes.world.database(), nodes.world.random(), source, seal},
                            app::key_policy(*entry, {}),
                            {crypto::SignatureAlgorithm::rs256, keys::EmergencyScope::current_key})
      .take();

  nodes.second_of_jobs(there);
  CHECK(published() != old_keys);
  CHECK_FALSE(nodes.console.introspect(tokens.access_token()).is_active());
  CHECK(nodes.console.userinfo(tokens.access_token()).status == 401);
  // Both sign with the key that took over, and believe each other.
  const Answer next = nodes.console.refresh(tokens.refresh_token());
  REQUIRE(next.status == 200);
  nodes.second_of_jobs(here);
  nodes.turn_to(here);
  CHECK(nodes.console.userinfo(next.access_token()).status == 200);
}

TEST_CASE("nodes: keys that retired are still published everywhere, and new ones soon are") {
  Fixture nodes;
  nodes.turn_to(there);
  const auto kids = [&] {
    std::set<std::string> all;
    const Json keys = Json::parse(nodes.browser.open("/keys").body()).value();
    for (const Json& key : *keys.array("keys")) all.emplace(*key.string("kid"));
    return all;
  };
  const std::set<std::string> first = kids();
  std::size_t seen = first.size();
  for (int day = 0; day < 120; ++day) {
    nodes.advance(days(1));
    CHECK(TwoNodes::run(nodes.app(here), "rotate keys").ok());
    nodes.second_of_jobs(there);
    nodes.turn_to(here);
    const auto ours = kids();
    nodes.turn_to(there);
    REQUIRE(kids() == ours);
    seen = std::max(seen, ours.size());
  }
  CHECK(kids() != first);  // it did rotate
  CHECK(seen > first.size());
}

TEST_CASE("nodes: an environment that a command has made gets keys, and every node has them") {
  Fixture nodes;
  EnvironmentId made(1);
  nodes.world.must([&](Transaction& transaction) -> Result<Unit, Error> {
    made =
        TRY(app::create_whole_environment(transaction, nodes.world.context(), nodes.world.random(),
                                          {.name = "Staging",
                                           .kind = environments::Kind::production,
                                           .base_url = "https://staging.example.test"},
                                          {.type = applications::Type::env, .name = "Main"}))
            .environment.id;
    return Unit{};
  });
  nodes.second_of_jobs(there);
  nodes.second_of_jobs(here);
  nodes.second_of_jobs(there);
  http::Request request;
  request.authority = "staging.example.test";
  request.path = "/keys";
  const http::Response one = nodes.send(here, request);
  const http::Response other = nodes.send(there, request);
  CHECK(one.status == 200);
  CHECK(one.body_view() == other.body_view());
  CHECK(one.body_view().find("RS256") != std::string_view::npos);
  CHECK(nodes.world.violations() == "");
}

// The rest is not waited for: no job of the other node runs in between.

TEST_CASE("nodes: a revoked token is revoked everywhere at once, however well it was known") {
  Fixture nodes;
  const Answer tokens = nodes.console.exchange(nodes.browser.sign_in("Console", "ada@acme.test"));
  nodes.turn_to(there);
  REQUIRE(nodes.console.userinfo(tokens.access_token()).status == 200);
  REQUIRE(nodes.console.introspect(tokens.access_token()).is_active());
  nodes.turn_to(here);
  REQUIRE(nodes.console.revoke(tokens.access_token()).status == 200);
  nodes.turn_to(there);
  CHECK(nodes.console.userinfo(tokens.access_token()).status == 401);
  CHECK_FALSE(nodes.console.introspect(tokens.access_token()).is_active());
  nodes.turn_to(here);
  REQUIRE(nodes.console.revoke(tokens.refresh_token()).status == 200);
  nodes.turn_to(there);
  CHECK(nodes.console.refresh(tokens.refresh_token()).error() == "invalid_grant");
}

TEST_CASE("nodes: a disabled person is out everywhere at once") {
  Fixture nodes;
  const Answer tokens = nodes.console.exchange(nodes.browser.sign_in("Console", "ada@acme.test"));
  nodes.turn_to(there);
  REQUIRE(nodes.console.userinfo(tokens.access_token()).status == 200);
  nodes.world.disable("ada@acme.test");
  CHECK(nodes.console.userinfo(tokens.access_token()).status == 401);
  CHECK(nodes.console.refresh(tokens.refresh_token()).error() == "invalid_grant");
  CHECK(nodes.browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty());
}

TEST_CASE("nodes: a session that ended is over everywhere at once") {
  Fixture nodes;
  const Answer tokens = nodes.console.exchange(nodes.browser.sign_in("Console", "ada@acme.test"));
  nodes.turn_to(there);
  REQUIRE_FALSE(nodes.browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty());
  nodes.turn_to(here);
  const Page ask = nodes.browser.open("/oidc/logout");
  REQUIRE(nodes.browser.submit(ask, "/oidc/logout/confirm").status() == 200);
  nodes.turn_to(there);
  CHECK(nodes.console.userinfo(tokens.access_token()).status == 401);
  CHECK(nodes.console.refresh(tokens.refresh_token()).error() == "invalid_grant");
  CHECK(nodes.browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty());
}

TEST_CASE("nodes: a sign-in may go from one to the other at every step") {
  Fixture nodes;
  nodes.turn_to(here);
  const Page first = nodes.browser.authorize("Console");
  nodes.turn_to(there);
  const Page check_mail = nodes.browser.ask_for_mail(first, "ada@acme.test");
  nodes.turn_to(here);
  const Page callback = nodes.browser.type_code(check_mail, "ada@acme.test");
  nodes.turn_to(there);
  const Answer tokens = nodes.console.exchange(callback);
  REQUIRE(tokens.status == 200);
  nodes.turn_to(here);
  CHECK(nodes.console.userinfo(tokens.access_token()).status == 200);
  const Answer next = nodes.console.refresh(tokens.refresh_token());
  nodes.turn_to(there);
  CHECK(nodes.console.refresh(tokens.refresh_token()).refresh_token() == next.refresh_token());
  CHECK(nodes.world.violations() == "");
}

}  // namespace
}  // namespace gatehouse::world
