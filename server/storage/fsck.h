// fsck: is the database itself in order? What the rows mean is checked by the modules that own
// them.

#pragma once

#include <string>
#include <vector>

#include "server/storage/open.h"

namespace gatehouse::storage {

struct Finding {
  std::string check;  // "integrity", "foreign_key", "schema", "constraint", "encoding", "collation"
  std::string detail;  // what is wrong and where; no values of rows
};

struct DatabaseCheck {
  std::vector<Finding> findings;   // an empty list is good news
  std::vector<std::string> notes;  // what could not be looked at, and why
};

// On SQLite every page and index is sound, and every foreign key points somewhere. On PostgreSQL
// every index and constraint is valid, texts are UTF-8 and compare by their bytes, and indices are
// sound if its extension amcheck is there to say so. Reads everything: give it a deadline to match.
Result<DatabaseCheck, Error> check_database(Database& database, Engine engine,
                                            const Context& context);

// The part of it that is SQLite's.
Result<std::vector<Finding>, Error> check_sqlite(Database& database, const Context& context);

// Everything of this program's schema is there: tables, columns, keys, indices. What there is
// beyond it is not looked at.
Result<std::vector<Finding>, Error> check_shape(Database& database, Engine engine,
                                                const Context& context);

}  // namespace gatehouse::storage
