// What the acts on directories share: finding the one, and the record and event they leave behind.

#pragma once

#include "server/audit/record.h"
#include "server/directories/directory.h"

namespace gatehouse::directories {

// Without secrets and role assignments. not_found: the organization has no such directory.
Result<Directory, Error> find_bare(storage::Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, DirectoryId id);

struct Act {
  audit::Event audited;
  std::string_view event;  // its type; empty: nobody is told
  const Directory& directory;
};
Result<Unit, Error> note_act(storage::Transaction& transaction, EnvironmentId environment,
                             const Context& context, Random& random, const Act& act);

}  // namespace gatehouse::directories
