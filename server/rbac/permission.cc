// The acts of permissions.

#include "server/rbac/permission.h"

#include "server/rbac/definition_store.h"
#include "server/rbac/permission_store.h"
#include "server/rbac/text_rules.h"
#include "server/rbac/told.h"

namespace gatehouse::rbac {
namespace {

using storage::Transaction;

Error built_in() {
  return refusal(ErrorCode::failed_precondition, "a built-in permission cannot be changed");
}

Result<Role, Error> environment_role(Transaction& transaction, EnvironmentId environment,
                                     std::string_view name) {
  return get_role(transaction, environment,
                  {.organization = std::nullopt, .name = std::string(name)});
}

Result<std::vector<Permission>, Error> permissions_of(Transaction& transaction,
                                                      EnvironmentId environment, RoleId role,
                                                      Reach reach) {
  auto found = TRY(list_role_permissions(transaction, environment, {.role = role, .reach = reach}));
  std::vector<Permission> permissions;
  permissions.reserve(found.size());
  for (RolePermission& each : found) permissions.push_back(std::move(each.permission));
  return permissions;
}

}  // namespace

Result<Permission, Error> create_permission(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, Random& random,
                                            const PermissionText& wanted) {
  TRY(check_permission_name(wanted.name, "permission.name"));
  TRY(check_description(wanted.description, "permission.description"));
  Permission permission{.id = PermissionId::make(random, context.now),
                        .name = wanted.name,
                        .description = wanted.description,
                        .created_at = context.now,
                        .updated_at = context.now};
  if (permission.is_built_in()) {
    return refusal(ErrorCode::invalid_argument, "names that begin with sk_ are reserved",
                   "permission.name");
  }
  if (!TRY(insert_permission(transaction, environment, permission))) {
    if (TRY(find_permission(transaction, environment, wanted.name)).has_value()) {
      return name_taken("permission", "permission.name");
    }
    return refusal(ErrorCode::resource_exhausted, "the environment has too many permissions");
  }
  TRY(tell_of_permission(transaction, environment, context, random, permission, Happened::created));
  return permission;
}

Result<Permission, Error> update_permission(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, Random& random,
                                            const PermissionText& wanted) {
  TRY(check_description(wanted.description, "permission.description"));
  const auto changed = TRY(update_description(
      transaction, environment,
      {.name = wanted.name, .description = wanted.description, .at = context.now}));
  if (!changed.has_value()) return not_found("permission");
  if (changed->is_built_in()) return built_in();
  TRY(tell_of_permission(transaction, environment, context, random, *changed, Happened::updated));
  return *changed;
}

Result<Unit, Error> delete_permission(Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      std::string_view name) {
  const auto removed = TRY(remove_permission_row(transaction, environment, name));
  if (!removed.has_value()) return not_found("permission");
  if (removed->is_built_in()) return built_in();
  return tell_of_permission(transaction, environment, context, random, *removed, Happened::deleted);
}

Result<std::vector<Permission>, Error> add_permissions(Transaction& transaction,
                                                       EnvironmentId environment,
                                                       const Context& context, Random& random,
                                                       const RoleGrant& grant) {
  for (const std::string& name : grant.permission_names) {
    TRY(check_permission_name(name, "permission_names"));
  }
  const Role role = TRY(environment_role(transaction, environment, grant.role_name));
  std::string added;
  for (const std::string& name : grant.permission_names) {
    if (TRY(insert_role_permission(transaction, environment, role.id, name))) added += " " + name;
  }
  auto held = TRY(permissions_of(transaction, environment, role.id, Reach::own));
  if (held.size() > permissions_of_role_max) {
    return refusal(ErrorCode::resource_exhausted, "a role has at most 100 permissions");
  }
  if (!added.empty()) {
    TRY(tell_of_role(transaction, environment, context, random, role, Happened::updated,
                     "permissions added:" + added));
  }
  return held;
}

Result<Unit, Error> remove_permission(Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      const RolePermissionName& which) {
  const Role role = TRY(environment_role(transaction, environment, which.role_name));
  const auto permission = TRY(find_permission(transaction, environment, which.permission_name));
  if (!permission.has_value()) return not_found("permission");
  if (!TRY(delete_role_permission(transaction, environment, role.id, permission->id))) {
    return refusal(ErrorCode::not_found, "permission not found in this role");
  }
  return tell_of_role(transaction, environment, context, random, role, Happened::updated,
                      "permission removed: " + permission->name);
}

Result<Permission, Error> get_permission(Transaction& transaction, EnvironmentId environment,
                                         std::string_view name) {
  auto found = TRY(find_permission(transaction, environment, name));
  if (!found.has_value()) return not_found("permission");
  return *std::move(found);
}

Result<Page<Permission>, Error> list_permissions(Transaction& transaction,
                                                 EnvironmentId environment, PermissionKind kind,
                                                 const PageQuery& query) {
  auto found = TRY(find_permissions(transaction, environment, kind, query));
  auto page = make_page(query, std::move(found),
                        [](const Permission& permission) { return permission.id.number(); });
  page.total = TRY(count_permissions(transaction, environment, kind));
  return page;
}

Result<std::vector<Permission>, Error> list_permissions_of(Transaction& transaction,
                                                           EnvironmentId environment,
                                                           std::string_view role_name,
                                                           Reach reach) {
  const Role role = TRY(environment_role(transaction, environment, role_name));
  return permissions_of(transaction, environment, role.id, reach);
}

}  // namespace gatehouse::rbac
