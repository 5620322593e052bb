// TestDatabase: a real database with every migration applied, empty and private to its test. In
// memory, on the embedded engine; where GATEHOUSE_TEST_POSTGRES names a server, on that server.

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "server/core/context.h"
#include "server/core/embedded.h"
#include "server/storage/database.h"
#include "server/storage/migrate.h"
#include "server/storage/sqlite/scratch_folder.h"
#include "tests/world/manual_clock.h"
#include "tests/world/rerunning_database.h"

namespace gatehouse::world {

// What a request of an anonymous caller on loopback looks like. Tests change what matters to them.
inline Context make_context(EnvironmentId environment, Instant now = test_start) {
  return {.request = RequestId(1),
          .now = now,
          .deadline = std::chrono::steady_clock::now() + seconds(30),
          .environment = environment,
          .actor = {},
          .client_address = "127.0.0.1",
          .user_agent = "test"};
}

// Whether this run is on PostgreSQL: GATEHOUSE_TEST_POSTGRES is set.
[[nodiscard]] bool is_on_postgres();

struct TestDatabaseSettings {
  std::span<const EmbeddedFile> migrations = storage::embedded_files();
  Instant now = test_start;  // noted beside each migration
  // Of the embedded engine: rows() and bytes() need a file.
  enum class Place { memory, file } place = Place::memory;
};

class PostgresPlace;

class TestDatabase {
 public:
  explicit TestDatabase(const TestDatabaseSettings& settings = {});
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] storage::Database& database() { return *database_; }
  // Of its own on PostgreSQL, for whoever connects by themselves; empty on the embedded engine.
  [[nodiscard]] std::string postgres_url() const;

  // What is stored, read past the product. Every row as text by table, of one environment the
  // tables that belong to environments.
  [[nodiscard]] std::map<std::string, std::string> rows(std::optional<EnvironmentId> of) const;
  // All that is kept: in a file what was deleted as well, on PostgreSQL the rows.
  [[nodiscard]] std::string bytes() const;

 private:
  void stand_on(storage::Database& real);

  std::optional<storage::ScratchFolder> folder_;
  std::unique_ptr<storage::Database> sqlite_;
  std::unique_ptr<PostgresPlace> postgres_;       // one of the two
  std::unique_ptr<RerunningDatabase> rerunning_;  // of the one above, if at all
  storage::Database* database_;
};

// A database on the server of GATEHOUSE_TEST_POSTGRES without any table; gone with this object.
class EmptyPostgres {
 public:
  EmptyPostgres();
  ~EmptyPostgres();
  EmptyPostgres(const EmptyPostgres&) = delete;
  EmptyPostgres& operator=(const EmptyPostgres&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  std::string name_, url_;
};

}  // namespace gatehouse::world
