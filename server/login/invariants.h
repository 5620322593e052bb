// What must hold of the stored sign-ins under way and of one-time things, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::login {

// What does not hold, in plain words; empty if all is well.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::login
