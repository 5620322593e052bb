// What must hold across modules: the rows against the audit log, and the work of the jobs. For
// `gatehouse fsck`, see invariants.h.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::app {

// Nothing is there whose end stands in the audit log, and nothing began without standing there.
Result<std::vector<std::string>, Error> check_against_audit(storage::Transaction& transaction);

// Nothing is left of what had long expired when a server last sealed its audit log: whoever did
// that was also to remove it.
Result<std::vector<std::string>, Error> check_reclaimed(storage::Transaction& transaction);

}  // namespace gatehouse::app
