#include "tests/world/test_postgres.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <mutex>

#include "server/storage/postgres/postgres_database.h"

namespace gatehouse::world {
namespace {

constexpr int connections_max = 6;
// What was deleted stays in the files until they are thrown away: after so many uses it is felt.
constexpr int uses_max = 60;

[[noreturn]] void give_up(std::string_view doing, std::string_view why) {
  std::cerr << "on PostgreSQL: " << doing << ": " << why << "\n";
  std::abort();
}

std::string server_url() {
  const char* url = std::getenv("GATEHOUSE_TEST_POSTGRES");
  if (url == nullptr) give_up("opening a database", "GATEHOUSE_TEST_POSTGRES is not set");
  return url;
}

// postgres://…/anything?…, with another database.
std::string url_of(std::string_view database) {
  const std::string url = server_url();
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) give_up("GATEHOUSE_TEST_POSTGRES", "not a URI");
  const std::size_t parameters = std::min(url.find('?'), url.size());
  const std::size_t path = std::min(url.find('/', scheme_end + 3), parameters);
  return url.substr(0, path) + "/" + std::string(database) + url.substr(parameters);
}

}  // namespace

PlainConnection::PlainConnection(const std::string& url) : handle_(PQconnectdb(url.c_str())) {
  if (PQstatus(handle_.get()) != CONNECTION_OK) {
    give_up("connecting", PQerrorMessage(handle_.get()));
  }
  PQsetNoticeProcessor(
      handle_.get(), [](void*, const char*) {}, nullptr);
}

std::vector<std::string> PlainConnection::run(const std::string& sql) {
  PGresult* result = PQexec(handle_.get(), sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    give_up(sql.substr(0, 100), PQerrorMessage(handle_.get()));
  }
  std::vector<std::string> rows;
  for (int row = 0; row < PQntuples(result); ++row) rows.emplace_back(PQgetvalue(result, row, 0));
  PQclear(result);
  return rows;
}

std::vector<std::string> PlainConnection::rows(const std::string& sql) {
  constexpr int binary = 1;
  PGresult* result =
      PQexecParams(handle_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary);
  if (PQresultStatus(result) != PGRES_TUPLES_OK) {
    give_up(sql.substr(0, 100), PQerrorMessage(handle_.get()));
  }
  std::vector<std::string> rows;
  for (int row = 0; row < PQntuples(result); ++row) {
    std::string& line = rows.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column) {
      line.append(column == 0 ? "" : "|");
      line.append(PQgetvalue(result, row, column),
                  static_cast<std::size_t>(PQgetlength(result, row, column)));
    }
  }
  PQclear(result);
  return rows;
}

bool PlainConnection::try_run(const std::string& sql) {
  PGresult* result = PQexec(handle_.get(), sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

EmptyPostgres::EmptyPostgres() {
  // No two of them are in one place of one process at the same time.
  const auto place = reinterpret_cast<std::uintptr_t>(this);
  name_ = "gatehouse_" + std::to_string(::getpid()) + "_" + std::to_string(place);
  url_ = url_of(name_);
  PlainConnection(server_url()).run("CREATE DATABASE " + name_ + " TEMPLATE template0");
}

EmptyPostgres::~EmptyPostgres() {
  PlainConnection(server_url()).run("DROP DATABASE " + name_ + " WITH (FORCE)");
}

// The places that nobody uses, until the program ends.
class PostgresPlace::Shelf {
 public:
  std::unique_ptr<PostgresPlace> take(const TestDatabaseSettings& settings) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::ranges::find_if(places_, [&](const auto& place) { return place->fits(settings); });
    if (found == places_.end()) return nullptr;
    std::unique_ptr<PostgresPlace> place = std::move(*found);
    places_.erase(found);
    return place;
  }
  void put(std::unique_ptr<PostgresPlace> place) {
    const std::lock_guard lock(mutex_);
    places_.push_back(std::move(place));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<PostgresPlace>> places_;
};

PostgresPlace::Shelf& PostgresPlace::shelf() {
  // tidy: allow global: databases are handed on from test to test, whoever asks for them
  static Shelf all;
  return all;
}

PostgresPlace::PostgresPlace(const TestDatabaseSettings& settings)
    : migrations_(settings.migrations.data()), now_(settings.now), plain_(empty_.url()) {
  storage::PostgresSettings wanted;
  wanted.conninfo = empty_.url();
  wanted.migrations = settings.migrations;
  wanted.now = settings.now;
  wanted.connections_max = connections_max;
  auto opened = storage::PostgresDatabase::open(wanted);
  if (!opened.ok()) give_up("opening a database", opened.error().detail);
  database_ = std::move(opened).value();

  // Foreign keys are not asked while emptying, so the order of the tables does not matter.
  plain_.run("SET session_replication_role = replica; SET lock_timeout = '5s'");
  emptying_ = "BEGIN;";
  for (const std::string& table :
       plain_.run("SELECT quote_ident(table_name) FROM information_schema.tables"
                  " WHERE table_schema = 'public' AND table_name <> 'schema_migrations'")) {
    emptying_ += "DELETE FROM " + table + ";";
    if (plain_.run("SELECT 1 FROM " + table).empty()) continue;
    plain_.run("CREATE TEMPORARY TABLE first_" + table + " AS TABLE " + table);
    emptying_ += "INSERT INTO " + table + " TABLE pg_temp.first_" + table + ";";
  }
  emptying_ += "COMMIT";
}

bool PostgresPlace::fits(const TestDatabaseSettings& settings) const {
  return migrations_ == settings.migrations.data() && now_ == settings.now;
}

bool PostgresPlace::make_empty() {
  return ++uses_ <= uses_max && !database_->failed() && plain_.try_run(emptying_);
}

std::unique_ptr<PostgresPlace> PostgresPlace::take(const TestDatabaseSettings& settings) {
  auto place = shelf().take(settings);
  return place ? std::move(place) : std::make_unique<PostgresPlace>(settings);
}

void PostgresPlace::give_back(std::unique_ptr<PostgresPlace> place) {
  if (place->make_empty()) shelf().put(std::move(place));
}

}  // namespace gatehouse::world
