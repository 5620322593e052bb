#include "server/rbac/role_store.h"

#include <algorithm>

namespace gatehouse::rbac {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

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
    "SELECT r.id, r.name FROM organization_default_roles d "
    "JOIN roles r ON r.id = d.member_role_id AND r.environment_id = d.environment_id "
    "WHERE d.environment_id = $1 AND d.organization_id = $2 "
    "UNION ALL "
    "SELECT r.id, r.name FROM roles r WHERE r.environment_id = $1 AND r.organization_id IS NULL "
    "AND r.is_default_member = 1 AND NOT EXISTS (SELECT 1 FROM organization_default_roles d "
    "WHERE d.environment_id = $1 AND d.organization_id = $2)"};

constexpr Sql insert_membership_role_sql{
    "rbac.insert_membership_role",
    "INSERT INTO membership_roles (environment_id, organization_id, user_id, role_id) "
    "SELECT m.environment_id, m.organization_id, m.user_id, r.id FROM memberships m "
    "JOIN roles r ON r.environment_id = m.environment_id "
    "AND (r.organization_id IS NULL OR r.organization_id = m.organization_id) "
    "WHERE m.environment_id = $1 AND m.organization_id = $2 AND m.user_id = $3 AND r.id = $4 "
    "ON CONFLICT (organization_id, user_id, role_id) DO NOTHING"};

constexpr Sql delete_membership_roles_sql{
    "rbac.delete_membership_roles",
    "DELETE FROM membership_roles WHERE environment_id = $1 AND organization_id = $2 "
    "AND user_id = $3 AND role_id IN (SELECT r.id FROM roles r WHERE r.environment_id = $1 "
    "AND r.name = $4 AND (r.organization_id IS NULL OR r.organization_id = $2))"};

constexpr Sql delete_membership_role_sql{
    "rbac.delete_membership_role",
    "DELETE FROM membership_roles WHERE environment_id = $1 AND organization_id = $2 "
    "AND user_id = $3 AND role_id = $4"};

// Seen from no organization: $2 is always NULL.
constexpr Sql list_roles_sql{
    "rbac.list_roles",
    "SELECT " GATEHOUSE_ROLE_COLUMNS " FROM " GATEHOUSE_ROLE_TABLES
    " WHERE r.environment_id = $1 ORDER BY r.organization_id IS NOT NULL, r.name, r.id LIMIT 1000"};

constexpr Sql list_roles_of_member_sql{
    "rbac.list_roles_of_member",
    "SELECT " GATEHOUSE_ROLE_COLUMNS " FROM membership_roles mr CROSS JOIN " GATEHOUSE_ROLE_TABLES
    " WHERE r.id = mr.role_id AND mr.organization_id = $2 AND mr.user_id = $3 "
    "AND r.environment_id = $1 AND (r.organization_id IS NULL OR r.organization_id = $2) "
    "ORDER BY r.name, r.id"};

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

Role role_of(const Row& row) {
  return {.id = row.id<RoleId>(0),
          .organization = row.optional_id<OrgId>(1),
          .name = row.string(2),
          .display_name = row.string(3),
          .description = row.string(4),
          .extends = row.optional_string(5),
          .is_default_creator = row.integer(6) != 0,
          .is_default_member = row.integer(7) != 0,
          .dependents_count = row.integer(8)};
}

Result<std::optional<RoleId>, Error> find_role(Transaction& transaction, EnvironmentId environment,
                                               OrgId organization, std::string_view name) {
  return transaction.find(find_role_sql, {environment, organization, name},
                          [](const Row& row) { return row.id<RoleId>(0); });
}

Result<std::optional<RoleRef>, Error> find_default_role(Transaction& transaction,
                                                        EnvironmentId environment,
                                                        OrgId organization, DefaultRole which) {
  const auto map = [](const Row& row) {
    return RoleRef{.id = row.id<RoleId>(0), .name = row.string(1)};
  };
  if (which == DefaultRole::creator) {
    return transaction.find(find_default_creator_sql, {environment}, map);
  }
  return transaction.find(find_default_member_sql, {environment, organization}, map);
}

Result<bool, Error> insert_membership_role(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, UserId user, RoleId role) {
  const auto changed =
      TRY(transaction.execute(insert_membership_role_sql, {environment, organization, user, role}));
  return changed == 1;
}

Result<bool, Error> delete_membership_roles(Transaction& transaction, EnvironmentId environment,
                                            OrgId organization, UserId user,
                                            std::string_view role_name) {
  const auto changed = TRY(transaction.execute(delete_membership_roles_sql,
                                               {environment, organization, user, role_name}));
  return changed > 0;
}

Result<Unit, Error> delete_membership_role(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, UserId user, RoleId role) {
  return transaction.send(delete_membership_role_sql, {environment, organization, user, role});
}

Result<std::vector<Role>, Error> list_roles(Transaction& transaction, EnvironmentId environment) {
  return transaction.list(list_roles_sql, {environment, std::nullopt}, role_of);
}

Result<std::vector<Role>, Error> list_roles_of_member(Transaction& transaction,
                                                      EnvironmentId environment, OrgId organization,
                                                      UserId user) {
  return transaction.list(list_roles_of_member_sql, {environment, organization, user}, role_of);
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
