// What must hold of the stored directories, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::directories {

// What does not hold, in plain words; empty if all is well. Reads every member of every group.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::directories
