// Migrations: the history of the schema, applied in order, forward only.
//
// Each is a file migrations/NNNN_name.sql, numbered 0001, 0002, … without a gap, embedded in the
// binary. An engine that needs other words has its own NNNN_name.<engine>.sql, which goes before
// the plain one. One migration is one transaction together with its row in schema_migrations, so a
// crash leaves it applied or not, and starting again goes on where it stopped.
//
// A file is never edited after a release: its SHA-256 is kept, and a database that was built from a
// different text is refused, as is one from a newer binary.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/embedded.h"
#include "server/storage/database.h"

namespace gatehouse::storage {

// The folder migrations/, as built into the binary.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

// What a driver offers to migrate().
class MigrationTarget {
 public:
  virtual ~MigrationTarget() = default;
  [[nodiscard]] virtual std::string_view engine() const = 0;  // "sqlite"
  // Runs `work` in one read-write transaction that excludes other processes' migrations from its
  // start; commits durably if `work` succeeds.
  virtual Result<Unit, Error> in_transaction(
      FunctionRef<Result<Unit, Error>(Transaction&)> work) = 0;
  // Runs a text of several statements, inside in_transaction() only.
  virtual Result<Unit, Error> run_script(std::string_view script) = 0;
};

struct Migration {
  std::int64_t number;
  std::string name;      // "one_time"
  std::string checksum;  // SHA-256 of the file in hexadecimal
  std::string script;
};

// The migrations among `files` for `engine`, in order. Errors: internal, if a name is not
// NNNN_name[.engine].sql, or a number is missing or taken twice.
Result<std::vector<Migration>, Error> migrations_for(std::string_view engine,
                                                     std::span<const EmbeddedFile> files);

// Brings the database up to date. Errors: failed_precondition if the database is newer than
// `files`, or was built from a different text; internal if a script fails; and the target's own.
Result<Unit, Error> migrate(MigrationTarget& target, std::span<const EmbeddedFile> files,
                            Instant now);

}  // namespace gatehouse::storage
