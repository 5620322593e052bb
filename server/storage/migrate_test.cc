#include "server/storage/migrate.h"

#include <doctest/doctest.h>

#include "server/storage/open.h"
#include "server/storage/test_support.h"
#include "tests/world/test_database.h"

namespace gatehouse::storage {
namespace {

using namespace testing;

constexpr EmbeddedFile one{"0001_one.sql",
                           "CREATE TABLE one (id INTEGER); CREATE TABLE uno (id INTEGER);"};
constexpr EmbeddedFile one_edited{"0001_one.sql",
                                  "CREATE TABLE one (id TEXT); CREATE TABLE uno (id INTEGER);"};
constexpr EmbeddedFile two{"0002_two.sql",
                           "CREATE TABLE two (id INTEGER); INSERT INTO two VALUES (2);"};
constexpr EmbeddedFile two_broken{"0002_two.sql",
                                  "CREATE TABLE two (id INTEGER); INSERT INTO nowhere VALUES (2);"};

constexpr Sql history{"test.history",
                      "SELECT number, name, applied_at_ms FROM schema_migrations ORDER BY 1"};
constexpr Sql sqlite_tables{"test.sqlite_tables",
                            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"};
constexpr Sql postgres_tables{"test.postgres_tables",
                              "SELECT CAST(table_name AS TEXT) FROM information_schema.tables"
                              " WHERE table_schema = 'public' ORDER BY 1"};

// Where a database is to be, or is.
class Place {
 public:
  Place() {
    if (world::is_on_postgres()) postgres_.emplace();
  }
  [[nodiscard]] Result<std::unique_ptr<Database>, Error> open(
      std::initializer_list<EmbeddedFile> migrations) const {
    const Location location = postgres_.has_value()
                                  ? Location::parse(postgres_->url()).value()
                                  : Location::sqlite_file(folder_.path() + "/test.db");
    return storage::open(
        location, {.now = noon, .migrations = std::span(migrations.begin(), migrations.size())});
  }

 private:
  ScratchFolder folder_ = ScratchFolder::make().value();
  std::optional<world::EmptyPostgres> postgres_;
};

// Of the migrations below: the tables in which they are noted have a _ in their names.
std::vector<std::string> table_names(Database& database) {
  auto names = read(database, context(), [](Transaction& transaction) {
                 return transaction.list(world::is_on_postgres() ? postgres_tables : sqlite_tables,
                                         {}, [](const Row& row) { return row.string(0); });
               }).value();
  std::erase_if(names, [](const std::string& name) { return name.find('_') != std::string::npos; });
  return names;
}

std::vector<std::int64_t> history_of(Database& database) {
  return read(database, context(),
              [](Transaction& transaction) {
                return transaction.list(history, {}, [](const Row& row) {
                  CHECK(row.instant(2) == noon);
                  return row.integer(0);
                });
              })
      .value();
}

TEST_CASE("migrations are applied in order, once, and noted") {
  const Place place;
  CHECK(history_of(*place.open({one}).value()) == std::vector<std::int64_t>{1});
  for (int start = 0; start < 2; ++start) {
    const auto database = place.open({one, two}).value();
    CHECK(history_of(*database) == std::vector<std::int64_t>{1, 2});
    CHECK(table_names(*database) == std::vector<std::string>{"one", "two", "uno"});
  }
}

TEST_CASE("a database built from another text is refused, with the migration named") {
  const Place place;
  REQUIRE(place.open({one}).ok());
  const auto refused = place.open({one_edited, two});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::failed_precondition);
  CHECK(refused.error().detail.find("migration 1 (one)") != std::string::npos);
  CHECK(history_of(*place.open({one}).value()).size() == 1);
}

TEST_CASE("a database from a newer program is refused") {
  const Place place;
  REQUIRE(place.open({one, two}).ok());
  const auto refused = place.open({one});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::failed_precondition);
  CHECK(refused.error().detail.find("newer") != std::string::npos);
}

constexpr EmbeddedFile two_expands{
    "0002_two.sql",
    "-- compatible: yes\nCREATE TABLE two (id INTEGER); INSERT INTO two VALUES (2);"};
constexpr EmbeddedFile two_contracts{"0002_two.sql",
                                     "-- compatible: no\nCREATE TABLE two (id INTEGER);"};
constexpr EmbeddedFile two_says_it_late{
    "0002_two.sql", "-- Two.\n-- compatible: yes\nCREATE TABLE two (id INTEGER);"};
constexpr EmbeddedFile three{"0003_three.sql", "CREATE TABLE three (id INTEGER);"};
constexpr EmbeddedFile three_expands{"0003_three.sql",
                                     "-- compatible: yes\nCREATE TABLE three (id INTEGER);"};

TEST_CASE("a program works on a newer database if all that it does not know says that it may") {
  const Place place;
  REQUIRE(place.open({one, two_expands, three_expands}).ok());
  const auto older = place.open({one});
  REQUIRE(older.ok());
  CHECK(history_of(*older.value()) == std::vector<std::int64_t>{1, 2, 3});
  // It goes back and forth, and nothing is applied twice.
  CHECK(place.open({one, two_expands}).ok());
  CHECK(place.open({one, two_expands, three_expands}).ok());
  // What it knows, it must know as it is.
  CHECK_FALSE(place.open({one_edited}).ok());
}

TEST_CASE("one migration that is not compatible keeps older programs off, whatever comes after") {
  for (const EmbeddedFile& contract : {two_contracts, two, two_says_it_late}) {
    CAPTURE(contract.bytes);
    const Place place;
    REQUIRE(place.open({one, contract, three_expands}).ok());
    const auto refused = place.open({one});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::failed_precondition);
    CHECK(refused.error().detail.find("migration 2 (two)") != std::string::npos);
    CHECK(place.open({one, contract}).ok());
  }
}

TEST_CASE("a schema that is to be left alone is looked at, and what is missing is named") {
  const Place place;
  const std::vector<EmbeddedFile> both{one, two};
  const auto check = [&](std::initializer_list<EmbeddedFile> opened_with) {
    const auto database = place.open(opened_with).value();
    return read(*database, context(), [&](Transaction& transaction) {
      return check_schema(transaction, "sqlite", both);
    });
  };
  const auto missing = check({one});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::failed_precondition);
  CHECK(missing.error().detail.find("migration 2 (two)") != std::string::npos);
  CHECK(missing.error().detail.find("gatehouse migrate") != std::string::npos);
  CHECK(check({one, two}).ok());
  CHECK_FALSE(check({one, two, three}).ok());
}

constexpr Sql mark_copy{"test.mark_copy",
                        "INSERT INTO schema_migrations (number, name, checksum, applied_at_ms)"
                        " VALUES (1000000, 'from /elsewhere', '', 0)"};

TEST_CASE("a database that holds half of a copy is refused by every program, with what to do") {
  const Place place;
  REQUIRE(write(*place.open({one}).value(), context(), [](Transaction& transaction) {
            return transaction.execute(mark_copy, {});
          }).ok());
  for (const auto& refused : {place.open({one}).error(), place.open({one, two}).error()}) {
    CHECK(refused.code == ErrorCode::failed_precondition);
    CHECK(refused.detail.find("gatehouse copy") != std::string::npos);
  }
}

constexpr Sql forget_first{"test.forget", "DELETE FROM schema_migrations WHERE number = 1"};

TEST_CASE("a database whose history has a hole is refused") {
  const Place place;
  REQUIRE(write(*place.open({one, two}).value(), context(), [](Transaction& transaction) {
            return transaction.execute(forget_first, {});
          }).ok());
  const auto refused = place.open({one, two});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::failed_precondition);
}

TEST_CASE(
    "a migration that fails leaves nothing of itself, and a corrected one goes on from there") {
  const Place place;
  const auto refused = place.open({one, two_broken});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::internal);
  CHECK(refused.error().detail.find("migration 2 (two)") != std::string::npos);
  CHECK(table_names(*place.open({one}).value()) == std::vector<std::string>{"one", "uno"});
  CHECK(history_of(*place.open({one, two}).value()).size() == 2);
}

std::vector<std::string> scripts(std::string_view engine,
                                 std::initializer_list<EmbeddedFile> files) {
  const auto migrations = migrations_for(engine, std::span(files.begin(), files.size()));
  std::vector<std::string> found;
  if (!migrations.ok()) return {"error"};
  for (const Migration& migration : migrations.value()) found.push_back(migration.script);
  return found;
}

TEST_CASE("an engine's own file goes before the plain one, and other engines' are not seen") {
  using Scripts = std::vector<std::string>;
  CHECK(scripts("sqlite", {{"0001_a.postgres.sql", "pg"}, {"0001_a.sql", "plain"}}) ==
        Scripts{"plain"});
  CHECK(scripts("postgres", {{"0001_a.postgres.sql", "pg"}, {"0001_a.sql", "plain"}}) ==
        Scripts{"pg"});
  CHECK(scripts("sqlite", {{"0002_b.sql", "b"},
                           {"0001_a.postgres.sql", "pg"},
                           {"0001_a.sqlite.sql", "lite"}}) == Scripts{"lite", "b"});
  CHECK(scripts("sqlite", {}).empty());
}

TEST_CASE("files that are not a gapless row of migrations are a mistake of the build") {
  using Scripts = std::vector<std::string>;
  const Scripts error{"error"};
  CHECK(scripts("sqlite", {{"0002_b.sql", ""}}) == error);
  CHECK(scripts("sqlite", {{"0001_a.sql", ""}, {"0003_c.sql", ""}}) == error);
  CHECK(scripts("sqlite", {{"0001_a.sql", ""}, {"0001_b.sql", ""}}) == error);
  CHECK(scripts("sqlite", {{"0001_a.sqlite.sql", ""}, {"0001_b.sql", ""}}) == error);
  CHECK(scripts("sqlite", {{"0001_a.sql", ""}, {"0001_a.sql", ""}}) == error);
  CHECK(scripts("sqlite", {{"0001_a.postgres.sql", ""}}) == Scripts{});
  for (const std::string_view name :
       {"0000_a.sql", "1_a.sql", "0001.sql", "0001_.sql", "0001_a.txt", "000x_a.sql", "-001_a.sql",
        "0001_a..sql", "0001_.x.sql", ""}) {
    CAPTURE(name);
    CHECK(scripts("sqlite", {{name, ""}}) == error);
  }
}

TEST_CASE("the migrations built into the program apply to an empty database") {
  for (const std::string_view engine : {"sqlite", "postgres"}) {
    CHECK(migrations_for(engine, embedded_files()).ok());
  }
  const world::TestDatabase stored;
}

}  // namespace
}  // namespace gatehouse::storage
