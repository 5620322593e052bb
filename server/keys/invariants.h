// What must hold of an environment's signing keys, for `gatehouse fsck`.

#pragma once

#include <string>
#include <vector>

#include "server/crypto/seal.h"
#include "server/storage/database.h"

namespace gatehouse::keys {

// RS256 has a current and a next key, and so has every other algorithm that has one of them; every
// key opens and is the one that its row shows; no retired key goes before its tokens do, or stays
// much longer. Findings in plain words; empty means all is well.
Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         const crypto::SealingKey& sealing_key,
                                                         Instant now);

}  // namespace gatehouse::keys
