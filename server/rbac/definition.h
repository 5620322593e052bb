// Making, changing and deleting roles: of the environment, and of an organization.

#pragma once

#include "server/rbac/permission.h"

namespace gatehouse::rbac {

inline constexpr std::size_t role_display_name_characters_max = 100;
inline constexpr int roles_max = 1000;  // of the environment, and of each organization

// Which role is meant. With an organization: reading finds what members there can have, its own
// roles and the environment's; changing finds its own alone. Without: roles of the environment.
struct RoleName {
  std::optional<OrgId> organization;
  std::string name;
};

struct NewRole {
  std::optional<OrgId> organization = std::nullopt;
  std::string name;
  std::string display_name;
  std::string description = {};
  std::optional<std::string> extends = std::nullopt;
  std::vector<std::string> permissions = {};
};

struct RoleChange {  // what is absent stays
  std::optional<std::string> display_name = std::nullopt;
  std::optional<std::string> description = std::nullopt;
  std::optional<std::string> extends = std::nullopt;
  std::vector<std::string> permissions = {};  // replaces the role's own; empty: stays
};

// Acts, each audited and told as an event. Errors: invalid_argument (a name of letters, digits and
// "_", at most 64; a display name of at most 100 characters; a name that is taken; more than 100
// permissions; a role that would extend itself, or others over more than `extends_depth_max`
// steps), not_found (organization, role, base role, permission), resource_exhausted.
Result<Role, Error> create_role(storage::Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, const NewRole& wanted);
Result<Role, Error> update_role(storage::Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, const RoleName& which,
                                const RoleChange& change);
// The role extends nothing from now on; idempotent. Errors: not_found.
Result<Unit, Error> remove_base(storage::Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, const RoleName& which);
// Whoever has the role has `reassign_to` instead (a name, or an id as printed); without that,
// nobody may have it. An organization that chose it as its default follows the environment again.
// Errors: not_found, failed_precondition (members have it; other roles extend it; it is a default
// of the environment), invalid_argument (reassigned to itself).
struct RoleDeletion {
  RoleName which;
  std::optional<std::string> reassign_to = std::nullopt;
};
Result<Unit, Error> delete_role(storage::Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random,
                                const RoleDeletion& deletion);

// Which roles of the environment are given unasked; names, or ids as printed. Errors: not_found.
struct DefaultNames {
  std::string creator;
  std::string member;
};
struct DefaultRoles {
  Role creator;
  Role member;
};
Result<DefaultRoles, Error> set_default_roles(storage::Transaction& transaction,
                                              EnvironmentId environment, const Context& context,
                                              Random& random, const DefaultNames& names);
// Which role joins with a member of the organization: one of its own, or of the environment.
Result<Role, Error> set_default_role(storage::Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, const Context& context, Random& random,
                                     std::string_view name);

// Reading. Errors: not_found (organization, role).
Result<Role, Error> get_role(storage::Transaction& transaction, EnvironmentId environment,
                             const RoleName& which);
// In order of their making, roles of the environment first. With an organization: both kinds.
Result<std::vector<Role>, Error> list_roles_in(storage::Transaction& transaction,
                                               EnvironmentId environment,
                                               std::optional<OrgId> organization);
// Roles that extend a role of the environment directly, those of organizations too.
Result<std::vector<Role>, Error> list_dependents(storage::Transaction& transaction,
                                                 EnvironmentId environment, std::string_view name);
// How many people have it: with an organization, there.
Result<std::int64_t, Error> count_users(storage::Transaction& transaction,
                                        EnvironmentId environment, const RoleName& which);

// The permissions of the roles in reach of `scope`: of `role` alone where it is given, else of all
// that list_roles_in finds. By role, then by name.
struct PermissionScope {
  std::optional<OrgId> organization = std::nullopt;
  std::optional<RoleId> role = std::nullopt;
  Reach reach = Reach::own;
};
Result<std::vector<RolePermission>, Error> list_role_permissions(storage::Transaction& transaction,
                                                                 EnvironmentId environment,
                                                                 const PermissionScope& scope);

}  // namespace gatehouse::rbac
