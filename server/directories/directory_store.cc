#include "server/directories/directory_store.h"

#include "server/core/limits.h"
#include "server/directories/stored_lists.h"

namespace gatehouse::directories {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_sql{
    "directories.insert",
    "INSERT INTO directories (id, environment_id, organization_id, name, type, provider, status, "
    "enabled, attribute_mappings, tracked_groups, last_synced_at_ms, created_at_ms, updated_at_ms) "
    "SELECT $3, o.environment_id, o.id, $4, $5, $6, $7, $8, '[]', '[]', NULL, $9, $9 "
    "FROM organizations o WHERE o.environment_id = $1 AND o.id = $2 "
    "AND (SELECT COUNT(*) FROM directories d WHERE d.organization_id = o.id) < $10"};

constexpr Sql select_sql{
    "directories.list",
    "SELECT d.id, d.environment_id, d.organization_id, d.name, d.type, d.provider, d.status, "
    "d.enabled, d.attribute_mappings, d.tracked_groups, d.last_synced_at_ms, d.created_at_ms, "
    "d.updated_at_ms, "
    "(SELECT COUNT(*) FROM directory_users u WHERE u.directory_id = d.id), "
    "(SELECT COUNT(*) FROM directory_groups g WHERE g.directory_id = d.id), "
    "(SELECT MAX(u.updated_at_ms) FROM directory_users u WHERE u.directory_id = d.id), "
    "(SELECT MAX(g.updated_at_ms) FROM directory_groups g WHERE g.directory_id = d.id) "
    "FROM directories d WHERE d.environment_id = $1 AND d.organization_id = $2 "
    "AND ($3 = 0 OR d.id = $3) ORDER BY d.enabled DESC, d.id"};

constexpr Sql update_sql{
    "directories.update",
    "UPDATE directories SET name = $3, provider = $4, attribute_mappings = $5, "
    "tracked_groups = $6, updated_at_ms = $7 WHERE environment_id = $1 AND id = $2"};
constexpr Sql enable_sql{"directories.enable",
                         "UPDATE directories SET enabled = 1, updated_at_ms = $3 "
                         "WHERE environment_id = $1 AND id = $2 AND enabled = 0 "
                         "AND status = 'COMPLETED'"};
constexpr Sql disable_sql{"directories.disable",
                          "UPDATE directories SET enabled = 0, updated_at_ms = $3 "
                          "WHERE environment_id = $1 AND id = $2 AND enabled = 1"};
constexpr Sql remove_sql{
    "directories.remove",
    "DELETE FROM directories WHERE environment_id = $1 AND id = $2 AND enabled = 0"};

constexpr Sql insert_secret_sql{
    "directories.insert_secret",
    "INSERT INTO directory_secrets (id, environment_id, directory_id, hash, suffix, "
    "created_at_ms, last_used_at_ms) SELECT $3, d.environment_id, d.id, $4, $5, $6, NULL "
    "FROM directories d WHERE d.environment_id = $1 AND d.id = $2 "
    "AND (SELECT COUNT(*) FROM directory_secrets s WHERE s.directory_id = d.id) < $7"};
constexpr Sql remove_secrets_sql{
    "directories.remove_secrets",
    "DELETE FROM directory_secrets WHERE environment_id = $1 AND directory_id = $2"};
constexpr Sql select_secrets_sql{
    "directories.list_secrets",
    "SELECT s.id, s.directory_id, s.suffix, s.created_at_ms, s.last_used_at_ms "
    "FROM directories d JOIN directory_secrets s ON s.directory_id = d.id "
    "WHERE d.environment_id = $1 AND d.organization_id = $2 ORDER BY s.id"};

constexpr Sql select_assignments_sql{
    "directories.list_assignments",
    "SELECT g.directory_id, a.group_id, a.role_id, r.name FROM directories d "
    "JOIN directory_groups g ON g.directory_id = d.id "
    "JOIN directory_role_assignments a ON a.group_id = g.id JOIN roles r ON r.id = a.role_id "
    "WHERE d.environment_id = $1 AND d.organization_id = $2 ORDER BY a.position, a.role_id"};
constexpr Sql remove_assignments_sql{
    "directories.remove_assignments",
    "DELETE FROM directory_role_assignments WHERE environment_id = $1 AND group_id IN "
    "(SELECT id FROM directory_groups WHERE directory_id = $2)"};
constexpr Sql find_role_sql{"directories.find_role",
                            "SELECT id FROM roles WHERE environment_id = $1 AND name = $3 "
                            "AND (organization_id IS NULL OR organization_id = $2) "
                            "ORDER BY COALESCE(organization_id, 0) DESC LIMIT 1"};
constexpr Sql insert_assignment_sql{
    "directories.insert_assignment",
    "INSERT INTO directory_role_assignments (group_id, role_id, environment_id, position) "
    "SELECT g.id, $4, g.environment_id, $5 FROM directory_groups g "
    "WHERE g.environment_id = $1 AND g.directory_id = $2 AND g.id = $3 "
    "ON CONFLICT (group_id, role_id) DO UPDATE SET position = excluded.position"};

Directory directory_from_row(const Row& row) {
  return {.id = row.id<DirectoryId>(0),
          .environment = row.id<EnvironmentId>(1),
          .organization = row.id<OrgId>(2),
          .name = row.string(3),
          .type = directory_types.stored(row.text(4)),
          .provider = provider_names.stored(row.text(5)),
          .status = status_names.stored(row.text(6)),
          .is_enabled = row.integer(7) != 0,
          .attribute_mappings = mappings_from_json(row.text(8)),
          .tracked_groups = groups_from_json(row.text(9)),
          .last_synced_at = row.optional_instant(10),
          .created_at = row.instant(11),
          .updated_at = row.instant(12),
          .stats = {.users = row.integer(13),
                    .groups = row.integer(14),
                    .user_updated_at = row.optional_instant(15),
                    .group_updated_at = row.optional_instant(16)}};
}

}  // namespace

Result<bool, Error> insert_directory(Transaction& transaction, EnvironmentId environment,
                                     const Directory& directory) {
  const auto changed = TRY(transaction.execute(
      insert_sql, {environment, directory.organization, directory.id, directory.name,
                   directory_types.name(directory.type), provider_names.name(directory.provider),
                   status_names.name(directory.status), int{directory.is_enabled},
                   directory.created_at, limits::directories_per_organization_max}));
  return changed == 1;
}

Result<std::vector<Directory>, Error> select_directories(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization,
                                                         std::optional<DirectoryId> id) {
  return transaction.list(select_sql,
                          {environment, organization, id.has_value() ? id->number() : 0},
                          directory_from_row);
}

Result<Unit, Error> update_directory(Transaction& transaction, EnvironmentId environment,
                                     const Directory& directory) {
  TRY(transaction.execute(
      update_sql,
      {environment, directory.id, directory.name, provider_names.name(directory.provider),
       mappings_to_json(directory.attribute_mappings), groups_to_json(directory.tracked_groups),
       directory.updated_at}));
  return Unit{};
}

Result<bool, Error> set_enabled(Transaction& transaction, EnvironmentId environment, DirectoryId id,
                                Instant now) {
  return TRY(transaction.execute(enable_sql, {environment, id, now})) == 1;
}

Result<bool, Error> set_disabled(Transaction& transaction, EnvironmentId environment,
                                 DirectoryId id, Instant now) {
  return TRY(transaction.execute(disable_sql, {environment, id, now})) == 1;
}

Result<bool, Error> remove_disabled(Transaction& transaction, EnvironmentId environment,
                                    DirectoryId id) {
  return TRY(transaction.execute(remove_sql, {environment, id})) == 1;
}

Result<bool, Error> insert_secret(Transaction& transaction, EnvironmentId environment,
                                  const DirectorySecret& secret, std::string_view hash) {
  const auto changed = TRY(transaction.execute(
      insert_secret_sql, {environment, secret.directory, secret.id, storage::Blob{hash},
                          secret.suffix, secret.created_at, directory_secrets_max}));
  return changed == 1;
}

Result<Unit, Error> remove_secrets(Transaction& transaction, EnvironmentId environment,
                                   DirectoryId id) {
  TRY(transaction.execute(remove_secrets_sql, {environment, id}));
  return Unit{};
}

Result<std::vector<DirectorySecret>, Error> select_secrets(Transaction& transaction,
                                                           EnvironmentId environment,
                                                           OrgId organization) {
  return transaction.list(select_secrets_sql, {environment, organization}, [](const Row& row) {
    return DirectorySecret{.id = row.id<DirectorySecretId>(0),
                           .directory = row.id<DirectoryId>(1),
                           .suffix = row.string(2),
                           .created_at = row.instant(3),
                           .last_used_at = row.optional_instant(4)};
  });
}

Result<std::vector<AssignedRole>, Error> select_assignments(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            OrgId organization) {
  return transaction.list(select_assignments_sql, {environment, organization}, [](const Row& row) {
    return AssignedRole{.directory = row.id<DirectoryId>(0),
                        .assignment = {.group = row.id<DirectoryGroupId>(1),
                                       .role = row.id<RoleId>(2),
                                       .role_name = row.string(3)}};
  });
}

Result<Unit, Error> remove_assignments(Transaction& transaction, EnvironmentId environment,
                                       DirectoryId id) {
  TRY(transaction.execute(remove_assignments_sql, {environment, id}));
  return Unit{};
}

Result<std::optional<RoleId>, Error> find_role(Transaction& transaction, EnvironmentId environment,
                                               OrgId organization, std::string_view name) {
  return transaction.find(find_role_sql, {environment, organization, name},
                          [](const Row& row) { return row.id<RoleId>(0); });
}

Result<bool, Error> insert_assignment(Transaction& transaction, EnvironmentId environment,
                                      DirectoryId id, const NewAssignment& wanted) {
  const auto changed = TRY(transaction.execute(
      insert_assignment_sql, {environment, id, wanted.group, wanted.role, wanted.position}));
  return changed == 1;
}

}  // namespace gatehouse::directories
