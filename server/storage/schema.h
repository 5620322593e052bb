// What has been applied to a database so far, for reports.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::storage {

struct AppliedMigration {
  std::int64_t number;
  std::string name;
  Instant applied_at;
};
// In order.
Result<std::vector<AppliedMigration>, Error> list_applied_migrations(Transaction& transaction);

}  // namespace gatehouse::storage
