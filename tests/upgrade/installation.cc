#include "tests/upgrade/installation.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "server/storage/postgres/migration_target.h"
#include "server/storage/sqlite/migration_target.h"
#include "tests/world/test_postgres.h"

namespace gatehouse::upgrade {
namespace {

using storage::Engine;
using storage::Location;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Hands a script to the real target a statement at a time, until its time has come.
class DyingTarget final : public storage::MigrationTarget {
 public:
  DyingTarget(storage::MigrationTarget& inner, std::size_t statements)
      : inner_(inner), left_(statements) {}

  [[nodiscard]] std::string_view engine() const override { return inner_.engine(); }
  Result<Unit, Error> in_transaction(
      FunctionRef<Result<Unit, Error>(storage::Transaction&)> work) override {
    return inner_.in_transaction(work);
  }
  Result<Unit, Error> run_script(std::string_view script) override {
    for (const std::string& statement : statements_of(script)) {
      if (left_ == 0) static_cast<void>(::kill(::getpid(), SIGKILL));
      TRY(inner_.run_script(statement));
      --left_;
    }
    if (left_ == 0) static_cast<void>(::kill(::getpid(), SIGKILL));
    return Unit{};
  }

 private:
  storage::MigrationTarget& inner_;
  std::size_t left_;
};

// In the child: returns only if it lived.
void migrate_in(const Location& location, std::size_t number, std::size_t statements) {
  const auto files = files_up_to(number);
  const auto run = [&](storage::MigrationTarget& real) {
    DyingTarget target(real, statements);
    return storage::migrate(target, files, world::test_start).ok();
  };
  if (location.engine() == Engine::sqlite) {
    const auto connection = storage::Connection::open(
        {.path = location.target(), .access = storage::ConnectionSettings::Access::write});
    storage::SqliteMigrationTarget target(*connection.value());
    ::_exit(run(target) ? 0 : 1);
  }
  const auto pool = storage::PostgresPool::make({.conninfo = location.target()});
  storage::PostgresMigrationTarget target(*pool.value(),
                                          std::chrono::steady_clock::now() + minutes(1));
  ::_exit(run(target) ? 0 : 1);
}

Location place_for(const storage::ScratchFolder& folder,
                   const std::optional<world::EmptyPostgres>& postgres) {
  return postgres.has_value() ? Location::parse(postgres->url()).value()
                              : Location::sqlite_file(folder.path() + "/gatehouse.db");
}

}  // namespace

Installation::Installation()
    : Installation(world::is_on_postgres() ? Engine::postgres : Engine::sqlite) {}

Installation::Installation(Engine engine) : location_(Location::sqlite_file("")) {
  if (engine == Engine::postgres) postgres_.emplace();
  location_ = place_for(folder_, postgres_);
}

Installation::Installation(Location location) : location_(std::move(location)) {}

Result<std::unique_ptr<storage::Database>, Error> Installation::open(std::size_t count) const {
  const auto files = files_up_to(count);
  storage::OpenSettings settings;
  settings.now = world::test_start;
  settings.migrations = files;
  return storage::open(location_, settings);
}

Result<std::unique_ptr<storage::Database>, Error> Installation::open_newest() const {
  return open(newest_migration());
}

void Installation::load(const std::string& path) const {
  const std::string script = read_file(path);
  if (engine() == Engine::postgres) {
    world::PlainConnection(location_.target()).run(script);
    return;
  }
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open_v2(location_.target().c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) ==
          SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, "PRAGMA foreign_keys=ON", nullptr, nullptr, nullptr) == SQLITE_OK);
  const int code = sqlite3_exec(handle, script.c_str(), nullptr, nullptr, nullptr);
  const std::string problem = sqlite3_errmsg(handle);
  sqlite3_close(handle);
  CAPTURE(problem);
  REQUIRE(code == SQLITE_OK);
}

bool Installation::migrate_and_die(std::size_t number, std::size_t statements) const {
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    migrate_in(location_, number, statements);
    ::_exit(2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) {
    CHECK(WTERMSIG(status) == SIGKILL);
    return true;
  }
  REQUIRE(WEXITSTATUS(status) == 0);
  return false;
}

std::vector<EmbeddedFile> files_up_to(std::size_t count) {
  std::vector<EmbeddedFile> files;
  for (const EmbeddedFile& file : storage::embedded_files()) {
    if (std::stoul(std::string(file.path.substr(0, 4))) <= count) files.push_back(file);
  }
  return files;
}

std::size_t newest_migration() {
  return storage::migrations_for("sqlite", storage::embedded_files()).value().size();
}

std::vector<std::string> statements_of(std::string_view script) {
  std::vector<std::string> statements;
  std::string statement;
  enum class Within { nothing, comment, quotes, dollars } within = Within::nothing;
  for (std::size_t at = 0; at < script.size(); ++at) {
    const std::string_view rest = script.substr(at);
    statement += script[at];
    switch (within) {
      case Within::comment:
        if (script[at] == '\n') within = Within::nothing;
        break;
      case Within::quotes:
        if (script[at] == '\'') within = Within::nothing;
        break;
      case Within::dollars:
        if (!rest.starts_with("$$")) break;
        statement += script[++at];
        within = Within::nothing;
        break;
      case Within::nothing:
        if (rest.starts_with("--")) within = Within::comment;
        if (rest.starts_with("'")) within = Within::quotes;
        if (rest.starts_with("$$")) {
          statement += script[++at];
          within = Within::dollars;
        }
        // A trigger of SQLite has semicolons of its own.
        if (script[at] != ';' || (statement.find("CREATE TRIGGER") != std::string::npos &&
                                  statement.find("EXECUTE FUNCTION") == std::string::npos &&
                                  sqlite3_complete(statement.c_str()) == 0)) {
          break;
        }
        statements.push_back(std::exchange(statement, {}));
        break;
    }
  }
  return statements;
}

}  // namespace gatehouse::upgrade
