// What must hold of the stored roles and permissions, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::rbac {

// What does not hold, in plain words; empty if all is well. Reads every role and assignment.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::rbac
