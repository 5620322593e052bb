// Claims that an environment adds to the tokens of people, and external ids in tokens.

#include "server/orgs/membership.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

using storage::Transaction;

constexpr auto access = jose::TokenType::access_token;

// Ada with external id and metadata, in an Acme with both.
void describe_everybody(World& world) {
  const UserId ada = world.user("ada@acme.test");
  const OrgId acme = world.organization("Acme");
  world.must([&](Transaction& transaction) -> Result<Unit, Error> {
    static constexpr storage::Sql describe{
        "test.describe_user",
        "UPDATE users SET external_id = 'person-1', metadata = '{\"plan\":\"pro\"}' WHERE id = $1"};
    TRY(transaction.execute(describe, {ada}));
    TRY(orgs::update(transaction, world.development(), acme, world.context(), world.random(),
                     {.external_id = "customer-1", .metadata = Metadata{{"region", "EU"}}}));
    return orgs::set_member_metadata(transaction, world.development(), acme, world.context(),
                                     world.random(), {.user = ada, .metadata = {{"seat", "12b"}}});
  });
}

void set_claims(World& world, const std::vector<claims::Rule>& rules) {
  world.change_settings([&](environments::Settings& settings) { settings.custom_claims = rules; });
}

std::string text_of(const Json& claims, std::string_view name) {
  const Json* found = claims.find(name);
  return found == nullptr ? "absent" : found->text();
}

TEST_CASE("custom claims stand in access and ID tokens, made of person, organization, membership") {
  World world;
  describe_everybody(world);
  set_claims(world,
             {{"plan", "user.metadata.plan ?? \"free\""},
              {"https://acme.test/region", "organization?.metadata.region"},
              {"seat", "membership?.metadata.seat"},
              {"domain", "split(user.email, \"@\")[1]"},
              {"is_admin", "\"admin\" in membership.roles"},
              {"can_read", "filter(membership.permissions, # startsWith \"sk_org_users_r\")"},
              {"nothing", "user.metadata.unheard_of"},
              {"careless", "user.metadata.unheard_of.more"}});
  Browser browser(world);
  Client console(world, "Console");
  const Answer tokens = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  for (const Json& claims : {console.claims(tokens.access_token(), access),
                             console.claims(tokens.id_token(), jose::TokenType::jwt)}) {
    CHECK(text_of(claims, "plan") == R"("pro")");
    CHECK(text_of(claims, "https://acme.test/region") == R"("EU")");
    CHECK(text_of(claims, "seat") == R"("12b")");
    CHECK(text_of(claims, "domain") == R"("acme.test")");
    CHECK(text_of(claims, "is_admin") == "true");
    CHECK(text_of(claims, "can_read").find("sk_org_users_read") != std::string::npos);
    CHECK(text_of(claims, "nothing") == "absent");
    CHECK(text_of(claims, "careless") == "absent");
  }
  CHECK(world.violations() == "");
}

TEST_CASE("a change of claims or of what they are made of shows in the next token") {
  World world;
  describe_everybody(world);
  set_claims(world, {{"region", "organization.metadata.region"}});
  Browser browser(world);
  Client console(world, "Console");
  Answer tokens = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  CHECK(text_of(console.claims(tokens.access_token(), access), "region") == R"("EU")");

  const OrgId acme = world.organization("Acme");
  world.must([&](Transaction& transaction) {
    return orgs::update(transaction, world.development(), acme, world.context(), world.random(),
                        {.metadata = Metadata{{"region", "US"}}});
  });
  tokens = console.refresh(tokens.refresh_token());
  CHECK(text_of(console.claims(tokens.access_token(), access), "region") == R"("US")");
  CHECK(text_of(console.claims(tokens.id_token(), jose::TokenType::jwt), "region") == R"("US")");

  set_claims(world, {});
  tokens = console.refresh(tokens.refresh_token());
  CHECK(text_of(console.claims(tokens.access_token(), access), "region") == "absent");
}

TEST_CASE("without custom claims no token costs a further statement") {
  World world;
  Browser browser(world);
  Client console(world, "Console");
  const Page callback = browser.sign_in("Console", "ada@acme.test");
  const Answer tokens = console.exchange(callback);
  CHECK(tokens.status == 200);
  for (const std::string& statement : world.last_statements()) {
    CHECK(statement != "oidc.find_claim_facts");
  }
}

TEST_CASE("another environment's claims are its own") {
  World world;
  set_claims(world, {{"plan", "\"dev\""}});
  Browser browser(world);
  Client portal(world, "Portal");
  const Answer tokens = portal.exchange(browser.sign_in("Portal", "ada@acme.test"));
  CHECK(text_of(portal.claims(tokens.access_token(), access), "plan") == "absent");
}

TEST_CASE("a machine's token carries none of them") {
  World world;
  set_claims(world, {{"plan", "\"dev\""}});
  Client batch(world, "Batch");
  const Answer tokens = batch.token({{"grant_type", "client_credentials"}});
  CHECK(text_of(batch.claims(tokens.access_token(), access), "plan") == "absent");
}

TEST_CASE("external ids of person and organization stand in both tokens, where there are any") {
  World world;
  Client console(world, "Console");
  Browser before(world);
  Answer tokens = console.exchange(before.sign_in("Console", "ada@acme.test"));
  CHECK(text_of(console.claims(tokens.access_token(), access), "xoid") == "absent");
  CHECK(text_of(console.claims(tokens.access_token(), access), "xuid") == "absent");

  describe_everybody(world);
  Browser after(world);
  tokens = console.exchange(after.sign_in("Console", "ada@acme.test"));
  for (const Json& claims : {console.claims(tokens.access_token(), access),
                             console.claims(tokens.id_token(), jose::TokenType::jwt)}) {
    CHECK(text_of(claims, "xoid") == R"("customer-1")");
    CHECK(text_of(claims, "xuid") == R"("person-1")");
  }
}

}  // namespace
}  // namespace gatehouse::world
