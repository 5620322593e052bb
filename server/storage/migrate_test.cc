#include "server/storage/migrate.h"

#include <doctest/doctest.h>

#include "server/storage/test_support.h"

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
constexpr Sql tables{"test.tables",
                     "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"};

struct File {
  ScratchFolder folder = ScratchFolder::make().value();
  [[nodiscard]] Result<std::unique_ptr<SqliteDatabase>, Error> open(
      std::initializer_list<EmbeddedFile> migrations) const {
    return SqliteDatabase::open(
        in_file(folder.path() + "/test.db", std::span(migrations.begin(), migrations.size())));
  }
};

std::vector<std::string> table_names(Database& database) {
  return read(database, context(),
              [](Transaction& transaction) {
                return transaction.list(tables, {}, [](const Row& row) { return row.string(0); });
              })
      .value();
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
  const File file;
  CHECK(history_of(*file.open({one}).value()) == std::vector<std::int64_t>{1});
  for (int start = 0; start < 2; ++start) {
    const auto database = file.open({one, two}).value();
    CHECK(history_of(*database) == std::vector<std::int64_t>{1, 2});
    CHECK(table_names(*database) ==
          std::vector<std::string>{"one", "schema_migrations", "two", "uno"});
  }
}

TEST_CASE("a database built from another text is refused, with the migration named") {
  const File file;
  REQUIRE(file.open({one}).ok());
  const auto refused = file.open({one_edited, two});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::failed_precondition);
  CHECK(refused.error().detail.find("migration 1 (one)") != std::string::npos);
  CHECK(history_of(*file.open({one}).value()).size() == 1);
}

TEST_CASE("a database from a newer program is refused") {
  const File file;
  REQUIRE(file.open({one, two}).ok());
  const auto refused = file.open({one});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::failed_precondition);
  CHECK(refused.error().detail.find("newer") != std::string::npos);
}

constexpr Sql forget_first{"test.forget", "DELETE FROM schema_migrations WHERE number = 1"};

TEST_CASE("a database whose history has a hole is refused") {
  const File file;
  REQUIRE(write(*file.open({one, two}).value(), context(), [](Transaction& transaction) {
            return transaction.execute(forget_first, {});
          }).ok());
  const auto refused = file.open({one, two});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::failed_precondition);
}

TEST_CASE(
    "a migration that fails leaves nothing of itself, and a corrected one goes on from there") {
  const File file;
  const auto refused = file.open({one, two_broken});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::internal);
  CHECK(refused.error().detail.find("migration 2 (two)") != std::string::npos);
  CHECK(table_names(*file.open({one}).value()) ==
        std::vector<std::string>{"one", "schema_migrations", "uno"});
  CHECK(history_of(*file.open({one, two}).value()).size() == 2);
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
  CHECK(migrations_for("sqlite", embedded_files()).ok());
  CHECK(SqliteDatabase::open(in_memory(embedded_files())).ok());
}

}  // namespace
}  // namespace gatehouse::storage
