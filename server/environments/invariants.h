// What must hold of environments, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::environments {

// Base URLs are in their one form and allowed for their kind, settings can be read and are within
// their bounds, there is a configuration version. Findings in plain words; empty means all is well.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::environments
