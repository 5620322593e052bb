// A backup of the embedded database: a file that is itself a SQLite database, with one table more,
// the manifest, which says what the rest of it must be.

#pragma once

#include <string>

#include "server/storage/table_copy.h"

namespace gatehouse::storage {

struct BackupManifest {
  std::int64_t migration = 0;  // the schema's
  Instant taken_at;
  std::string program;  // the version that made it
  std::int64_t rows = 0;
  std::string digest;  // SHA-256 over the digests of all tables, in hexadecimal
};

// Writes the manifest into a fresh copy of a database. Errors: failed_precondition if the
// copy is not sound.
Result<BackupManifest, Error> seal_backup(Database& copy, TableStatements& statements,
                                          const Context& context, std::string_view program,
                                          Advance advance);
// Reads it, and compares it with what the file holds. Errors: failed_precondition if the file is no
// backup, is damaged, or was changed.
Result<BackupManifest, Error> verify_backup(Database& copy, TableStatements& statements,
                                            const Context& context, Advance advance);
// From then on the file is a database like any other.
Result<Unit, Error> remove_manifest(Database& copy, const Context& context);

}  // namespace gatehouse::storage
