// What must hold of the stored sessions, refresh families and logouts, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::sessions {

// What does not hold, in plain words; empty if all is well. Reads every session and family.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::sessions
