// fsck: is the database itself in order? What the rows mean is checked by the modules that own
// them.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::storage {

struct Finding {
  std::string check;   // "integrity" or "foreign_key"
  std::string detail;  // what is wrong and where; no values of rows
};

// Checks every page, index and constraint of a SQLite database, and that every foreign key points
// somewhere. An empty list is good news. Reads everything: give it a deadline to match.
Result<std::vector<Finding>, Error> check_sqlite(Database& database, const Context& context);

}  // namespace gatehouse::storage
