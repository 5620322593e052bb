// The statements behind the acts of permission.h.

#pragma once

#include "server/rbac/permission.h"

namespace gatehouse::rbac {

// False if the environment has a permission of that name, or as many as it may have.
Result<bool, Error> insert_permission(storage::Transaction& transaction, EnvironmentId environment,
                                      const Permission& permission);
// The permission as it is then; nothing if there is none of that name.
struct DescriptionChange {
  std::string_view name;
  std::string_view description;
  Instant at;
};
Result<std::optional<Permission>, Error> update_description(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const DescriptionChange& change);
// The permission as it was.
Result<std::optional<Permission>, Error> remove_permission_row(storage::Transaction& transaction,
                                                               EnvironmentId environment,
                                                               std::string_view name);
Result<std::optional<Permission>, Error> find_permission(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         std::string_view name);
// At most `limit + 1`, as make_page takes them.
Result<std::vector<Permission>, Error> find_permissions(storage::Transaction& transaction,
                                                        EnvironmentId environment,
                                                        PermissionKind kind,
                                                        const PageQuery& query);
Result<std::int64_t, Error> count_permissions(storage::Transaction& transaction,
                                              EnvironmentId environment, PermissionKind kind);

// False if the role has it already or there is none of that name; or if the role has one more than
// `permissions_of_role_max`, which is for the caller to notice and undo.
Result<bool, Error> insert_role_permission(storage::Transaction& transaction,
                                           EnvironmentId environment, RoleId role,
                                           std::string_view permission_name);
// False if the role does not have it.
Result<bool, Error> delete_role_permission(storage::Transaction& transaction,
                                           EnvironmentId environment, RoleId role,
                                           PermissionId permission);
Result<Unit, Error> delete_role_permissions(storage::Transaction& transaction,
                                            EnvironmentId environment, RoleId role);

}  // namespace gatehouse::rbac
