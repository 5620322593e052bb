#include "server/rbac/definition_store.h"

namespace gatehouse::rbac {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_environment_role_sql{
    "rbac.insert_environment_role",
    "INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, "
    "extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms) "
    "SELECT $1, $2, NULL, $3, $4, $5, NULL, $6, $7, $8, $8 "
    "WHERE (SELECT COUNT(*) FROM roles WHERE environment_id = $2 AND organization_id IS NULL) < $9 "
    "ON CONFLICT DO NOTHING"};

constexpr Sql insert_organization_role_sql{
    "rbac.insert_organization_role",
    "INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, "
    "extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms) "
    "SELECT $1, o.environment_id, o.id, $4, $5, $6, NULL, 0, 0, $7, $7 FROM organizations o "
    "WHERE o.environment_id = $2 AND o.id = $3 "
    "AND (SELECT COUNT(*) FROM roles WHERE organization_id = $3) < $8 "
    "ON CONFLICT DO NOTHING"};

constexpr Sql organization_exists_sql{
    "rbac.organization_exists",
    "SELECT 1 FROM organizations WHERE environment_id = $1 AND id = $2"};

constexpr Sql find_role_in_sql{"rbac.find_role_in",
                               "SELECT " GATEHOUSE_ROLE_COLUMNS " FROM " GATEHOUSE_ROLE_TABLES
                               " WHERE r.environment_id = $1 AND r.name = $3 "
                               "AND (r.organization_id IS NULL OR r.organization_id = $2) "
                               "ORDER BY r.organization_id IS NULL LIMIT 1"};

constexpr Sql find_role_by_id_sql{"rbac.find_role_by_id",
                                  "SELECT " GATEHOUSE_ROLE_COLUMNS " FROM " GATEHOUSE_ROLE_TABLES
                                  " WHERE r.environment_id = $1 AND r.id = $3 "
                                  "AND (r.organization_id IS NULL OR r.organization_id = $2)"};

constexpr Sql find_roles_in_sql{
    "rbac.find_roles_in",
    "SELECT " GATEHOUSE_ROLE_COLUMNS " FROM " GATEHOUSE_ROLE_TABLES
    " WHERE r.environment_id = $1 AND (r.organization_id IS NULL OR r.organization_id = $2) "
    "ORDER BY r.organization_id IS NOT NULL, r.created_at_ms, r.name LIMIT 2000"};

// Of one role, so there is nothing to count in an organization: $2 is always NULL.
constexpr Sql find_dependents_sql{
    "rbac.find_dependents",
    "SELECT " GATEHOUSE_ROLE_COLUMNS " FROM " GATEHOUSE_ROLE_TABLES
    " WHERE r.environment_id = $1 AND r.extends_id = $3 "
    "ORDER BY r.organization_id IS NOT NULL, r.created_at_ms, r.name LIMIT 2000"};

constexpr Sql update_texts_sql{"rbac.update_texts",
                               "UPDATE roles SET display_name = COALESCE($3, display_name), "
                               "description = COALESCE($4, description), updated_at_ms = $5 "
                               "WHERE environment_id = $1 AND id = $2"};

// Steps are counted, so that a circle which is there already comes to an end too. The chain through
// the role is: what stands below it, one step to the base, what stands above that.
constexpr Sql update_base_sql{
    "rbac.update_base",
    "WITH RECURSIVE above (id, base, steps) AS ("
    "SELECT id, extends_id, 0 FROM roles WHERE environment_id = $1 AND id = $3 "
    "UNION ALL "
    "SELECT r.id, r.extends_id, a.steps + 1 FROM above a JOIN roles r ON r.id = a.base "
    "WHERE a.steps <= $5), "
    "below (id, steps) AS ("
    "SELECT id, 0 FROM roles WHERE environment_id = $1 AND id = $2 "
    "UNION ALL "
    "SELECT r.id, b.steps + 1 FROM below b JOIN roles r ON r.extends_id = b.id "
    "WHERE b.steps <= $5) "
    "UPDATE roles SET extends_id = $3, updated_at_ms = $4 WHERE environment_id = $1 AND id = $2 "
    "AND NOT EXISTS (SELECT 1 FROM above WHERE above.id = $2) "
    "AND (SELECT MAX(steps) FROM above) + 1 + (SELECT MAX(steps) FROM below) <= $5"};

constexpr Sql clear_base_sql{"rbac.clear_base",
                             "UPDATE roles SET extends_id = NULL, updated_at_ms = $3 "
                             "WHERE environment_id = $1 AND id = $2 AND extends_id IS NOT NULL"};

constexpr Sql copy_members_sql{
    "rbac.copy_members",
    "INSERT INTO membership_roles (environment_id, organization_id, user_id, role_id) "
    "SELECT mr.environment_id, mr.organization_id, mr.user_id, $3 FROM membership_roles mr "
    "WHERE mr.environment_id = $1 AND mr.role_id = $2 "
    "ON CONFLICT (organization_id, user_id, role_id) DO NOTHING"};

constexpr Sql remove_members_sql{
    "rbac.remove_members",
    "DELETE FROM membership_roles WHERE environment_id = $1 AND role_id = $2"};

constexpr Sql delete_role_sql{
    "rbac.delete_role",
    "DELETE FROM roles WHERE environment_id = $1 AND id = $2 "
    "AND NOT (organization_id IS NULL AND (is_default_creator = 1 OR is_default_member = 1)) "
    "AND NOT EXISTS (SELECT 1 FROM membership_roles mr WHERE mr.role_id = $2) "
    "AND NOT EXISTS (SELECT 1 FROM roles c WHERE c.extends_id = $2)"};

// One default of each kind at any moment is a unique index: the old one goes first.
constexpr Sql clear_defaults_sql{
    "rbac.clear_defaults",
    "UPDATE roles SET is_default_creator = 0, is_default_member = 0 WHERE environment_id = $1 "
    "AND organization_id IS NULL AND (is_default_creator = 1 OR is_default_member = 1)"};

constexpr Sql set_defaults_sql{
    "rbac.set_defaults",
    "UPDATE roles SET is_default_creator = CASE WHEN id = $2 THEN 1 ELSE 0 END, "
    "is_default_member = CASE WHEN id = $3 THEN 1 ELSE 0 END, updated_at_ms = $4 "
    "WHERE environment_id = $1 AND organization_id IS NULL AND id IN ($2, $3)"};

constexpr Sql set_organization_default_sql{
    "rbac.set_organization_default",
    "INSERT INTO organization_default_roles (organization_id, environment_id, member_role_id) "
    "VALUES ($2, $1, $3) "
    "ON CONFLICT (organization_id) DO UPDATE SET member_role_id = excluded.member_role_id"};

constexpr Sql count_holders_sql{"rbac.count_holders",
                                "SELECT COUNT(DISTINCT user_id) FROM membership_roles "
                                "WHERE environment_id = $1 AND role_id = $3 "
                                "AND (CAST($2 AS BIGINT) IS NULL OR organization_id = $2)"};

}  // namespace

Result<bool, Error> insert_role(Transaction& transaction, EnvironmentId environment,
                                const Role& role, Instant now) {
  if (role.organization.has_value()) {
    const auto changed = TRY(transaction.execute(
        insert_organization_role_sql, {role.id, environment, *role.organization, role.name,
                                       role.display_name, role.description, now, roles_max}));
    return changed == 1;
  }
  const auto changed = TRY(transaction.execute(
      insert_environment_role_sql,
      {role.id, environment, role.name, role.display_name, role.description,
       role.is_default_creator ? 1 : 0, role.is_default_member ? 1 : 0, now, roles_max}));
  return changed == 1;
}

Result<bool, Error> organization_exists(Transaction& transaction, EnvironmentId environment,
                                        OrgId organization) {
  const auto found = TRY(transaction.find(organization_exists_sql, {environment, organization},
                                          [](const Row& row) { return row.integer(0); }));
  return found.has_value();
}

Result<std::optional<Role>, Error> find_role_in(Transaction& transaction, EnvironmentId environment,
                                                const RoleName& which) {
  return transaction.find(find_role_in_sql, {environment, which.organization, which.name}, role_of);
}

Result<std::optional<Role>, Error> find_role_by_id(Transaction& transaction,
                                                   EnvironmentId environment,
                                                   std::optional<OrgId> viewer, RoleId role) {
  return transaction.find(find_role_by_id_sql, {environment, viewer, role}, role_of);
}

Result<std::vector<Role>, Error> find_roles_in(Transaction& transaction, EnvironmentId environment,
                                               std::optional<OrgId> organization) {
  return transaction.list(find_roles_in_sql, {environment, organization}, role_of);
}

Result<std::vector<Role>, Error> find_dependents(Transaction& transaction,
                                                 EnvironmentId environment, RoleId role) {
  return transaction.list(find_dependents_sql, {environment, std::nullopt, role}, role_of);
}

Result<Unit, Error> update_texts(Transaction& transaction, EnvironmentId environment,
                                 const RoleTexts& texts) {
  TRY(transaction.execute(update_texts_sql, {environment, texts.role, texts.display_name,
                                             texts.description, texts.at}));
  return Unit{};
}

Result<bool, Error> update_base(Transaction& transaction, EnvironmentId environment,
                                const BaseChange& change) {
  const auto changed = TRY(transaction.execute(
      update_base_sql, {environment, change.role, change.base, change.at, extends_depth_max}));
  return changed == 1;
}

Result<bool, Error> clear_base(Transaction& transaction, EnvironmentId environment, RoleId role,
                               Instant at) {
  const auto changed = TRY(transaction.execute(clear_base_sql, {environment, role, at}));
  return changed == 1;
}

Result<Unit, Error> reassign_members(Transaction& transaction, EnvironmentId environment,
                                     const Reassignment& reassignment) {
  TRY(transaction.execute(copy_members_sql, {environment, reassignment.from, reassignment.to}));
  TRY(transaction.execute(remove_members_sql, {environment, reassignment.from}));
  return Unit{};
}

Result<bool, Error> delete_role_row(Transaction& transaction, EnvironmentId environment,
                                    RoleId role) {
  const auto changed = TRY(transaction.execute(delete_role_sql, {environment, role}));
  return changed == 1;
}

Result<Unit, Error> update_defaults(Transaction& transaction, EnvironmentId environment,
                                    const DefaultRoleIds& defaults) {
  TRY(transaction.execute(clear_defaults_sql, {environment}));
  TRY(transaction.execute(set_defaults_sql,
                          {environment, defaults.creator, defaults.member, defaults.at}));
  return Unit{};
}

Result<Unit, Error> update_organization_default(Transaction& transaction, EnvironmentId environment,
                                                OrgId organization, RoleId role) {
  TRY(transaction.execute(set_organization_default_sql, {environment, organization, role}));
  return Unit{};
}

Result<std::int64_t, Error> count_holders(Transaction& transaction, EnvironmentId environment,
                                          std::optional<OrgId> organization, RoleId role) {
  const auto found = TRY(transaction.find(count_holders_sql, {environment, organization, role},
                                          [](const Row& row) { return row.integer(0); }));
  return found.value_or(0);
}

}  // namespace gatehouse::rbac
