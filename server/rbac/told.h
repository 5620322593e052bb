// What the log and the listeners are told of a change of roles or permissions.

#pragma once

#include "server/audit/record.h"
#include "server/rbac/permission.h"

namespace gatehouse::rbac {

enum class Happened { created, updated, deleted };

// Audit record and event "role.…", in the caller's transaction. `role` is as it is afterwards, or
// was last; `detail` is for the audit record.
Result<Unit, Error> tell_of_role(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, const Role& role,
                                 Happened happened, std::string_view detail = {});
// The same for "permission.…".
Result<Unit, Error> tell_of_permission(storage::Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       const Permission& permission, Happened happened);

}  // namespace gatehouse::rbac
