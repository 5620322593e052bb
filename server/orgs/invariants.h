// What must hold of the stored organizations and memberships, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::orgs {

// What does not hold, in plain words; empty if all is well. Reads every membership.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::orgs
