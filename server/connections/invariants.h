// What must hold of the stored connections, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::connections {

// What does not hold, in plain words; empty if all is well. Reads every connection.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::connections
