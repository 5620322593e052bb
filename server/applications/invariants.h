// What must hold of applications, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::applications {

// One default application per environment, at most two active secrets, public clients without
// secrets and with PKCE, redirect URIs that would be accepted today, rows that agree on their
// environment; machine clients with one to five secrets whose owner is of their environment;
// resources, scopes and consents that belong together. Findings in plain words; empty means all is
// well.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction);

}  // namespace gatehouse::applications
