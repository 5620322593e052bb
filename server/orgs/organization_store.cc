#include "server/orgs/organization_store.h"

#include <algorithm>
#include <limits>

namespace gatehouse::orgs {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr int list_rows_max = 500;

#define GATEHOUSE_ORGANIZATION_COLUMNS \
  "id, environment_id, display_name, external_id, slug, created_at_ms, updated_at_ms"

constexpr Sql insert_sql{
    "orgs.insert",
    "INSERT INTO organizations (id, environment_id, display_name, external_id, slug, metadata, "
    "created_at_ms, updated_at_ms) VALUES ($1, $2, $3, $4, $5, '{}', $6, $6) "
    "ON CONFLICT DO NOTHING"};

constexpr Sql find_sql{"orgs.find", "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
                                    " FROM organizations WHERE environment_id = $1 AND id = $2"};

constexpr Sql list_sql{"orgs.list", "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
                                    " FROM organizations WHERE environment_id = $1 AND id < $2 "
                                    "ORDER BY id DESC LIMIT $3"};

constexpr Sql update_name_sql{"orgs.update_display_name",
                              "UPDATE organizations SET display_name = $3, updated_at_ms = $4 "
                              "WHERE environment_id = $1 AND id = $2"};

constexpr Sql delete_sql{"orgs.delete",
                         "DELETE FROM organizations WHERE environment_id = $1 AND id = $2"};

Organization organization_from_row(const Row& row) {
  return {.id = row.id<OrgId>(0),
          .environment = row.id<EnvironmentId>(1),
          .display_name = row.string(2),
          .external_id = row.optional_string(3),
          .slug = row.optional_string(4),
          .created_at = row.instant(5),
          .updated_at = row.instant(6)};
}

}  // namespace

Result<bool, Error> insert_organization(Transaction& transaction, EnvironmentId environment,
                                        const Organization& organization) {
  const auto changed = TRY(transaction.execute(
      insert_sql, {organization.id, environment, organization.display_name,
                   organization.external_id, organization.slug, organization.created_at}));
  return changed == 1;
}

Result<bool, Error> update_display_name(Transaction& transaction, EnvironmentId environment,
                                        OrgId organization, std::string_view cleaned, Instant now) {
  const auto changed =
      TRY(transaction.execute(update_name_sql, {environment, organization, cleaned, now}));
  return changed == 1;
}

Result<bool, Error> delete_row(Transaction& transaction, EnvironmentId environment,
                               OrgId organization) {
  return TRY(transaction.execute(delete_sql, {environment, organization})) == 1;
}

Result<std::optional<Organization>, Error> find_organization(Transaction& transaction,
                                                             EnvironmentId environment,
                                                             OrgId organization) {
  return transaction.find(find_sql, {environment, organization}, organization_from_row);
}

Result<std::vector<Organization>, Error> list_organizations(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            std::optional<OrgId> before,
                                                            int limit) {
  const std::int64_t below =
      before.has_value() ? before->number() : std::numeric_limits<std::int64_t>::max();
  return transaction.list(list_sql, {environment, below, std::clamp(limit, 1, list_rows_max)},
                          organization_from_row);
}

}  // namespace gatehouse::orgs
