// Which roles the groups of a directory bring with them.

#include "server/directories/directory_act.h"
#include "server/directories/directory_store.h"

namespace gatehouse::directories {

using storage::Transaction;

Result<Unit, Error> assign_roles(Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, const Context& context, Random& random,
                                 DirectoryId id, const std::vector<WantedRole>& wanted) {
  const Directory directory = TRY(find_bare(transaction, environment, organization, id));
  if (wanted.size() > role_assignments_max) {
    return refusal(ErrorCode::invalid_argument, "a directory has at most 200 role assignments",
                   "role_assignments.assignments");
  }
  TRY(remove_assignments(transaction, environment, id));
  int position = 0;
  for (const WantedRole& assignment : wanted) {
    const std::optional<RoleId> role =
        TRY(find_role(transaction, environment, organization, assignment.role_name));
    if (!role.has_value() || (assignment.role.has_value() && assignment.role != role)) {
      return refusal(ErrorCode::not_found, "role not found",
                     "role_assignments.assignments.role_name");
    }
    const NewAssignment next{.group = assignment.group, .role = *role, .position = position++};
    if (!TRY(insert_assignment(transaction, environment, id, next))) {
      return refusal(ErrorCode::not_found, "directory group not found",
                     "role_assignments.assignments.group_id");
    }
  }
  return note_act(transaction, environment, context, random,
                  {audit::Event::directory_updated, "", directory});
}

}  // namespace gatehouse::directories
