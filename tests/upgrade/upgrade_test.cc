// From each released schema to the newest: rows are carried, a migration may be killed anywhere,
// and the program of before works on what the newer one has made.

#include <doctest/doctest.h>

#include "server/app/invariants.h"
#include "server/app/key_policy.h"
#include "server/crypto/master_key.h"
#include "server/environments/environment.h"
#include "server/storage/fsck.h"
#include "server/storage/table_copy.h"
#include "server/users/user.h"
#include "tests/upgrade/installation.h"

namespace gatehouse::upgrade {
namespace {

using storage::Database;
using storage::Engine;
using storage::Transaction;

constexpr storage::Sql count_migrations{"test.count_migrations",
                                        "SELECT COUNT(*) FROM schema_migrations"};
constexpr storage::Sql damage_keys{"test.damage_keys", "UPDATE signing_keys SET public_jwk = '{}'"};

Context context() { return world::make_context(EnvironmentId(1)); }

std::string fixture(Engine engine) {
  return "tests/upgrade/schema_17." + std::string(storage::engine_name(engine)) + ".sql";
}

// The key that the fixture's own keys are sealed with.
Result<crypto::SealingKey, Error> fixture_seal() {
  std::string bytes(crypto::MasterKey::key_bytes, '\xaa');
  bytes.back() = '\xa7';
  return crypto::MasterKey::from_bytes(Secret(std::move(bytes)))
      .value()
      .sealing_key(app::key_seal_label);
}

std::vector<storage::TableDigest> digests(Database& database, Engine engine,
                                          storage::TableStatements& statements) {
  return storage::digest_tables({database, engine}, statements, context(), [](std::int64_t) {})
      .value();
}

std::string findings(Database& database, Engine engine) {
  const auto seal = fixture_seal();
  std::string all;
  // At the time of the fixture: no key is overdue.
  Context then = context();
  then.now = instant_from_ms(0);
  for (const auto& one : app::check_data({database, engine, seal}, then).findings) {
    all += one.area + ": " + one.finding + "\n";
  }
  return all;
}

std::int64_t history(Database& database) {
  const auto counted = storage::read(database, context(), [](Transaction& transaction) {
    return transaction.find(count_migrations, {},
                            [](const storage::Row& row) { return row.integer(0); });
  });
  return counted.value().value();
}

TEST_CASE("rows of every table of release 0.1 are carried to the newest schema") {
  const Installation installation;
  const Engine engine = installation.engine();
  storage::TableStatements statements;
  REQUIRE(installation.open(released_migrations).ok());
  installation.load(fixture(engine));
  std::map<std::string, std::int64_t> before;
  {
    const auto old = installation.open(released_migrations).value();
    for (const auto& table : digests(*old, engine, statements)) {
      CAPTURE(table.table);
      CHECK(table.rows > 0);  // or the fixture says nothing about it
      before[table.table] = table.rows;
    }
  }
  CHECK(before.size() > 40);

  const auto newest = installation.open_newest().value();
  CHECK(history(*newest) == static_cast<std::int64_t>(newest_migration()));
  CHECK(findings(*newest, engine) == "");
  for (const auto& table : digests(*newest, engine, statements)) {
    CAPTURE(table.table);
    if (before.contains(table.table)) CHECK(table.rows >= before[table.table]);
  }
  const auto all = storage::read(*newest, context(), environments::list_environments).value();
  REQUIRE(all.size() == 1);
  const auto ada = storage::read(*newest, context(), [&](Transaction& transaction) {
                     return users::find_user_by_email(transaction, all.front().id,
                                                      users::Email::parse("ada@acme.test").value());
                   }).value();
  REQUIRE(ada.has_value());
  CHECK(ada->name == "Ada Lovelace");
}

TEST_CASE("damage to a row of a released schema would be seen") {
  const Installation installation;
  REQUIRE(installation.open(released_migrations).ok());
  installation.load(fixture(installation.engine()));
  const auto newest = installation.open_newest().value();
  REQUIRE(storage::write(*newest, context(), [](Transaction& transaction) {
            return transaction.execute(damage_keys, {});
          }).ok());
  CHECK(findings(*newest, installation.engine()).find("keys: ") != std::string::npos);
}

TEST_CASE("a migration that is killed after any of its statements leaves nothing, and goes on") {
  const Installation installation;
  const std::string_view engine = storage::engine_name(installation.engine());
  const auto all = storage::migrations_for(engine, storage::embedded_files()).value();
  REQUIRE(installation.open(0).ok());
  for (std::size_t number = 1; number <= all.size(); ++number) {
    const std::size_t count = statements_of(all[number - 1].script).size();
    REQUIRE(count > 0);
    CAPTURE(number);
    for (std::size_t statements = 0; statements <= count; ++statements) {
      CAPTURE(statements);
      CHECK(installation.migrate_and_die(number, statements));
    }
    // What was there before is still the whole of it.
    CHECK(history(*installation.open(number - 1).value()) == static_cast<std::int64_t>(number) - 1);
    const auto done = installation.open(number);
    REQUIRE(done.ok());
    CHECK(history(*done.value()) == static_cast<std::int64_t>(number));
  }
  const auto newest = installation.open_newest().value();
  CHECK(storage::check_shape(*newest, installation.engine(), context()).value().empty());
  CHECK(
      storage::check_database(*newest, installation.engine(), context()).value().findings.empty());
}

TEST_CASE("the program of before works on the newer schema, whose migrations say that it may") {
  const Installation installation;
  const Engine engine = installation.engine();
  REQUIRE(installation.open(released_migrations).ok());
  installation.load(fixture(engine));
  REQUIRE(installation.open_newest().ok());
  for (std::size_t known = released_migrations; known < newest_migration(); ++known) {
    CAPTURE(known);
    const auto older = installation.open(known);
    REQUIRE(older.ok());
    CHECK(history(*older.value()) == static_cast<std::int64_t>(newest_migration()));
    CHECK(findings(*older.value(), engine) == "");
    const auto all = storage::read(*older.value(), context(), environments::list_environments);
    REQUIRE(all.ok());
  }
}

TEST_CASE("every migration after release 0.1 says whether the program of before may stay") {
  for (const std::string_view engine : {"sqlite", "postgres"}) {
    const auto all = storage::migrations_for(engine, storage::embedded_files()).value();
    for (const storage::Migration& migration : all) {
      CAPTURE(migration.name);
      const bool is_said = migration.compatible != storage::Migration::Compatible::unsaid;
      CHECK(is_said == (migration.number > static_cast<std::int64_t>(released_migrations)));
    }
  }
}

TEST_CASE("the fixtures of both engines are the same rows") {
  storage::TableStatements statements;
  const auto rows_of = [&statements](Engine engine) {
    const Installation installation(engine);
    REQUIRE(installation.open(released_migrations).ok());
    installation.load(fixture(engine));
    return digests(*installation.open(released_migrations).value(), engine, statements);
  };
  const auto here = rows_of(Engine::sqlite);
  CHECK(!here.empty());
  if (world::is_on_postgres()) CHECK(here == rows_of(Engine::postgres));
}

}  // namespace
}  // namespace gatehouse::upgrade
