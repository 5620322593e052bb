// What must hold of applications, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::applications {

// One default application per environment, at most two active secrets, public clients without
// secrets and with PKCE, redirect URIs that would be accepted today, rows that agree on their
// environment. Findings in plain words; empty means all is well.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::applications
