#include "server/rbac/permission_store.h"

#include <limits>

#include "server/rbac/definition.h"

namespace gatehouse::rbac {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_permission_sql{
    "rbac.insert_permission",
    "INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms) "
    "SELECT $1, $2, $3, $4, $5, $5 "
    "WHERE (SELECT COUNT(*) FROM permissions WHERE environment_id = $2) < $6 "
    "ON CONFLICT DO NOTHING"};

constexpr Sql update_description_sql{
    "rbac.update_description",
    "UPDATE permissions SET description = $3, updated_at_ms = $4 "
    "WHERE environment_id = $1 AND name = $2 "
    "RETURNING id, name, description, created_at_ms, updated_at_ms"};

constexpr Sql delete_permission_sql{
    "rbac.delete_permission",
    "DELETE FROM permissions WHERE environment_id = $1 AND name = $2 "
    "RETURNING id, name, description, created_at_ms, updated_at_ms"};

constexpr Sql find_permission_sql{
    "rbac.find_permission",
    "SELECT id, name, description, created_at_ms, updated_at_ms FROM permissions "
    "WHERE environment_id = $1 AND name = $2"};

// $2: 0 any, 1 built-in, 2 an environment's own.
constexpr Sql older_permissions_sql{
    "rbac.older_permissions",
    "SELECT id, name, description, created_at_ms, updated_at_ms FROM permissions "
    "WHERE environment_id = $1 AND ($2 = 0 OR (name LIKE 'sk!_%' ESCAPE '!') = ($2 = 1)) "
    "AND id < $3 ORDER BY id DESC LIMIT $4"};

constexpr Sql newer_permissions_sql{
    "rbac.newer_permissions",
    "SELECT id, name, description, created_at_ms, updated_at_ms FROM permissions "
    "WHERE environment_id = $1 AND ($2 = 0 OR (name LIKE 'sk!_%' ESCAPE '!') = ($2 = 1)) "
    "AND id > $3 ORDER BY id ASC LIMIT $4"};

constexpr Sql count_permissions_sql{
    "rbac.count_permissions",
    "SELECT COUNT(*) FROM permissions "
    "WHERE environment_id = $1 AND ($2 = 0 OR (name LIKE 'sk!_%' ESCAPE '!') = ($2 = 1))"};

constexpr Sql insert_role_permission_sql{
    "rbac.insert_role_permission",
    "INSERT INTO role_permissions (environment_id, role_id, permission_id) "
    "SELECT r.environment_id, r.id, p.id FROM roles r "
    "JOIN permissions p ON p.environment_id = r.environment_id "
    "WHERE r.environment_id = $1 AND r.id = $2 AND p.name = $3 "
    "AND (SELECT COUNT(*) FROM role_permissions WHERE role_id = $2) < $4 "
    "ON CONFLICT (role_id, permission_id) DO NOTHING"};

constexpr Sql delete_role_permission_sql{
    "rbac.delete_role_permission",
    "DELETE FROM role_permissions "
    "WHERE environment_id = $1 AND role_id = $2 AND permission_id = $3"};

constexpr Sql delete_role_permissions_sql{
    "rbac.delete_role_permissions",
    "DELETE FROM role_permissions WHERE environment_id = $1 AND role_id = $2"};

constexpr Sql list_own_sql{
    "rbac.list_own_permissions",
    "SELECT r.id, p.id, p.name, p.description, p.created_at_ms, p.updated_at_ms, r.name "
    "FROM roles r JOIN role_permissions rp ON rp.role_id = r.id "
    "JOIN permissions p ON p.id = rp.permission_id "
    "WHERE r.environment_id = $1 AND (r.organization_id IS NULL OR r.organization_id = $2) "
    "AND (CAST($3 AS BIGINT) IS NULL OR r.id = $3) ORDER BY r.id, p.name"};

// Nearest first, where a role has a permission from several that it extends.
constexpr Sql list_effective_sql{
    "rbac.list_effective_permissions",
    "WITH RECURSIVE line (role, id, name, base, depth) AS ("
    "SELECT r.id, r.id, r.name, r.extends_id, 0 FROM roles r "
    "WHERE r.environment_id = $1 AND (r.organization_id IS NULL OR r.organization_id = $2) "
    "AND (CAST($3 AS BIGINT) IS NULL OR r.id = $3) "
    "UNION ALL "
    "SELECT l.role, b.id, b.name, b.extends_id, l.depth + 1 FROM line l "
    "JOIN roles b ON b.id = l.base WHERE l.depth < $4 AND b.environment_id = $1 "
    "AND (b.organization_id IS NULL OR b.organization_id = $2)) "
    "SELECT l.role, p.id, p.name, p.description, p.created_at_ms, p.updated_at_ms, l.name "
    "FROM line l JOIN role_permissions rp ON rp.role_id = l.id "
    "JOIN permissions p ON p.id = rp.permission_id ORDER BY l.role, p.name, l.depth"};

constexpr Sql list_of_member_sql{
    "rbac.list_permissions_of_member",
    "WITH RECURSIVE held (id, base, depth) AS ("
    "SELECT r.id, r.extends_id, 0 FROM membership_roles mr JOIN roles r ON r.id = mr.role_id "
    "WHERE mr.organization_id = $2 AND mr.user_id = $3 AND r.environment_id = $1 "
    "AND (r.organization_id IS NULL OR r.organization_id = $2) "
    "UNION ALL "
    "SELECT b.id, b.extends_id, h.depth + 1 FROM held h JOIN roles b ON b.id = h.base "
    "WHERE h.depth < $4 AND b.environment_id = $1 "
    "AND (b.organization_id IS NULL OR b.organization_id = $2)) "
    "SELECT DISTINCT p.id, p.name, p.description, p.created_at_ms, p.updated_at_ms FROM held h "
    "JOIN role_permissions rp ON rp.role_id = h.id "
    "JOIN permissions p ON p.id = rp.permission_id ORDER BY p.name"};

int kind_number(PermissionKind kind) {
  switch (kind) {
    case PermissionKind::any: return 0;
    case PermissionKind::built_in: return 1;
    case PermissionKind::own: return 2;
  }
  ensure_failed("kind_number: not a PermissionKind");
}

Permission permission_at(const Row& row, int column) {
  return {.id = row.id<PermissionId>(column),
          .name = row.string(column + 1),
          .description = row.string(column + 2),
          .created_at = row.instant(column + 3),
          .updated_at = row.instant(column + 4)};
}
Permission permission_of(const Row& row) { return permission_at(row, 0); }

}  // namespace

Result<bool, Error> insert_permission(Transaction& transaction, EnvironmentId environment,
                                      const Permission& permission) {
  const auto changed = TRY(transaction.execute(
      insert_permission_sql, {permission.id, environment, permission.name, permission.description,
                              permission.created_at, permissions_max}));
  return changed == 1;
}

Result<std::optional<Permission>, Error> update_description(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const DescriptionChange& change) {
  return transaction.find(update_description_sql,
                          {environment, change.name, change.description, change.at}, permission_of);
}

Result<std::optional<Permission>, Error> remove_permission_row(Transaction& transaction,
                                                               EnvironmentId environment,
                                                               std::string_view name) {
  return transaction.find(delete_permission_sql, {environment, name}, permission_of);
}

Result<std::optional<Permission>, Error> find_permission(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         std::string_view name) {
  return transaction.find(find_permission_sql, {environment, name}, permission_of);
}

Result<std::vector<Permission>, Error> find_permissions(Transaction& transaction,
                                                        EnvironmentId environment,
                                                        PermissionKind kind,
                                                        const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t end = is_older ? std::numeric_limits<std::int64_t>::max() : 0;
  return transaction.list(
      is_older ? older_permissions_sql : newer_permissions_sql,
      {environment, kind_number(kind), query.from.value_or(end), std::int64_t{query.limit} + 1},
      permission_of);
}

Result<std::int64_t, Error> count_permissions(Transaction& transaction, EnvironmentId environment,
                                              PermissionKind kind) {
  const auto found = TRY(transaction.find(count_permissions_sql, {environment, kind_number(kind)},
                                          [](const Row& row) { return row.integer(0); }));
  return found.value_or(0);
}

Result<bool, Error> insert_role_permission(Transaction& transaction, EnvironmentId environment,
                                           RoleId role, std::string_view permission_name) {
  const auto changed =
      TRY(transaction.execute(insert_role_permission_sql,
                              {environment, role, permission_name, permissions_of_role_max + 1}));
  return changed == 1;
}

Result<bool, Error> delete_role_permission(Transaction& transaction, EnvironmentId environment,
                                           RoleId role, PermissionId permission) {
  const auto changed =
      TRY(transaction.execute(delete_role_permission_sql, {environment, role, permission}));
  return changed == 1;
}

Result<Unit, Error> delete_role_permissions(Transaction& transaction, EnvironmentId environment,
                                            RoleId role) {
  TRY(transaction.execute(delete_role_permissions_sql, {environment, role}));
  return Unit{};
}

Result<std::vector<RolePermission>, Error> list_role_permissions(Transaction& transaction,
                                                                 EnvironmentId environment,
                                                                 const PermissionScope& scope) {
  std::vector<RolePermission> found;
  const auto keep = [&](const Row& row) {
    const auto role = row.id<RoleId>(0);
    if (!found.empty() && found.back().role == role &&
        found.back().permission.name == row.text(2)) {
      return;  // also from further away
    }
    found.push_back({.role = role, .permission = permission_at(row, 1), .from = row.string(6)});
  };
  if (scope.reach == Reach::own) {
    TRY(transaction.query(list_own_sql, {environment, scope.organization, scope.role}, keep));
  } else {
    TRY(transaction.query(list_effective_sql,
                          {environment, scope.organization, scope.role, extends_depth_max}, keep));
  }
  return found;
}

Result<std::vector<Permission>, Error> list_permissions_of_member(Transaction& transaction,
                                                                  EnvironmentId environment,
                                                                  OrgId organization, UserId user) {
  return transaction.list(list_of_member_sql, {environment, organization, user, extends_depth_max},
                          permission_of);
}

}  // namespace gatehouse::rbac
