#include "server/members/import_store.h"

namespace gatehouse::members {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql find_target_sql{"members.find_import_target",
                              "SELECT id, COALESCE(max_allowed_users, 0) FROM organizations "
                              "WHERE environment_id = $1 AND id = $2"};
constexpr Sql find_target_by_external_id_sql{
    "members.find_import_target_by_external_id",
    "SELECT id, COALESCE(max_allowed_users, 0) FROM organizations "
    "WHERE environment_id = $1 AND external_id = $2"};

constexpr Sql insert_member_sql{
    "members.insert_imported",
    "INSERT INTO memberships (environment_id, organization_id, user_id, status, provisioning, "
    "metadata, created_at_ms, updated_at_ms) "
    "VALUES ($1, $2, $3, 'ACTIVE', 'direct_provision', '{}', $4, $4) "
    "ON CONFLICT (organization_id, user_id) DO NOTHING"};
constexpr Sql insert_role_sql{
    "members.insert_imported_role",
    "INSERT INTO membership_roles (environment_id, organization_id, user_id, role_id) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (organization_id, user_id, role_id) DO NOTHING"};

ImportTarget target_of(const Row& row) {
  return {.organization = row.id<OrgId>(0), .is_limited = row.integer(1) != 0};
}

}  // namespace

Result<std::optional<ImportTarget>, Error> find_target(Transaction& transaction,
                                                       EnvironmentId environment,
                                                       OrgId organization) {
  return transaction.find(find_target_sql, {environment, organization}, target_of);
}

Result<std::optional<ImportTarget>, Error> find_target_by_external_id(
    Transaction& transaction, EnvironmentId environment, std::string_view external_id) {
  return transaction.find(find_target_by_external_id_sql, {environment, external_id}, target_of);
}

Result<bool, Error> insert_imported_member(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, UserId user, Instant now) {
  return TRY(transaction.execute(insert_member_sql, {environment, organization, user, now})) == 1;
}

Result<Unit, Error> insert_imported_role(Transaction& transaction, EnvironmentId environment,
                                         OrgId organization, UserId user, RoleId role) {
  TRY(transaction.execute(insert_role_sql, {environment, organization, user, role}));
  return Unit{};
}

}  // namespace gatehouse::members
