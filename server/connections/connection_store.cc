#include "server/connections/connection_store.h"

#include "server/core/limits.h"
#include "server/encoding/json.h"
#include "server/orgs/domain_store.h"

namespace gatehouse::connections {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

#define GATEHOUSE_CONNECTION_COLUMNS                                                            \
  "id, environment_id, organization_id, type, provider, provider_key, key_id, status, "         \
  "enabled, debug_enabled, is_login, is_app, ui_button_title, configuration_type, "             \
  "configuration, attribute_mapping, sealed_client_secret, client_secret_hint, created_at_ms, " \
  "updated_at_ms"

// The environment's own connections have no organization: number 0 stands for it.
constexpr Sql insert_sql{
    "connections.insert",
    "INSERT INTO connections (" GATEHOUSE_CONNECTION_COLUMNS
    ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10, '', $11, $12, '{}', NULL, '', $13, "
    "$13 WHERE ($14 = 0 OR EXISTS (SELECT 1 FROM organizations WHERE environment_id = $2 "
    "AND id = $14)) AND ($14 = 0 OR (SELECT COUNT(*) FROM connections WHERE organization_id = $14) "
    "< $15) ON CONFLICT DO NOTHING"};

constexpr Sql find_sql{"connections.find",
                       "SELECT " GATEHOUSE_CONNECTION_COLUMNS
                       " FROM connections WHERE environment_id = $1 AND id = $2 "
                       "AND COALESCE(organization_id, 0) = $3"};

constexpr Sql find_by_id_sql{"connections.find_by_id",
                             "SELECT " GATEHOUSE_CONNECTION_COLUMNS
                             " FROM connections WHERE environment_id = $1 AND id = $2"};

constexpr Sql update_sql{
    "connections.update",
    "UPDATE connections SET provider = $3, provider_key = $4, key_id = $5, status = $6, "
    "debug_enabled = $7, ui_button_title = $8, configuration_type = $9, configuration = $10, "
    "attribute_mapping = $11, sealed_client_secret = $12, client_secret_hint = $13, "
    "updated_at_ms = $14 WHERE environment_id = $1 AND id = $2 AND NOT EXISTS ("
    "SELECT 1 FROM connections other WHERE other.environment_id = $1 AND other.id <> $2 "
    "AND COALESCE(other.organization_id, 0) = $15 AND other.key_id = $5)"};

constexpr Sql enable_sql{"connections.enable",
                         "UPDATE connections SET enabled = 1, updated_at_ms = $3 "
                         "WHERE environment_id = $1 AND id = $2 AND enabled = 0 "
                         "AND status = 'COMPLETED'"};
constexpr Sql disable_sql{"connections.disable",
                          "UPDATE connections SET enabled = 0, updated_at_ms = $3 "
                          "WHERE environment_id = $1 AND id = $2 AND enabled = 1"};
constexpr Sql remove_sql{"connections.remove",
                         "DELETE FROM connections WHERE environment_id = $1 AND id = $2"};
constexpr Sql has_key_sql{"connections.has_key",
                          "SELECT 1 FROM connections WHERE environment_id = $1 "
                          "AND COALESCE(organization_id, 0) = $2 AND key_id = $3"};

constexpr Sql remove_domains_sql{
    "connections.remove_domains",
    "DELETE FROM connection_domains WHERE environment_id = $1 AND connection_id = $2"};
// An update that changes nothing makes a row that is there count.
constexpr Sql insert_domain_sql{
    "connections.insert_domain",
    "INSERT INTO connection_domains (connection_id, domain_id, environment_id) "
    "SELECT c.id, d.id, c.environment_id FROM connections c "
    "JOIN domains d ON d.organization_id = c.organization_id AND d.type = 'ORGANIZATION_DOMAIN' "
    "WHERE c.environment_id = $1 AND c.id = $2 AND d.id = $3 "
    "ON CONFLICT (connection_id, domain_id) DO UPDATE SET environment_id = "
    "excluded.environment_id"};
constexpr Sql list_domains_sql{
    "connections.list_domains",
    "SELECT " GATEHOUSE_DOMAIN_COLUMNS
    " FROM connections c JOIN domains d ON d.organization_id = c.organization_id "
    "AND d.type = 'ORGANIZATION_DOMAIN' WHERE c.environment_id = $1 AND c.id = $2 "
    "AND (EXISTS (SELECT 1 FROM connection_domains a WHERE a.connection_id = c.id "
    "AND a.domain_id = d.id) OR NOT EXISTS (SELECT 1 FROM connection_domains a "
    "WHERE a.connection_id = c.id)) ORDER BY d.id"};

std::int64_t owner_number(Owner owner) { return owner.has_value() ? owner->number() : 0; }

std::string mapping_json(const AttributeMapping& mapping) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  for (const auto& [key, value] : mapping) writer.field(key, value);
  writer.end_object();
  return text;
}

AttributeMapping mapping_of(std::string_view json) {
  AttributeMapping mapping;
  const Json document = Json::parse(json).value();
  ENSURE(document.object() != nullptr);
  for (const Json::Member& member : *document.object()) {
    mapping.emplace(member.key, member.value.string().value_or(""));
  }
  return mapping;
}

Connection connection_from_row(const Row& row) {
  const ConnectionType type = connection_types.stored(row.text(3));
  return {.id = row.id<ConnectionId>(0),
          .environment = row.id<EnvironmentId>(1),
          .organization = row.optional_id<OrgId>(2),
          .type = type,
          .provider = provider_names.stored(row.text(4)),
          .provider_key = row.string(5),
          .key_id = row.optional_string(6),
          .status = status_names.stored(row.text(7)),
          .is_enabled = row.integer(8) != 0,
          .is_debugged = row.integer(9) != 0,
          .use = {.is_login = row.integer(10) != 0, .is_app = row.integer(11) != 0},
          .ui_button_title = row.string(12),
          .mode = configuration_modes.stored(row.text(13)),
          .configuration = configuration_from_json(type, row.text(14)).value(),
          .attribute_mapping = mapping_of(row.text(15)),
          .sealed_client_secret = row.is_null(16) ? std::string() : std::string(row.blob(16)),
          .client_secret_hint = row.string(17),
          .created_at = row.instant(18),
          .updated_at = row.instant(19)};
}

}  // namespace

Result<bool, Error> insert_connection(Transaction& transaction, EnvironmentId environment,
                                      const Connection& connection) {
  const auto changed = TRY(transaction.execute(
      insert_sql,
      {connection.id, environment, connection.organization, connection_types.name(connection.type),
       provider_names.name(connection.provider), connection.provider_key, connection.key_id,
       status_names.name(connection.status), int{connection.use.is_login},
       int{connection.use.is_app}, configuration_modes.name(connection.mode),
       configuration_to_json(connection.configuration), connection.created_at,
       owner_number(connection.organization), limits::connections_per_organization_max}));
  return changed == 1;
}

Result<std::optional<Connection>, Error> find_connection(Transaction& transaction,
                                                         EnvironmentId environment, Owner owner,
                                                         ConnectionId id) {
  return transaction.find(find_sql, {environment, id, owner_number(owner)}, connection_from_row);
}

Result<std::optional<Connection>, Error> find_by_id(Transaction& transaction,
                                                    EnvironmentId environment, ConnectionId id) {
  return transaction.find(find_by_id_sql, {environment, id}, connection_from_row);
}

Result<bool, Error> update_connection(Transaction& transaction, EnvironmentId environment,
                                      const Connection& connection) {
  const std::string configuration = configuration_to_json(connection.configuration);
  const std::string mapping = mapping_json(connection.attribute_mapping);
  std::optional<storage::Blob> sealed;
  if (!connection.sealed_client_secret.empty()) sealed = {connection.sealed_client_secret};
  const auto changed = TRY(transaction.execute(
      update_sql, {environment, connection.id, provider_names.name(connection.provider),
                   connection.provider_key, connection.key_id, status_names.name(connection.status),
                   int{connection.is_debugged}, connection.ui_button_title,
                   configuration_modes.name(connection.mode), configuration, mapping, sealed,
                   connection.client_secret_hint, connection.updated_at,
                   owner_number(connection.organization)}));
  return changed == 1;
}

Result<bool, Error> set_enabled(Transaction& transaction, EnvironmentId environment,
                                ConnectionId id, Instant now) {
  return TRY(transaction.execute(enable_sql, {environment, id, now})) == 1;
}

Result<bool, Error> set_disabled(Transaction& transaction, EnvironmentId environment,
                                 ConnectionId id, Instant now) {
  return TRY(transaction.execute(disable_sql, {environment, id, now})) == 1;
}

Result<bool, Error> remove_connection(Transaction& transaction, EnvironmentId environment,
                                      ConnectionId id) {
  return TRY(transaction.execute(remove_sql, {environment, id})) == 1;
}

Result<bool, Error> has_key(Transaction& transaction, EnvironmentId environment, Owner owner,
                            std::string_view key_id) {
  const auto found = TRY(transaction.find(has_key_sql, {environment, owner_number(owner), key_id},
                                          [](const Row& row) { return row.integer(0); }));
  return found.has_value();
}

Result<Unit, Error> remove_domains(Transaction& transaction, EnvironmentId environment,
                                   ConnectionId id) {
  TRY(transaction.execute(remove_domains_sql, {environment, id}));
  return Unit{};
}

Result<bool, Error> insert_domain(Transaction& transaction, EnvironmentId environment,
                                  ConnectionId id, DomainId domain) {
  return TRY(transaction.execute(insert_domain_sql, {environment, id, domain})) == 1;
}

Result<std::vector<orgs::Domain>, Error> select_domains(Transaction& transaction,
                                                        EnvironmentId environment,
                                                        ConnectionId id) {
  return transaction.list(list_domains_sql, {environment, id}, orgs::domain_from_row);
}

}  // namespace gatehouse::connections
