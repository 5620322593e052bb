#include "tests/world/test_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include "server/storage/sqlite/sqlite_database.h"
#include "tests/world/test_postgres.h"

namespace gatehouse::world {
namespace {

using Lines = std::vector<std::string>;

std::string file_in(const storage::ScratchFolder& folder) { return folder.path() + "/test.db"; }

Lines sqlite_rows(const std::string& file, const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  ENSURE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  ENSURE(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  Lines rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    std::string& line = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      line.append(i == 0 ? "" : "|");
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
      if (bytes == nullptr) continue;
      line.append(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
    }
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rows;
}

std::string read_all(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace

bool is_on_postgres() { return std::getenv("GATEHOUSE_TEST_POSTGRES") != nullptr; }

TestDatabase::TestDatabase(const TestDatabaseSettings& settings) {
  if (is_on_postgres()) {
    postgres_ = PostgresPlace::take(settings);
    stand_on(postgres_->database());
    return;
  }
  storage::SqliteSettings wanted;
  if (settings.place == TestDatabaseSettings::Place::file) {
    folder_.emplace(storage::ScratchFolder::make().take());
    wanted.path = file_in(*folder_);
  } else {
    wanted.place = storage::SqliteSettings::Place::memory;
  }
  wanted.migrations = settings.migrations;
  wanted.now = settings.now;
  sqlite_ = storage::SqliteDatabase::open(wanted).value();
  stand_on(*sqlite_);
}

void TestDatabase::stand_on(storage::Database& real) {
  database_ = &real;
  if (!writes_run_twice()) return;
  rerunning_ = std::make_unique<RerunningDatabase>(real);
  database_ = rerunning_.get();
}

TestDatabase::~TestDatabase() {
  if (postgres_) PostgresPlace::give_back(std::move(postgres_));
}

std::string TestDatabase::postgres_url() const { return postgres_ ? postgres_->url() : ""; }

std::map<std::string, std::string> TestDatabase::rows(std::optional<EnvironmentId> of) const {
  ENSURE(postgres_ || folder_.has_value());
  const auto ask = [&](const std::string& sql) {
    return postgres_ ? PlainConnection(postgres_->url()).rows(sql)
                     : sqlite_rows(file_in(*folder_), sql);
  };
  const std::string_view sqlite_tables =
      "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
      " WHERE m.type = 'table'";
  const std::string_view postgres_tables =
      "SELECT c.table_name FROM (SELECT table_name, column_name AS name"
      " FROM information_schema.columns WHERE table_schema = 'public') c WHERE true";
  std::string tables(postgres_ ? postgres_tables : sqlite_tables);
  if (of.has_value()) tables += " AND c.name = 'environment_id'";
  std::map<std::string, std::string> found;
  for (const std::string& table : ask(tables + " GROUP BY 1 ORDER BY 1")) {
    std::string sql = "SELECT * FROM " + table;
    if (of.has_value()) sql += " WHERE environment_id = " + std::to_string(of->number());
    Lines lines = ask(sql);
    std::ranges::sort(lines);
    std::string& text = found[table];
    for (const std::string& line : lines) text += line + "\n";
  }
  return found;
}

std::string TestDatabase::bytes() const {
  ENSURE(postgres_ || folder_.has_value());
  if (!postgres_) return read_all(file_in(*folder_)) + read_all(file_in(*folder_) + "-wal");
  std::string all;
  for (const auto& [table, text] : rows(std::nullopt)) all += text;
  return all;
}

}  // namespace gatehouse::world
