// What must hold of the stored API tokens, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::api_tokens {

// What does not hold, in plain words; empty if all is well. Reads every token.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::api_tokens
