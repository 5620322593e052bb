#include <array>
#include <vector>

#include "server/storage/open.h"
#include "server/storage/sqlite/sqlite_database.h"
#include "tests/statements/statements.h"
#include "tests/world/test_postgres.h"

namespace gatehouse::statements {
namespace {

using Result = std::unique_ptr<PGresult, decltype([](PGresult* result) { PQclear(result); })>;

constexpr Oid type_bool = 16, type_bytea = 17, type_int8 = 20, type_int2 = 21, type_int4 = 23,
              type_text = 25;

// What the driver sends where a statement wants this.
std::optional<Oid> sent_for(Oid wanted) {
  switch (wanted) {
    case type_int2:
    case type_int4:
    case type_int8: return type_int8;
    case type_text:
    case type_bytea: return wanted;
    default: return std::nullopt;
  }
}

// What Row reads.
bool is_readable(Oid type) { return type == type_bool || sent_for(type).has_value(); }

}  // namespace

bool is_for(std::string_view engine, const Statement& statement) {
  const std::string_view text = statement.text;
  const auto mentions = [&](std::string_view word) { return text.find(word) != text.npos; };
  // A backup is a file of the embedded engine, whose manifest is in no schema.
  const bool is_of_backup = statement.name.starts_with("backup.");
  if (is_of_backup || mentions("pragma_") || mentions("sqlite_")) return engine == "sqlite";
  if (mentions("pg_") || mentions("information_schema")) return engine == "postgres";
  return true;
}

SqliteJudge::SqliteJudge() : folder_(storage::ScratchFolder::make().take()) {
  const std::string path = folder_.path() + "/statements.db";
  storage::SqliteDatabase::open({.path = path, .now = world::test_start}).take();
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  handle_.reset(handle);
  ENSURE(code == SQLITE_OK);
}

std::optional<std::string> SqliteJudge::objection(const char* text) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), text, -1, &statement, nullptr);
  // What is made where it is needed only: those after it need it.
  const bool is_made = std::string_view(text).starts_with("CREATE TABLE");
  if (code == SQLITE_OK && is_made) ENSURE(sqlite3_step(statement) == SQLITE_DONE);
  sqlite3_finalize(statement);
  if (code == SQLITE_OK) return std::nullopt;
  return sqlite3_errmsg(handle_.get());
}

PostgresJudge::PostgresJudge() {
  const auto location = storage::Location::parse(empty_.url()).take();
  storage::open(location, {.now = world::test_start}).take();
  // What fsck uses where it is installed.
  ENSURE(world::PlainConnection(empty_.url()).try_run("CREATE EXTENSION amcheck"));
  handle_.reset(PQconnectdb(empty_.url().c_str()));
  ENSURE(PQstatus(handle_.get()) == CONNECTION_OK);
}

std::optional<std::string> PostgresJudge::objection(const char* text) {
  const Result taken(PQprepare(handle_.get(), "", text, 0, nullptr));
  if (PQresultStatus(taken.get()) != PGRES_COMMAND_OK) return PQresultErrorMessage(taken.get());
  const Result described(PQdescribePrepared(handle_.get(), ""));
  std::vector<Oid> sent;
  for (int i = 0; i < PQnparams(described.get()); ++i) {
    const Oid wanted = PQparamtype(described.get(), i);
    const auto type = sent_for(wanted);
    if (!type) return "$" + std::to_string(i + 1) + " has type " + std::to_string(wanted);
    sent.push_back(*type);
  }
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    const Oid type = PQftype(described.get(), i);
    if (!is_readable(type)) {
      return "column " + std::to_string(i) + " has type " + std::to_string(type);
    }
  }
  const Result again(
      PQprepare(handle_.get(), "", text, static_cast<int>(sent.size()), sent.data()));
  if (PQresultStatus(again.get()) != PGRES_COMMAND_OK) return PQresultErrorMessage(again.get());
  return std::nullopt;
}

}  // namespace gatehouse::statements
