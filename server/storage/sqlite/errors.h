// What SQLite's result codes mean to the rest of the program. Private to the driver.

#pragma once

#include <sqlite3.h>

#include <string_view>

#include "server/core/error.h"

namespace gatehouse::storage {

// The code that callers see for an extended result code of SQLite.
[[nodiscard]] ErrorCode error_code_of(int sqlite_code);

// The error for `sqlite_code`, which `connection` (may be null) has just returned while `doing` it.
// The detail names tables and columns, never values.
[[nodiscard]] Error sqlite_error(sqlite3* connection, int sqlite_code, std::string_view doing,
                                 SourceLocation where = SourceLocation::current());

}  // namespace gatehouse::storage
