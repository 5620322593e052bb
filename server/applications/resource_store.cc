#include "server/applications/resource_store.h"

#include <limits>

namespace gatehouse::applications {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql insert_sql{
    "resources.insert",
    "INSERT INTO resources (environment_id, id, type, name, description, uri, identifier, logo_uri,"
    " provider, authorize_uri, access_token_lifetime_s, refresh_token_lifetime_s,"
    " allow_registration, allow_metadata_documents, allow_cross_app_access, limit_to_permissions,"
    " created_at_ms, updated_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
    " $14, $15, $16, $17, $17) ON CONFLICT DO NOTHING"};

// A name that another resource has keeps the row as it is.
constexpr Sql update_sql{
    "resources.update",
    "UPDATE resources SET name = $3, description = $4, uri = $5, identifier = $6, logo_uri = $7,"
    " provider = $8, authorize_uri = $9, access_token_lifetime_s = $10,"
    " refresh_token_lifetime_s = $11, allow_registration = $12, allow_metadata_documents = $13,"
    " allow_cross_app_access = $14, limit_to_permissions = $15, updated_at_ms = $16"
    " WHERE environment_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM resources AS other"
    " WHERE other.environment_id = $1 AND other.id <> $2"
    " AND (other.uri = $5 OR other.identifier = $6))"};

constexpr Sql remove_sql{"resources.remove",
                         "DELETE FROM resources WHERE environment_id = $1 AND id = $2"};

constexpr Sql find_sql{
    "resources.find",
    "SELECT id, type, name, description, uri, identifier, logo_uri, provider, authorize_uri,"
    " access_token_lifetime_s, refresh_token_lifetime_s, allow_registration,"
    " allow_metadata_documents, allow_cross_app_access, limit_to_permissions, created_at_ms,"
    " updated_at_ms FROM resources WHERE environment_id = $1 AND id = $2"};

constexpr Sql list_older_sql{
    "resources.list_older",
    "SELECT id, type, name, description, uri, identifier, logo_uri, provider, authorize_uri,"
    " access_token_lifetime_s, refresh_token_lifetime_s, allow_registration,"
    " allow_metadata_documents, allow_cross_app_access, limit_to_permissions, created_at_ms,"
    " updated_at_ms FROM resources WHERE environment_id = $1 AND type = $2 AND id < $3"
    " ORDER BY id DESC LIMIT $4"};

constexpr Sql list_newer_sql{
    "resources.list_newer",
    "SELECT id, type, name, description, uri, identifier, logo_uri, provider, authorize_uri,"
    " access_token_lifetime_s, refresh_token_lifetime_s, allow_registration,"
    " allow_metadata_documents, allow_cross_app_access, limit_to_permissions, created_at_ms,"
    " updated_at_ms FROM resources WHERE environment_id = $1 AND type = $2 AND id > $3"
    " ORDER BY id LIMIT $4"};

constexpr Sql count_sql{"resources.count",
                        "SELECT count(*) FROM resources WHERE environment_id = $1 AND type = $2"};

std::optional<std::int64_t> whole_seconds(const std::optional<Duration>& duration) {
  if (!duration.has_value()) return std::nullopt;
  return std::chrono::duration_cast<seconds>(*duration).count();
}

std::optional<Duration> optional_seconds(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Duration(seconds(row.integer(column)));
}

// tidy: allow bool-parameter: it turns a flag of the type into the column's integer
std::int64_t flag(bool value) { return value ? 1 : 0; }

Resource resource_of(const Row& row, EnvironmentId environment) {
  const auto type = parse_resource_type(row.text(1));
  ENSURE(type.has_value());  // the table has a CHECK
  return {.id = row.id<ResourceId>(0),
          .environment = environment,
          .type = *type,
          .name = row.string(2),
          .description = row.string(3),
          .uri = row.optional_string(4),
          .identifier = row.optional_string(5),
          .logo_uri = row.string(6),
          .provider = row.string(7),
          .authorize_uri = row.string(8),
          .access_token_lifetime = optional_seconds(row, 9),
          .refresh_token_lifetime = optional_seconds(row, 10),
          .allow_registration = row.integer(11) != 0,
          .allow_metadata_documents = row.integer(12) != 0,
          .allow_cross_app_access = row.integer(13) != 0,
          .limit_to_permissions = row.integer(14) != 0,
          .created_at = row.instant(15),
          .updated_at = row.instant(16),
          .scopes = {}};
}

}  // namespace

Result<bool, Error> insert_resource(storage::Transaction& transaction, EnvironmentId environment,
                                    const Resource& resource) {
  return TRY(transaction.execute(
             insert_sql,
             {environment, resource.id, resource_type_name(resource.type), resource.name,
              resource.description, resource.uri, resource.identifier, resource.logo_uri,
              resource.provider, resource.authorize_uri,
              whole_seconds(resource.access_token_lifetime),
              whole_seconds(resource.refresh_token_lifetime), flag(resource.allow_registration),
              flag(resource.allow_metadata_documents), flag(resource.allow_cross_app_access),
              flag(resource.limit_to_permissions), resource.created_at})) == 1;
}

Result<bool, Error> update_resource_row(storage::Transaction& transaction,
                                        EnvironmentId environment, const Resource& resource) {
  return TRY(transaction.execute(
             update_sql,
             {environment, resource.id, resource.name, resource.description, resource.uri,
              resource.identifier, resource.logo_uri, resource.provider, resource.authorize_uri,
              whole_seconds(resource.access_token_lifetime),
              whole_seconds(resource.refresh_token_lifetime), flag(resource.allow_registration),
              flag(resource.allow_metadata_documents), flag(resource.allow_cross_app_access),
              flag(resource.limit_to_permissions), resource.updated_at})) == 1;
}

Result<bool, Error> remove_resource(storage::Transaction& transaction, EnvironmentId environment,
                                    ResourceId resource) {
  return TRY(transaction.execute(remove_sql, {environment, resource})) == 1;
}

Result<std::optional<Resource>, Error> find_resource(storage::Transaction& transaction,
                                                     EnvironmentId environment,
                                                     ResourceId resource) {
  return transaction.find(find_sql, {environment, resource},
                          [environment](const Row& row) { return resource_of(row, environment); });
}

Result<std::vector<Resource>, Error> list_resource_rows(storage::Transaction& transaction,
                                                        EnvironmentId environment,
                                                        Resource::Type type,
                                                        const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t from =
      query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  return transaction.list(is_older ? list_older_sql : list_newer_sql,
                          {environment, resource_type_name(type), from, query.limit + 1},
                          [environment](const Row& row) { return resource_of(row, environment); });
}

Result<std::int64_t, Error> count_resources(storage::Transaction& transaction,
                                            EnvironmentId environment, Resource::Type type) {
  const auto count = TRY(transaction.find(count_sql, {environment, resource_type_name(type)},
                                          [](const Row& row) { return row.integer(0); }));
  return count.value_or(0);
}

}  // namespace gatehouse::applications
