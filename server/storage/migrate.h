// Migrations: the history of the schema, applied in order, forward only.
//
// Each is a file migrations/NNNN_name.sql, numbered 0001, 0002, … without a gap, embedded in the
// binary. An engine that needs other words has its own NNNN_name.<engine>.sql, which goes before
// the plain one. One migration is one transaction together with its row in schema_migrations, so a
// crash leaves it applied or not, and starting again goes on where it stopped.
//
// A file is never edited after a release: its SHA-256 is kept, and a database that was built from a
// different text is refused.
//
// A file from 0018 on begins with the line "-- compatible: yes" or "-- compatible: no": whether a
// program that does not know it works on what it leaves behind. That is kept in
// compatible_migrations, so that the release before runs on beside the new one while nodes are
// exchanged (docs/decisions/0012-rolling-upgrades.md). A database with a migration that is both
// unknown and not compatible is refused.

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
  // Whether programs that do not know it work on; `unsaid` is as good as no.
  enum class Compatible { yes, no, unsaid } compatible = Compatible::unsaid;
};

// The migrations among `files` for `engine`, in order. Errors: internal, if a name is not
// NNNN_name[.engine].sql, or a number is missing or taken twice.
Result<std::vector<Migration>, Error> migrations_for(std::string_view engine,
                                                     std::span<const EmbeddedFile> files);

// A row in schema_migrations that no program knows and none tolerates: it keeps every server off a
// database that is being filled, whatever its release. See table_copy.h.
inline constexpr std::int64_t unfinished_copy_number = 1'000'000;

// Brings the database up to date. Errors: failed_precondition if the database has a migration that
// is neither among `files` nor compatible, was built from a different text, or holds half of a
// copy; internal if a script fails; and the target's own.
Result<Unit, Error> migrate(MigrationTarget& target, std::span<const EmbeddedFile> files,
                            Instant now);

// Whether the database has every migration among `files` for `engine`, and nothing that this
// program cannot work on. Reads only. Errors: failed_precondition, as above or because some are
// missing.
Result<Unit, Error> check_schema(Transaction& transaction, std::string_view engine,
                                 std::span<const EmbeddedFile> files);

}  // namespace gatehouse::storage
