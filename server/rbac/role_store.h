// The statements behind the acts of role.h.

#pragma once

#include "server/rbac/role.h"

namespace gatehouse::rbac {

// A role as assignments know it.
struct RoleRef {
  RoleId id;
  std::string name;
};

// The role of that name which members of the organization can have: its own, else the
// environment's.
Result<std::optional<RoleId>, Error> find_role(storage::Transaction& transaction,
                                               EnvironmentId environment, OrgId organization,
                                               std::string_view name);
Result<std::optional<RoleRef>, Error> find_default_role(storage::Transaction& transaction,
                                                        EnvironmentId environment,
                                                        OrgId organization, DefaultRole which);

// False if the member has the role already, or there is no such member.
Result<bool, Error> insert_membership_role(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           UserId user, RoleId role);
// False if the member had none of that name.
Result<bool, Error> delete_membership_roles(storage::Transaction& transaction,
                                            EnvironmentId environment, OrgId organization,
                                            UserId user, std::string_view role_name);
Result<Unit, Error> delete_membership_role(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           UserId user, RoleId role);

// A role from the columns of GATEHOUSE_ROLE_COLUMNS.
Role role_of(const storage::Row& row);

}  // namespace gatehouse::rbac

// With the role as "r", the one it extends as "b", and as "d" what an organization chose as
// default; $2 is that organization, or NULL: then dependents are counted in all organizations.
#define GATEHOUSE_ROLE_COLUMNS                                                         \
  "r.id, r.organization_id, r.name, r.display_name, r.description, b.name, "           \
  "r.is_default_creator, CASE WHEN d.member_role_id IS NULL THEN r.is_default_member " \
  "WHEN d.member_role_id = r.id THEN 1 ELSE 0 END, "                                   \
  "(SELECT COUNT(*) FROM roles c WHERE c.extends_id = r.id AND ($2 IS NULL "           \
  "OR c.organization_id IS NULL OR c.organization_id = $2))"
#define GATEHOUSE_ROLE_TABLES                         \
  "roles r LEFT JOIN roles b ON b.id = r.extends_id " \
  "LEFT JOIN organization_default_roles d ON d.organization_id = $2"
