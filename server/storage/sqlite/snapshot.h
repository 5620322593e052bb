// A copy of a SQLite database as it is at one moment, made while others read and write it. Writers
// do not wait for it; what they write meanwhile stays in the WAL until it is done.

#pragma once

#include <string>

#include "server/core/error.h"
#include "server/core/function_ref.h"
#include "server/core/result.h"

namespace gatehouse::storage {

// Writes the database file `from`, compacted, to the new file `to`, of mode 0600, and syncs it.
// `advance` hears now and then how much is done, from 0 to 1. What was written of a failed copy is
// removed. Errors: already_exists if `to` is there, which is left alone; not_found, unavailable,
// internal (not a database, damaged).
Result<Unit, Error> snapshot_sqlite(const std::string& from, const std::string& to,
                                    FunctionRef<void(double part)> advance);

}  // namespace gatehouse::storage
