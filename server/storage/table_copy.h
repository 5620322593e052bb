// Every row of one database put into another, of the same engine or not, and a digest of a table
// that is the same wherever its rows are the same. Which tables and columns there are, the database
// itself says.

#pragma once

#include <string>
#include <vector>

#include "server/storage/table_statements.h"

namespace gatehouse::storage {

struct CopySide {
  Database& database;
  Engine engine;
};

enum class CopyTarget {
  empty,            // no schema, or no environment
  unfinished_copy,  // what an earlier copy left when it was interrupted
  filled,
};
Result<CopyTarget, Error> look_at_target(const CopySide& target, const Context& context);

// Called with how many rows more are done.
using Advance = FunctionRef<void(std::int64_t rows)>;

struct TableDigest {
  std::string table;
  std::int64_t rows = 0;
  std::string digest;  // SHA-256 over every row in the order of the key, in hexadecimal

  bool operator==(const TableDigest&) const = default;
};
// Of every table that holds data, in the order of the catalog.
Result<std::vector<TableDigest>, Error> digest_tables(const CopySide& side,
                                                      TableStatements& statements,
                                                      const Context& context, Advance advance);

struct CopyOrder {
  CopySide from;
  CopySide to;
  std::string_view source_name;  // kept in the target while the copy is under way; no password
};
// How many rows there are to copy. Errors: failed_precondition if the two have not the same tables,
// columns and migrations.
Result<std::int64_t, Error> prepare_copy(const CopyOrder& order, TableStatements& statements,
                                         const Context& context);
// Removes what the target has and copies every table, those that others point to first, some
// hundred rows a transaction. Until finish_copy() no server and no command starts on the target,
// whatever its release. Can be repeated after any interruption.
Result<Unit, Error> copy_tables(const CopyOrder& order, TableStatements& statements,
                                const Context& context, Advance advance);
// For when the digests agree.
Result<Unit, Error> finish_copy(const CopySide& target, const Context& context);

}  // namespace gatehouse::storage
