// What tokens are good for after they were issued: userinfo, introspection, revocation; and the
// tokens of machines.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

struct Signed {
  World world;
  Browser browser{world};
  Client console{world, "Console"}, wiki{world, "Wiki"}, docs{world, "Docs"}, batch{world, "Batch"};
  Answer tokens = console.exchange(browser.sign_in("Console", "ada@acme.test"));
};

TEST_CASE("userinfo answers by header and by form, and says as much as the scopes do") {
  Signed here;
  const std::string token = here.tokens.access_token();
  const Fields bearer = {{"Authorization", "Bearer " + token}};
  const Answer by_get = here.console.userinfo(token);
  CHECK(by_get.text("sub") == here.world.user("ada@acme.test").text());
  CHECK(by_get.text("email") == "ada@acme.test");
  CHECK(here.console.post("/userinfo", {}, bearer).json == by_get.json);
  CHECK(here.console.post("/userinfo", {{"access_token", token}}).json == by_get.json);

  const Answer twice = here.console.post("/userinfo", {{"access_token", token}}, bearer);
  CHECK(twice.status == 400);
  CHECK(twice.error() == "invalid_request");
  const Answer nothing = here.console.post("/userinfo", {});
  CHECK(nothing.status == 401);
  CHECK(nothing.response.headers.get("WWW-Authenticate") == "Bearer realm=\"gatehouse\"");

  const Answer openid =
      here.console.exchange(here.browser.authorize("Console", {{"scope", "openid"}}));
  const Answer narrow = here.console.userinfo(openid.access_token());
  CHECK(narrow.text("sub") == by_get.text("sub"));
  CHECK(narrow.text("email").empty());
}

TEST_CASE("userinfo refuses what is no access token of a person") {
  Signed here;
  const auto refused = [&](std::string_view token) {
    const Answer answer = here.console.userinfo(token);
    CHECK(answer.error() == "invalid_token");
    CHECK(answer.response.headers.get("WWW-Authenticate")->find("error=\"invalid_token\"") !=
          std::string_view::npos);
    return answer.status;
  };
  CHECK(refused(here.tokens.id_token()) == 401);
  CHECK(refused(here.tokens.refresh_token()) == 401);
  CHECK(refused(here.tokens.access_token() + "A") == 401);
  here.world.advance(minutes(15));
  CHECK(refused(here.tokens.access_token()) == 401);
  const Answer machine = here.batch.token({{"grant_type", "client_credentials"}});
  CHECK(here.console.userinfo(machine.access_token()).status == 403);
  CHECK(here.console.userinfo(machine.access_token()).error() == "insufficient_scope");
}

TEST_CASE("a token is introspected by its owner, its audience and the default application") {
  Signed here;
  const Answer wikis = here.wiki.exchange(here.browser.authorize("Wiki"));
  CHECK(here.console.introspect(here.tokens.access_token()).is_active());
  CHECK(here.wiki.introspect(wikis.access_token()).is_active());
  CHECK(here.console.introspect(wikis.access_token()).is_active());
  CHECK(here.console.introspect(wikis.refresh_token()).text("token_type") == "refresh_token");
  here.wiki.prove_by(Client::Proof::basic);
  CHECK(here.wiki.introspect(wikis.refresh_token()).is_active());
  for (const std::string& foreign : {here.tokens.access_token(), here.tokens.refresh_token()}) {
    const Answer answer = here.wiki.introspect(foreign);
    CHECK(answer.status == 200);
    CHECK(answer.response.body == R"({"active":false})");
  }
  CHECK(!here.console.introspect("rubbish").is_active());
  CHECK(!here.console.introspect(here.tokens.id_token()).is_active());
  here.world.advance(minutes(15));
  CHECK(!here.console.introspect(here.tokens.access_token()).is_active());
}

TEST_CASE("a machine's token is introspected by the application it is meant for") {
  Signed here;
  const std::string wiki_id = here.wiki.known().client_id;
  const Secret secret("test_a-secret-that-a-test-chose-for-its-machine");
  const std::string machine =
      here.world.must([&](storage::Transaction& transaction) -> Result<std::string, Error> {
        const auto environment =
            TRY(environments::find_environment(transaction, here.world.development()));
        const auto made = TRY(applications::create(
            transaction, *environment, here.world.context(), here.world.random(),
            {.type = applications::Type::m2m, .name = "Feeder", .audience = {wiki_id}}));
        TRY(applications::add_secret(transaction, *environment, here.world.context(),
                                     here.world.random(), made.id, secret));
        return made.client_id;
      });
  here.world.run_job("follow changes");
  const Answer token =
      here.console.post("/oauth/token", {{"grant_type", "client_credentials"},
                                         {"client_id", machine},
                                         {"client_secret", std::string(secret.reveal())}});
  REQUIRE(token.status == 200);
  CHECK(here.wiki.introspect(token.access_token()).is_active());
  CHECK(!here.batch.introspect(token.access_token()).is_active());
}

TEST_CASE("introspection is for confidential clients that prove themselves") {
  Signed here;
  CHECK(here.docs.introspect(here.tokens.access_token()).error() == "unauthorized_client");
  here.console.prove_by(Client::Proof::none);
  const Answer unproven = here.console.introspect(here.tokens.access_token());
  CHECK(unproven.status == 401);
  CHECK(unproven.error() == "invalid_client");
}

TEST_CASE("an access token is revoked alone, a refresh token with its family") {
  Signed here;
  const Answer second = here.console.refresh(here.tokens.refresh_token());
  CHECK(here.console.revoke(here.tokens.access_token()).status == 200);
  CHECK(!here.console.introspect(here.tokens.access_token()).is_active());
  CHECK(here.console.userinfo(here.tokens.access_token()).status == 401);
  CHECK(here.console.introspect(second.access_token()).is_active());
  CHECK(here.console.revoke(second.refresh_token()).status == 200);
  CHECK(here.console.refresh(second.refresh_token()).error() == "invalid_grant");
  CHECK(here.console.refresh(here.tokens.refresh_token()).error() == "invalid_grant");
  CHECK(here.world.audit("token.revoked").size() == 2);
  CHECK(here.console.revoke("unknown").status == 200);
  CHECK(here.console.revoke(second.refresh_token()).status == 200);
  CHECK(here.world.violations() == "");
}

TEST_CASE("nobody revokes another client's tokens") {
  Signed here;
  CHECK(here.wiki.revoke(here.tokens.access_token()).status == 200);
  CHECK(here.wiki.revoke(here.tokens.refresh_token()).status == 200);
  CHECK(here.docs.revoke(here.tokens.refresh_token()).status == 200);
  CHECK(here.console.introspect(here.tokens.access_token()).is_active());
  CHECK(here.console.refresh(here.tokens.refresh_token()).status == 200);
  CHECK(here.world.audit("token.revoked").empty());
}

TEST_CASE("a public client revokes its own refresh token without a secret") {
  Signed here;
  const Answer tokens = here.docs.exchange(here.browser.authorize("Docs"));
  CHECK(here.docs.revoke(tokens.refresh_token()).status == 200);
  CHECK(here.docs.refresh(tokens.refresh_token()).error() == "invalid_grant");
}

TEST_CASE("a machine gets the scopes it has, as far as it asks for them") {
  Signed here;
  const auto ask = [&](const Fields& more) {
    return here.batch.token(merged({{"grant_type", "client_credentials"}}, more));
  };
  const Answer all = ask({});
  CHECK(all.text("scope") == "read:items write:items");
  CHECK(all.refresh_token().empty());
  CHECK(all.json.integer("expires_in") == 86400);
  const Json claims = here.batch.claims(all.access_token(), jose::TokenType::access_token);
  CHECK(claims.string("sub") == here.batch.known().client_id);
  CHECK(claims.array("aud")->front().string() == "https://api.acme.test");
  CHECK(claims.array("scopes")->size() == 2);
  CHECK(!claims.string("sid").has_value());
  CHECK(ask({{"scope", "read:items"}}).text("scope") == "read:items");
  CHECK(ask({{"scope", "read:items openid"}}).text("scope") == "read:items");
  CHECK(ask({{"scope", "read:items admin"}}).error() == "invalid_scope");
  CHECK(ask({{"scope", "read\"items"}}).error() == "invalid_scope");
  CHECK(here.console.token({{"grant_type", "client_credentials"}}).status == 200);
  CHECK(here.docs.token({{"grant_type", "client_credentials"}}).error() == "unauthorized_client");
}

}  // namespace
}  // namespace gatehouse::world
