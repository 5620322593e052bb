// The statements behind the acts of definition.h.

#pragma once

#include "server/rbac/definition.h"
#include "server/rbac/role_store.h"

namespace gatehouse::rbac {

// Inserts a role without a base. False if its scope has one of that name, has as many roles as it
// may have, has another default of the kind, or is no organization of this environment.
Result<bool, Error> insert_role(storage::Transaction& transaction, EnvironmentId environment,
                                const Role& role, Instant now);
// False if there is no such organization in the environment.
Result<bool, Error> organization_exists(storage::Transaction& transaction,
                                        EnvironmentId environment, OrgId organization);

Result<std::optional<Role>, Error> find_role_in(storage::Transaction& transaction,
                                                EnvironmentId environment, const RoleName& which);
Result<std::optional<Role>, Error> find_role_by_id(storage::Transaction& transaction,
                                                   EnvironmentId environment,
                                                   std::optional<OrgId> viewer, RoleId role);
Result<std::vector<Role>, Error> find_roles_in(storage::Transaction& transaction,
                                               EnvironmentId environment,
                                               std::optional<OrgId> organization);
Result<std::vector<Role>, Error> find_dependents(storage::Transaction& transaction,
                                                 EnvironmentId environment, RoleId role);

struct RoleTexts {
  RoleId role;
  std::optional<std::string_view> display_name;
  std::optional<std::string_view> description;
  Instant at;
};
Result<Unit, Error> update_texts(storage::Transaction& transaction, EnvironmentId environment,
                                 const RoleTexts& texts);

struct BaseChange {
  RoleId role;
  RoleId base;
  Instant at;
};
// Makes `role` extend `base`, if no chain of roles becomes a circle or longer than
// `extends_depth_max` by it; one statement decides and acts. Both roles exist, and `base` is of the
// environment or of the role's organization; false then means circle or length.
Result<bool, Error> update_base(storage::Transaction& transaction, EnvironmentId environment,
                                const BaseChange& change);
// False if it extended nothing.
Result<bool, Error> clear_base(storage::Transaction& transaction, EnvironmentId environment,
                               RoleId role, Instant at);

struct Reassignment {
  RoleId from;
  RoleId to;
};
// Every member who has `from` has `to` instead.
Result<Unit, Error> reassign_members(storage::Transaction& transaction, EnvironmentId environment,
                                     const Reassignment& reassignment);
// False if a member has it, a role extends it, or it is a default of the environment.
Result<bool, Error> delete_role_row(storage::Transaction& transaction, EnvironmentId environment,
                                    RoleId role);

struct DefaultRoleIds {
  RoleId creator;
  RoleId member;
  Instant at;
};
Result<Unit, Error> update_defaults(storage::Transaction& transaction, EnvironmentId environment,
                                    const DefaultRoleIds& defaults);
Result<Unit, Error> update_organization_default(storage::Transaction& transaction,
                                                EnvironmentId environment, OrgId organization,
                                                RoleId role);

// People who have it; with an organization, there.
Result<std::int64_t, Error> count_holders(storage::Transaction& transaction,
                                          EnvironmentId environment,
                                          std::optional<OrgId> organization, RoleId role);

}  // namespace gatehouse::rbac
