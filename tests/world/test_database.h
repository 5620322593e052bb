// TestDatabase: the real embedded database, in memory, with every migration applied. Each one is
// empty and private to its test.

#pragma once

#include <chrono>
#include <memory>

#include "server/core/context.h"
#include "server/storage/sqlite/sqlite_database.h"
#include "tests/world/manual_clock.h"

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

class TestDatabase {
 public:
  TestDatabase() : database_(open()) {}

  [[nodiscard]] storage::Database& database() { return *database_; }

 private:
  static std::unique_ptr<storage::SqliteDatabase> open() {
    storage::SqliteSettings settings;
    settings.place = storage::SqliteSettings::Place::memory;
    settings.now = test_start;
    return storage::SqliteDatabase::open(settings).value();
  }

  std::unique_ptr<storage::SqliteDatabase> database_;
};

}  // namespace gatehouse::world
