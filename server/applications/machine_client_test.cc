#include "server/applications/machine_client.h"

#include "server/applications/catalog.h"
#include "server/applications/secret_use.h"
#include "server/applications/test_fixture.h"
#include "server/crypto/hash.h"
#include "server/storage/fault.h"

namespace gatehouse::applications {
namespace {

using storage::Sql;
using storage::Transaction;

// Organizations stand above this module; a row is all that is needed of one.
constexpr Sql insert_organization{
    "test.insert_organization",
    "INSERT INTO organizations (id, environment_id, display_name, external_id, metadata,"
    " created_at_ms, updated_at_ms) VALUES ($2, $1, 'Acme', $3, '{}', 0, 0)"};

struct MachineFixture : Fixture {
  OrgId acme = make_organization(production, 101, "acme-1");
  OrgId globex = make_organization(production, 102, "globex-1");

  OrgId make_organization(const environments::Environment& environment, std::int64_t number,
                          std::string_view external_id) {
    change(insert_organization, {environment.id, number, external_id});
    return OrgId(number);
  }
  Result<IssuedMachineClient, Error> try_make(const ClientOwner& owner,
                                              const NewMachineClient& wanted) {
    context.now += milliseconds(1);
    return write([&](Transaction& transaction) {
      return create_machine_client(transaction, production, context, random, owner, wanted);
    });
  }
  IssuedMachineClient make_client(const ClientOwner& owner, const NewMachineClient& wanted = {}) {
    return try_make(owner, wanted).value();
  }
  Result<MachineClient, Error> try_load(const MachineClientKey& key) {
    return read([&](Transaction& transaction) {
      return load_machine_client(transaction, production.id, key);
    });
  }
  Result<MachineClient, Error> try_update(const MachineClientKey& key,
                                          const MachineClientChange& wanted) {
    return write([&](Transaction& transaction) {
      return update_machine_client(transaction, production, context, random, key, wanted);
    });
  }
  Result<IssuedSecret, Error> try_add_secret(const MachineClientKey& key) {
    return write([&](Transaction& transaction) {
      return add_machine_secret(transaction, production, context, random, key);
    });
  }
  Result<Unit, Error> try_delete_secret(const MachineClientKey& key, ClientSecretId secret) {
    return write([&](Transaction& transaction) {
      return delete_machine_secret(transaction, production.id, context, random, key, secret);
    });
  }
  Result<Unit, Error> try_delete(const MachineClientKey& key) {
    return write([&](Transaction& transaction) {
      return delete_machine_client(transaction, production.id, context, random, key);
    });
  }
  std::optional<MachineClient> find(std::string_view client_id,
                                    const environments::Environment& environment) {
    return read([&](Transaction& transaction) {
             return find_machine_client(transaction, environment.id, client_id);
           })
        .value();
  }
  Page<MachineClient> list(OrgId organization, const PageQuery& query) {
    return read([&](Transaction& transaction) {
             return list_organization_clients(transaction, production.id, organization, query);
           })
        .value();
  }
};

TEST_CASE_FIXTURE(MachineFixture, "machine clients: one is found by its id as it was made") {
  context.actor = {ActorType::client, "skc_1"};
  const std::int64_t before = version();
  const IssuedMachineClient made =
      make_client(acme, {.name = " Nightly\tsync ",
                         .description = "Copies orders",
                         .scopes = {"orders:write", "orders:read"},
                         .audience = {"https://api.acme.test"},
                         .custom_claims = {{"wksp_id", "w \"1\""}, {"a", ""}},
                         .token_lifetime = minutes(10)});
  CHECK(made.client.client_id() == "m2morg_" + std::to_string(made.client.id.number()));
  CHECK(made.plain.reveal().starts_with("prod_"));
  CHECK(version() == before);  // the catalog knows nothing of it

  const MachineClient found = find(made.client.client_id(), production).value();
  CHECK(found.organization() == acme);
  CHECK_FALSE(found.resource().has_value());
  CHECK(found.organization_external_id == "acme-1");
  CHECK(found.name == "Nightly sync");
  CHECK(found.description == "Copies orders");
  CHECK(found.scopes == std::vector<std::string>{"orders:write", "orders:read"});
  CHECK(found.audience == std::vector<std::string>{"https://api.acme.test"});
  CHECK(found.custom_claims == std::vector<CustomClaim>{{"wksp_id", "w \"1\""}, {"a", ""}});
  CHECK(found.token_lifetime == minutes(10));
  CHECK(found.may_use_client_credentials());
  REQUIRE(found.secrets.size() == 1);
  CHECK(found.secrets[0].hash == crypto::sha256(made.plain.reveal()));
  CHECK(found.secrets[0].created_by == "skc_1");
  CHECK(matching_secret(found.secrets, made.plain.reveal(), context.now) == &found.secrets[0]);
  CHECK(matching_secret(found.secrets, "prod_x", context.now) == nullptr);

  const auto record = last_record(production.id, "client.created");
  CHECK(record.subject_id == made.client.client_id());
  CHECK(record.organization == acme);
  CHECK(last_record(production.id, "secret.created").client_id == made.client.client_id());
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: an id says where to look, and no more") {
  const MachineClient made = make_client(acme).client;
  const std::string number = std::to_string(made.id.number());
  CHECK(find("m2morg_" + number, production).has_value());
  CHECK_FALSE(find("m2morg_" + number, development).has_value());
  CHECK_FALSE(find("m2m_" + number, production).has_value());
  CHECK_FALSE(find("m2morg_0" + number, production).has_value());
  CHECK_FALSE(find("m2morg_" + number + "'", production).has_value());
  CHECK_FALSE(find("m2morg_", production).has_value());
  CHECK_FALSE(find("", production).has_value());
  CHECK(looks_like_machine_client("m2morg_x"));
  CHECK(looks_like_machine_client("m2m_1"));
  CHECK_FALSE(looks_like_machine_client("webc_1"));
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: nobody reaches another organization's") {
  const IssuedMachineClient made = make_client(acme, {.name = "Mine"});
  const MachineClientKey foreign{.owner = globex, .id = made.client.id};
  constexpr auto not_found = ErrorCode::not_found;
  CHECK(try_load(foreign).error().code == not_found);
  CHECK(try_load(foreign).error().message == "client not found");
  CHECK(try_update(foreign, {.name = "Yours"}).error().code == not_found);
  CHECK(try_add_secret(foreign).error().code == not_found);
  CHECK(try_delete_secret(foreign, made.client.secrets[0].id).error().code == not_found);
  CHECK(try_delete(foreign).error().code == not_found);
  CHECK(list(globex, {}).items.empty());

  const OrgId elsewhere = make_organization(development, 103, "acme-1");
  CHECK(try_make(elsewhere, {}).error().message == "organization not found");
  CHECK(try_make(OrgId(999), {}).error().code == not_found);
  CHECK(try_load({.owner = acme, .id = made.client.id}).value().name == "Mine");
  CHECK(try_load({.owner = acme, .id = made.client.id}).value().secrets.size() == 1);
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: what cannot be is refused, naming its field") {
  const auto field_of = [&](const NewMachineClient& wanted) {
    const auto refused = try_make(acme, wanted);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    return refused.error().field;
  };
  CHECK(field_of({.name = std::string(129, 'n')}) == "name");
  CHECK(field_of({.name = "\xff"}) == "name");
  CHECK(field_of({.description = std::string(513, 'd')}) == "description");
  CHECK(field_of({.scopes = {"a b"}}) == "scopes");
  CHECK(field_of({.scopes = {"a", "a"}}) == "scopes");
  CHECK(field_of({.audience = {""}}) == "audience");
  CHECK(field_of({.audience = {"a", "a"}}) == "audience");
  CHECK(field_of({.custom_claims = {{"", "v"}}}) == "custom_claims");
  CHECK(field_of({.custom_claims = {{"k", "1"}, {"k", "2"}}}) == "custom_claims");
  CHECK(field_of({.custom_claims = {{"k", std::string("a\0b", 3)}}}) == "custom_claims");
  CHECK(field_of({.custom_claims = {{std::string(129, 'k'), "v"}}}) == "custom_claims");
  CHECK(field_of({.custom_claims = {{"k", std::string(2100, 'v')}}}) == "custom_claims");
  CHECK(field_of({.token_lifetime = seconds(299)}) == "expiry");
  CHECK(field_of({.token_lifetime = days(31)}) == "expiry");
  CHECK(field_of({.token_lifetime = Duration(0)}) == "expiry");
  CHECK(field_of({.redirect_uris = {"https://a.test/cb"}}) == "redirect_uris");
  CHECK(list(acme, {}).total == 0);
  CHECK(make_client(acme).client.token_lifetime == hours(1));
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: a change leaves alone what it does not name") {
  const MachineClient before =
      make_client(acme, {.name = "Before", .description = "d", .scopes = {"read"}}).client;
  const MachineClientKey key{.owner = acme, .id = before.id};
  context.now += seconds(5);
  REQUIRE(try_update(key, {.name = "After"}).ok());
  MachineClient after = try_load(key).value();
  CHECK(after.name == "After");
  CHECK(after.description == "d");
  CHECK(after.scopes == before.scopes);
  CHECK(after.updated_at == context.now);
  CHECK(last_record(production.id, "client.updated").detail == "name");

  context.now += seconds(5);
  REQUIRE(try_update(key, {.name = "After"}).ok());
  CHECK(try_load(key).value().updated_at == after.updated_at);
  REQUIRE(try_update(key, {.description = "",
                           .scopes = std::vector<std::string>{},
                           .custom_claims = std::vector<CustomClaim>{{"k", "v"}},
                           .token_lifetime = hours(2)})
              .ok());
  after = try_load(key).value();
  CHECK(after.description.empty());
  CHECK(after.scopes.empty());
  CHECK(after.token_lifetime == hours(2));
  CHECK_FALSE(try_update(key, {.token_lifetime = seconds(1)}).ok());
  CHECK_FALSE(try_update(key, {.scopes = std::vector<std::string>{"a b"}}).ok());
  CHECK(findings().size() == 2);  // the environments have no default application here
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: one to five secrets, never the last one") {
  const IssuedMachineClient made = make_client(acme);
  const MachineClientKey key{.owner = acme, .id = made.client.id};
  const ClientSecretId first = made.client.secrets[0].id;
  const auto last = try_delete_secret(key, first);
  CHECK(last.error().code == ErrorCode::failed_precondition);
  CHECK(last.error().message == "last client cannot be deleted");

  context.now += seconds(1);
  const IssuedSecret second = try_add_secret(key).value();
  CHECK(try_load(key).value().secrets[1].id == second.record.id);
  for (std::size_t count = 2; count < machine_secrets_max; ++count) {
    REQUIRE(try_add_secret(key).ok());
  }
  CHECK(try_add_secret(key).error().code == ErrorCode::resource_exhausted);
  CHECK(try_load(key).value().secrets.size() == machine_secrets_max);

  CHECK(try_delete_secret(key, first).ok());
  CHECK(try_delete_secret(key, first).error().message == "secret not found");
  const MachineClient left = try_load(key).value();
  CHECK(matching_secret(left.secrets, made.plain.reveal(), context.now) == nullptr);
  CHECK(matching_secret(left.secrets, second.plain.reveal(), context.now) != nullptr);
  CHECK(try_add_secret(key).ok());
  CHECK(last_record(production.id, "secret.deleted").organization == acme);

  const MachineClient other = make_client(acme).client;
  CHECK(try_delete_secret(key, other.secrets[0].id).error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: pages are newest first and know the total") {
  std::vector<std::int64_t> numbers;
  for (int i = 0; i < 5; ++i) numbers.push_back(make_client(acme).client.id.number());
  make_client(globex);
  const auto number = [](const MachineClient& client) { return client.id.number(); };
  const auto first = list(acme, {.limit = 2});
  REQUIRE(first.items.size() == 2);
  CHECK(number(first.items[0]) == numbers[4]);
  CHECK(number(first.items[1]) == numbers[3]);
  CHECK(first.items[0].secrets.size() == 1);
  CHECK(first.total == 5);
  CHECK_FALSE(first.newer.has_value());
  const auto second = list(acme, {.from = first.older, .limit = 2});
  CHECK(number(second.items[0]) == numbers[2]);
  const auto third = list(acme, {.from = second.older, .limit = 2});
  REQUIRE(third.items.size() == 1);
  CHECK_FALSE(third.older.has_value());
  const auto back =
      list(acme, {.direction = PageQuery::Direction::newer, .from = third.newer, .limit = 2});
  CHECK(number(back.items[0]) == numbers[2]);
  CHECK(number(back.items[1]) == numbers[1]);
  CHECK(read([&](Transaction& transaction) {
          return list_organization_clients(transaction, production.id, OrgId(999), {});
        })
            .error()
            .message == "organization not found");
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: with a client or its owner go its secrets") {
  const MachineClient gone = make_client(acme).client;
  const MachineClient kept = make_client(globex).client;
  CHECK(try_delete({.owner = acme, .id = gone.id}).ok());
  CHECK(try_delete({.owner = acme, .id = gone.id}).error().code == ErrorCode::not_found);
  CHECK_FALSE(find(gone.client_id(), production).has_value());
  CHECK(last_record(production.id, "client.deleted").subject_id == gone.client_id());
  make_client(acme);
  static constexpr Sql drop{"test.drop", "DELETE FROM organizations WHERE id = 101"};
  change(drop, {});
  static constexpr Sql count{"test.count", "SELECT count(*) FROM machine_client_secrets"};
  const auto left = read([&](Transaction& transaction) {
    return transaction.find(count, {}, [](const storage::Row& row) { return row.integer(0); });
  });
  CHECK(left.value() == 1);
  CHECK(find(kept.client_id(), production).has_value());
}

TEST_CASE_FIXTURE(MachineFixture, "machine clients: whoever plans keys hears of long tokens") {
  const auto longest = [&] {
    return read([&](Transaction& transaction) {
             return longest_machine_token(transaction, production.id);
           })
        .value();
  };
  CHECK(longest() == Duration(0));
  const std::int64_t before = version();
  const MachineClient made = make_client(acme, {.token_lifetime = hours(24)}).client;
  CHECK(version() == before);
  REQUIRE(try_update({.owner = acme, .id = made.id}, {.token_lifetime = days(10)}).ok());
  CHECK(version() == before + 1);
  CHECK(longest() == days(10));
  Catalog catalog(database);
  REQUIRE(catalog.refresh(context).value());
  CHECK(catalog.current()->by_id(production.id)->longest_machine_token == days(10));
  CHECK(catalog.current()->by_id(production.id)->find(made.client_id()) == nullptr);
}

TEST_CASE_FIXTURE(MachineFixture, "secret uses: the last one is known to the hour") {
  const MachineClient made = make_client(acme).client;
  const MachineClientKey key{.owner = acme, .id = made.id};
  SecretUses uses(database);
  const auto use = [&] {
    uses.note({.environment = production.id, .secret = made.secrets[0].id, .at = context.now});
    REQUIRE(uses.flush(context).ok());
    return try_load(key).value().secrets[0].last_used_at;
  };
  CHECK_FALSE(made.secrets[0].last_used_at.has_value());
  const Instant first = context.now;
  CHECK(use() == first);
  context.now += minutes(59);
  CHECK(use() == first);
  context.now += minutes(1);
  CHECK(use() == context.now);

  const Application web = make(production, Type::web_app);
  const IssuedSecret secret = try_secret(production, web).value();
  SecretUses others(database);  // of another process, which has not heard of the first
  others.note({.environment = development.id, .secret = secret.record.id, .at = context.now});
  others.note({.environment = production.id,
               .secret = made.secrets[0].id,
               .at = context.now + minutes(30)});
  REQUIRE(others.flush(context).ok());
  CHECK_FALSE(load(web).secrets[0].last_used_at.has_value());
  CHECK(try_load(key).value().secrets[0].last_used_at == context.now);
  uses.note({.environment = production.id, .secret = secret.record.id, .at = context.now});
  REQUIRE(uses.flush(context).ok());
  CHECK(load(web).secrets[0].last_used_at == context.now);
}

TEST_CASE_FIXTURE(MachineFixture, "secret uses: what could not be written is written later") {
  const MachineClient made = make_client(acme).client;
  storage::FaultDatabase faults(database);
  SecretUses uses(faults);
  uses.note({.environment = production.id, .secret = made.secrets[0].id, .at = context.now});
  faults.arm({.point = storage::FaultPoint::commit});
  CHECK_FALSE(uses.flush(context).ok());
  faults.disarm();
  REQUIRE(uses.flush(context).ok());
  CHECK(try_load({.owner = acme, .id = made.id}).value().secrets[0].last_used_at == context.now);
}

struct Damage {
  Sql sql;
  const char* finding;
};
constexpr Damage damages[] = {
    {{"test.no_secret", "DELETE FROM machine_client_secrets"},
     "a machine client has no secret, or more than five: "},
    {{"test.hash", "UPDATE machine_client_secrets SET hash = substr(hash, 1, 3)"},
     "a machine client's secret is not stored as a SHA-256 and four characters: sks_"},
    {{"test.owner",
      "UPDATE organizations SET environment_id ="
      " (SELECT min(id) FROM environments) WHERE id = 101"},
     "a machine client names another environment than its owner: "},
    {{"test.secret_environment", "UPDATE machine_client_secrets SET environment_id = 5"},
     "a machine client's secret names another environment than its client: sks_"},
    {{"test.lifetime", "UPDATE machine_clients SET token_lifetime_s = 1"},
     "the tokens of a machine client live too short or too long: "},
};

TEST_CASE("machine clients: fsck finds whatever is not as the acts make it") {
  for (const Damage& damage : damages) {
    CAPTURE(damage.sql.text());
    MachineFixture fixture;
    fixture.make(fixture.development, Type::env);
    fixture.make(fixture.production, Type::env);
    fixture.make_client(fixture.acme);
    REQUIRE(fixture.findings().empty());
    fixture.change(damage.sql, {});
    const auto found = fixture.findings();
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].starts_with(damage.finding));
  }
}

}  // namespace
}  // namespace gatehouse::applications
