#include "server/environments/environment_store.h"

namespace gatehouse::environments {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql insert_environment_sql{
    "environments.insert",
    "INSERT INTO environments (id, name, kind, base_url, settings, created_at_ms, updated_at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"};

constexpr Sql update_base_url_sql{
    "environments.update_base_url",
    "UPDATE environments SET base_url = $2, updated_at_ms = $3 WHERE id = $1 AND NOT EXISTS"
    " (SELECT 1 FROM environments AS other WHERE other.base_url = $2 AND other.id <> $1)"};

constexpr Sql update_settings_sql{
    "environments.update_settings",
    "UPDATE environments SET settings = $2, updated_at_ms = $3 WHERE id = $1"};

constexpr Sql find_environment_sql{
    "environments.find",
    "SELECT id, name, kind, base_url, settings, created_at_ms, updated_at_ms FROM environments"
    " WHERE id = $1"};

constexpr Sql list_environments_sql{
    "environments.list",
    "SELECT id, name, kind, base_url, settings, created_at_ms, updated_at_ms FROM environments"
    " ORDER BY id"};

constexpr Sql find_version_sql{"environments.find_configuration_version",
                               "SELECT version FROM configuration_version WHERE id = 1"};

constexpr Sql increment_version_sql{
    "environments.increment_configuration_version",
    "UPDATE configuration_version SET version = version + 1 WHERE id = 1"};

EnvironmentRow row_of(const Row& row) {
  return {.id = row.id<EnvironmentId>(0),
          .name = row.string(1),
          .kind = row.string(2),
          .base_url = row.string(3),
          .settings = row.string(4),
          .created_at = row.instant(5),
          .updated_at = row.instant(6)};
}

}  // namespace

Result<bool, Error> insert_environment(storage::Transaction& transaction, EnvironmentId environment,
                                       const EnvironmentRow& row) {
  return TRY(transaction.execute(insert_environment_sql,
                                 {environment, row.name, row.kind, row.base_url, row.settings,
                                  row.created_at, row.updated_at})) == 1;
}

Result<bool, Error> update_base_url(storage::Transaction& transaction, EnvironmentId environment,
                                    std::string_view base_url, Instant now) {
  return TRY(transaction.execute(update_base_url_sql, {environment, base_url, now})) == 1;
}

Result<bool, Error> update_settings(storage::Transaction& transaction, EnvironmentId environment,
                                    std::string_view settings_json, Instant now) {
  return TRY(transaction.execute(update_settings_sql, {environment, settings_json, now})) == 1;
}

Result<std::optional<EnvironmentRow>, Error> find_environment_row(storage::Transaction& transaction,
                                                                  EnvironmentId environment) {
  return transaction.find(find_environment_sql, {environment}, row_of);
}

Result<std::vector<EnvironmentRow>, Error> list_environment_rows(
    storage::Transaction& transaction) {
  return transaction.list(list_environments_sql, {}, row_of);
}

Result<std::optional<std::int64_t>, Error> find_configuration_version(
    storage::Transaction& transaction) {
  return transaction.find(find_version_sql, {}, [](const Row& row) { return row.integer(0); });
}

Result<bool, Error> increment_configuration_version(storage::Transaction& transaction) {
  return TRY(transaction.execute(increment_version_sql, {})) == 1;
}

}  // namespace gatehouse::environments
