#include "server/rbac/role_store.h"

#include <algorithm>

namespace gatehouse::rbac {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_permission_sql{
    "rbac.insert_permission",
    "INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING"};

constexpr Sql insert_role_sql{
    "rbac.insert_role",
    "INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, "
    "extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms) "
    "VALUES ($1, $2, NULL, $3, $4, $5, NULL, $6, $7, $8, $8) ON CONFLICT DO NOTHING"};

constexpr Sql insert_role_permission_sql{
    "rbac.insert_role_permission",
    "INSERT INTO role_permissions (environment_id, role_id, permission_id) "
    "SELECT r.environment_id, r.id, p.id FROM roles r "
    "JOIN permissions p ON p.environment_id = r.environment_id "
    "WHERE r.environment_id = $1 AND r.id = $2 AND p.name = $3 "
    "ON CONFLICT (role_id, permission_id) DO NOTHING"};

constexpr Sql find_role_sql{"rbac.find_role",
                            "SELECT id FROM roles WHERE environment_id = $1 AND name = $3 "
                            "AND (organization_id = $2 OR organization_id IS NULL) "
                            "ORDER BY organization_id IS NULL LIMIT 1"};

constexpr Sql find_default_creator_sql{
    "rbac.find_default_creator",
    "SELECT id, name FROM roles "
    "WHERE environment_id = $1 AND organization_id IS NULL AND is_default_creator = 1"};

constexpr Sql find_default_member_sql{
    "rbac.find_default_member",
    "SELECT id, name FROM roles "
    "WHERE environment_id = $1 AND organization_id IS NULL AND is_default_member = 1"};

constexpr Sql insert_membership_role_sql{
    "rbac.insert_membership_role",
    "INSERT INTO membership_roles (environment_id, organization_id, user_id, role_id) "
    "SELECT m.environment_id, m.organization_id, m.user_id, r.id FROM memberships m "
    "JOIN roles r ON r.environment_id = m.environment_id "
    "AND (r.organization_id IS NULL OR r.organization_id = m.organization_id) "
    "WHERE m.environment_id = $1 AND m.organization_id = $2 AND m.user_id = $3 AND r.id = $4 "
    "ON CONFLICT (organization_id, user_id, role_id) DO NOTHING"};

constexpr Sql delete_membership_role_sql{
    "rbac.delete_membership_role",
    "DELETE FROM membership_roles WHERE environment_id = $1 AND organization_id = $2 "
    "AND user_id = $3 AND role_id = $4"};

constexpr Sql list_roles_sql{
    "rbac.list_roles",
    "SELECT r.id, r.organization_id, r.name, r.display_name, r.description, b.name, "
    "r.is_default_creator, r.is_default_member "
    "FROM roles r LEFT JOIN roles b ON b.id = r.extends_id "
    "WHERE r.environment_id = $1 ORDER BY r.organization_id IS NOT NULL, r.name, r.id LIMIT 1000"};

// Most roles extend nothing, and then this is all there is to read: every sign-in and refresh does.
constexpr Sql load_grants_sql{
    "rbac.load_grants",
    "SELECT r.name, p.name, r.extends_id FROM memberships m "
    "JOIN membership_roles mr "
    "ON mr.organization_id = m.organization_id AND mr.user_id = m.user_id "
    "JOIN roles r ON r.id = mr.role_id "
    "LEFT JOIN role_permissions rp ON rp.role_id = r.id "
    "LEFT JOIN permissions p ON p.id = rp.permission_id "
    "WHERE m.environment_id = $1 AND m.organization_id = $2 AND m.user_id = $3 "
    "AND m.status = 'ACTIVE' AND r.environment_id = $1 "
    "AND (r.organization_id IS NULL OR r.organization_id = $2)"};

// The permissions of what a member's roles extend. The steps are counted, so a circle of roles
// comes to an end like any long chain.
constexpr Sql load_inherited_sql{
    "rbac.load_inherited",
    "WITH RECURSIVE held (id, base, depth) AS ("
    "SELECT r.id, r.extends_id, 0 FROM memberships m "
    "JOIN membership_roles mr "
    "ON mr.organization_id = m.organization_id AND mr.user_id = m.user_id "
    "JOIN roles r ON r.id = mr.role_id "
    "WHERE m.environment_id = $1 AND m.organization_id = $2 AND m.user_id = $3 "
    "AND m.status = 'ACTIVE' AND r.environment_id = $1 "
    "AND (r.organization_id IS NULL OR r.organization_id = $2) "
    "UNION ALL "
    "SELECT b.id, b.extends_id, h.depth + 1 FROM held h JOIN roles b ON b.id = h.base "
    "WHERE h.depth < $4 AND b.environment_id = $1 "
    "AND (b.organization_id IS NULL OR b.organization_id = $2)) "
    "SELECT DISTINCT p.name FROM held h "
    "JOIN role_permissions rp ON rp.role_id = h.id "
    "JOIN permissions p ON p.id = rp.permission_id WHERE h.depth > 0"};

void sort_and_unite(std::vector<std::string>& names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

Result<bool, Error> insert_permission(Transaction& transaction, EnvironmentId environment,
                                      const NewPermission& permission, Instant now) {
  const auto changed =
      TRY(transaction.execute(insert_permission_sql, {permission.id, environment, permission.name,
                                                      permission.description, now}));
  return changed == 1;
}

Result<bool, Error> insert_role(Transaction& transaction, EnvironmentId environment,
                                const Role& role, Instant now) {
  const auto changed = TRY(transaction.execute(
      insert_role_sql, {role.id, environment, role.name, role.display_name, role.description,
                        role.is_default_creator ? 1 : 0, role.is_default_member ? 1 : 0, now}));
  return changed == 1;
}

Result<Unit, Error> insert_role_permission(Transaction& transaction, EnvironmentId environment,
                                           RoleId role, std::string_view permission_name) {
  TRY(transaction.execute(insert_role_permission_sql, {environment, role, permission_name}));
  return Unit{};
}

Result<std::optional<RoleId>, Error> find_role(Transaction& transaction, EnvironmentId environment,
                                               OrgId organization, std::string_view name) {
  return transaction.find(find_role_sql, {environment, organization, name},
                          [](const Row& row) { return row.id<RoleId>(0); });
}

Result<std::optional<DefaultRoleRow>, Error> find_default_role(Transaction& transaction,
                                                               EnvironmentId environment,
                                                               DefaultRole which) {
  return transaction.find(
      which == DefaultRole::creator ? find_default_creator_sql : find_default_member_sql,
      {environment}, [](const Row& row) {
        return DefaultRoleRow{.id = row.id<RoleId>(0), .name = row.string(1)};
      });
}

Result<bool, Error> insert_membership_role(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, UserId user, RoleId role) {
  const auto changed =
      TRY(transaction.execute(insert_membership_role_sql, {environment, organization, user, role}));
  return changed == 1;
}

Result<bool, Error> delete_membership_role(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, UserId user, RoleId role) {
  const auto changed =
      TRY(transaction.execute(delete_membership_role_sql, {environment, organization, user, role}));
  return changed == 1;
}

Result<std::vector<Role>, Error> list_roles(Transaction& transaction, EnvironmentId environment) {
  return transaction.list(list_roles_sql, {environment}, [](const Row& row) {
    return Role{.id = row.id<RoleId>(0),
                .organization = row.optional_id<OrgId>(1),
                .name = row.string(2),
                .display_name = row.string(3),
                .description = row.string(4),
                .extends = row.optional_string(5),
                .is_default_creator = row.integer(6) != 0,
                .is_default_member = row.integer(7) != 0};
  });
}

Result<Grants, Error> load_grants(Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, UserId user) {
  Grants grants;
  bool has_bases = false;
  TRY(transaction.query(load_grants_sql, {environment, organization, user}, [&](const Row& row) {
    const std::string_view role = row.text(0);  // repeated for each of its permissions
    if (grants.roles.empty() || grants.roles.back() != role) grants.roles.emplace_back(role);
    if (!row.is_null(1)) grants.permissions.push_back(row.string(1));
    has_bases = has_bases || !row.is_null(2);
  }));
  if (has_bases) {
    TRY(transaction.query(load_inherited_sql, {environment, organization, user, extends_depth_max},
                          [&](const Row& row) { grants.permissions.push_back(row.string(0)); }));
  }
  sort_and_unite(grants.roles);
  sort_and_unite(grants.permissions);
  return grants;
}

}  // namespace gatehouse::rbac
