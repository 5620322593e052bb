// The statements behind the acts of role.h.

#pragma once

#include "server/rbac/role.h"

namespace gatehouse::rbac {

struct NewPermission {
  PermissionId id;
  std::string_view name;
  std::string_view description;
};
// False if the environment has a permission of that name.
Result<bool, Error> insert_permission(storage::Transaction& transaction, EnvironmentId environment,
                                      const NewPermission& permission, Instant now);

// Inserts a role of the environment. False if it has one of that name, or another default of the
// kind.
Result<bool, Error> insert_role(storage::Transaction& transaction, EnvironmentId environment,
                                const Role& role, Instant now);
Result<Unit, Error> insert_role_permission(storage::Transaction& transaction,
                                           EnvironmentId environment, RoleId role,
                                           std::string_view permission_name);

// The role of that name which members of the organization can have: its own, else the
// environment's.
Result<std::optional<RoleId>, Error> find_role(storage::Transaction& transaction,
                                               EnvironmentId environment, OrgId organization,
                                               std::string_view name);
struct DefaultRoleRow {
  RoleId id;
  std::string name;
};
Result<std::optional<DefaultRoleRow>, Error> find_default_role(storage::Transaction& transaction,
                                                               EnvironmentId environment,
                                                               DefaultRole which);

// False if the member has the role already, or there is no such member.
Result<bool, Error> insert_membership_role(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           UserId user, RoleId role);
// False if the member did not have it.
Result<bool, Error> delete_membership_role(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           UserId user, RoleId role);

}  // namespace gatehouse::rbac
