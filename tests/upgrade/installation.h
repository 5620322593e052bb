// An installation of a released schema, on the engine that the tests run on, and what may happen to
// it while it is brought up to date.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/storage/catalog.h"
#include "server/storage/sqlite/scratch_folder.h"
#include "tests/world/test_database.h"

namespace gatehouse::upgrade {

inline constexpr std::size_t released_migrations = 17;  // of release 0.1

class Installation {
 public:
  Installation();  // without any table
  explicit Installation(storage::Engine engine);
  explicit Installation(storage::Location location);

  [[nodiscard]] const storage::Location& location() const { return location_; }
  [[nodiscard]] storage::Engine engine() const { return location_.engine(); }
  // With the schema of the first `count` migrations of this program.
  [[nodiscard]] Result<std::unique_ptr<storage::Database>, Error> open(std::size_t count) const;
  [[nodiscard]] Result<std::unique_ptr<storage::Database>, Error> open_newest() const;
  // Runs a file of statements past the product.
  void load(const std::string& path) const;

  // A process of its own runs migration `number`, and kills itself when `statements` statements of
  // it are done. False if the migration has fewer.
  [[nodiscard]] bool migrate_and_die(std::size_t number, std::size_t statements) const;

 private:
  storage::ScratchFolder folder_ = storage::ScratchFolder::make().value();
  std::optional<world::EmptyPostgres> postgres_;
  storage::Location location_;
};

// This program's migrations as files, the first `count` of them.
[[nodiscard]] std::vector<EmbeddedFile> files_up_to(std::size_t count);
[[nodiscard]] std::size_t newest_migration();
// The statements of a migration, one by one.
[[nodiscard]] std::vector<std::string> statements_of(std::string_view script);

}  // namespace gatehouse::upgrade
