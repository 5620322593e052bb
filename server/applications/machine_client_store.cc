#include "server/applications/machine_client_store.h"

#include "server/applications/stored_lists.h"
#include "server/encoding/json.h"

namespace gatehouse::applications {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql insert_sql{
    "machine_clients.insert",
    "INSERT INTO machine_clients (environment_id, id, organization_id, resource_id, origin, name,"
    " description, scopes, audience, custom_claims, redirect_uris, links, token_lifetime_s,"
    " created_at_ms, updated_at_ms)"
    " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14"
    " WHERE EXISTS (SELECT 1 FROM organizations WHERE environment_id = $1 AND id = $3)"
    " OR (EXISTS (SELECT 1 FROM resources WHERE environment_id = $1 AND id = $4)"
    " AND ($5 <> 'registered' OR (SELECT count(*) FROM machine_clients"
    " WHERE resource_id = $4 AND origin = 'registered') < $15))"};

constexpr Sql update_sql{
    "machine_clients.update",
    "UPDATE machine_clients SET name = $3, description = $4, scopes = $5, audience = $6,"
    " custom_claims = $7, redirect_uris = $8, token_lifetime_s = $9, updated_at_ms = $10"
    " WHERE environment_id = $1 AND id = $2"};

constexpr Sql touch_sql{
    "machine_clients.touch",
    "UPDATE machine_clients SET updated_at_ms = $3 WHERE environment_id = $1 AND id = $2"};

constexpr Sql remove_sql{"machine_clients.remove",
                         "DELETE FROM machine_clients WHERE environment_id = $1 AND id = $2"};

constexpr Sql insert_secret_sql{
    "machine_clients.insert_secret",
    "INSERT INTO machine_client_secrets (environment_id, client_id, id, hash, suffix, created_by,"
    " created_at_ms) SELECT $1, $2, $3, $4, $5, $6, $7"
    " WHERE (SELECT count(*) FROM machine_client_secrets WHERE client_id = $2) < $8"};

constexpr Sql remove_secret_sql{
    "machine_clients.remove_secret",
    "DELETE FROM machine_client_secrets WHERE environment_id = $1 AND client_id = $2 AND id = $3"
    " AND (SELECT count(*) FROM machine_client_secrets WHERE client_id = $2) > 1"};

// A row for each secret; the columns of the client are repeated.
constexpr Sql find_sql{
    "machine_clients.find",
    "SELECT c.id, c.organization_id, c.resource_id, c.origin, c.name, c.description, c.scopes,"
    " c.audience, c.custom_claims, c.redirect_uris, c.links, c.token_lifetime_s, c.created_at_ms,"
    " c.updated_at_ms, o.external_id, r.uri, s.id, s.hash, s.suffix, s.created_by,"
    " s.created_at_ms, s.last_used_at_ms FROM machine_clients AS c"
    " LEFT JOIN organizations AS o ON o.id = c.organization_id"
    " LEFT JOIN resources AS r ON r.id = c.resource_id"
    " LEFT JOIN machine_client_secrets AS s ON s.client_id = c.id"
    " WHERE c.environment_id = $1 AND c.id = $2 ORDER BY s.id"};

constexpr Sql list_older_sql{
    "machine_clients.list_older",
    "SELECT c.id, c.organization_id, c.resource_id, c.origin, c.name, c.description, c.scopes,"
    " c.audience, c.custom_claims, c.redirect_uris, c.links, c.token_lifetime_s, c.created_at_ms,"
    " c.updated_at_ms, o.external_id, NULL, s.id, s.hash, s.suffix, s.created_by,"
    " s.created_at_ms, s.last_used_at_ms FROM (SELECT * FROM machine_clients"
    " WHERE environment_id = $1 AND organization_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4) AS "
    "c"
    " JOIN organizations AS o ON o.id = c.organization_id"
    " LEFT JOIN machine_client_secrets AS s ON s.client_id = c.id ORDER BY c.id DESC, s.id"};

constexpr Sql list_newer_sql{
    "machine_clients.list_newer",
    "SELECT c.id, c.organization_id, c.resource_id, c.origin, c.name, c.description, c.scopes,"
    " c.audience, c.custom_claims, c.redirect_uris, c.links, c.token_lifetime_s, c.created_at_ms,"
    " c.updated_at_ms, o.external_id, NULL, s.id, s.hash, s.suffix, s.created_by,"
    " s.created_at_ms, s.last_used_at_ms FROM (SELECT * FROM machine_clients"
    " WHERE environment_id = $1 AND organization_id = $2 AND id > $3 ORDER BY id LIMIT $4) AS c"
    " JOIN organizations AS o ON o.id = c.organization_id"
    " LEFT JOIN machine_client_secrets AS s ON s.client_id = c.id ORDER BY c.id, s.id"};

constexpr Sql list_of_resource_sql{
    "machine_clients.list_of_resource",
    "SELECT c.id, c.organization_id, c.resource_id, c.origin, c.name, c.description, c.scopes,"
    " c.audience, c.custom_claims, c.redirect_uris, c.links, c.token_lifetime_s, c.created_at_ms,"
    " c.updated_at_ms, NULL, r.uri, s.id, s.hash, s.suffix, s.created_by,"
    " s.created_at_ms, s.last_used_at_ms FROM (SELECT * FROM machine_clients"
    " WHERE environment_id = $1 AND resource_id = $2 ORDER BY id DESC LIMIT $3) AS c"
    " JOIN resources AS r ON r.id = c.resource_id"
    " LEFT JOIN machine_client_secrets AS s ON s.client_id = c.id ORDER BY c.id DESC, s.id"};

constexpr Sql count_of_organization_sql{
    "machine_clients.count_of_organization",
    "SELECT (SELECT count(*) FROM machine_clients WHERE organization_id = o.id)"
    " FROM organizations AS o WHERE o.environment_id = $1 AND o.id = $2"};

constexpr Sql count_of_resource_sql{
    "machine_clients.count_of_resource",
    "SELECT (SELECT count(*) FROM machine_clients WHERE resource_id = r.id),"
    " (SELECT count(*) FROM machine_clients WHERE resource_id = r.id AND origin = 'registered')"
    " FROM resources AS r WHERE r.environment_id = $1 AND r.id = $2"};

constexpr Sql longest_sql{
    "machine_clients.longest",
    "SELECT max(token_lifetime_s) FROM machine_clients WHERE environment_id = $1"};

constexpr storage::Invariant invariants[] = {
    {{"machine_clients.check_secrets",
      "SELECT c.id || '' FROM machine_clients AS c WHERE (SELECT count(*)"
      " FROM machine_client_secrets AS s WHERE s.client_id = c.id) NOT BETWEEN 1 AND 5 LIMIT 100"},
     "a machine client has no secret, or more than five"},
    {{"machine_clients.check_secret_form",
      "SELECT 'sks_' || s.id FROM machine_client_secrets AS s"
      " WHERE length(s.hash) <> 32 OR length(s.suffix) <> 4 LIMIT 100"},
     "a machine client's secret is not stored as a SHA-256 and four characters"},
    {{"machine_clients.check_owner_environment",
      "SELECT c.id || '' FROM machine_clients AS c"
      " LEFT JOIN organizations AS o ON o.id = c.organization_id"
      " LEFT JOIN resources AS r ON r.id = c.resource_id"
      " WHERE coalesce(o.environment_id, r.environment_id, 0) <> c.environment_id LIMIT 100"},
     "a machine client names another environment than its owner"},
    {{"machine_clients.check_secret_environment",
      "SELECT 'sks_' || s.id FROM machine_client_secrets AS s"
      " JOIN machine_clients AS c ON c.id = s.client_id"
      " WHERE s.environment_id <> c.environment_id LIMIT 100"},
     "a machine client's secret names another environment than its client"},
    {{"machine_clients.check_lifetime",
      "SELECT c.id || '' FROM machine_clients AS c"
      " WHERE c.token_lifetime_s NOT BETWEEN 300 AND 2592000 LIMIT 100"},
     "the tokens of a machine client live too short or too long"},
};

std::string_view origin_name(MachineClient::Origin origin) {
  return origin == MachineClient::Origin::registration ? "registered" : "static";
}

std::string links_to_json(const ClientLinks& links) {
  return texts_to_json({links.client_uri, links.logo_uri, links.tos_uri, links.policy_uri});
}

std::optional<ClientLinks> links_from_json(std::string_view json) {
  auto texts = texts_from_json(json);
  if (!texts.has_value() || texts->size() != 4) return std::nullopt;
  return ClientLinks{.client_uri = std::move((*texts)[0]),
                     .logo_uri = std::move((*texts)[1]),
                     .tos_uri = std::move((*texts)[2]),
                     .policy_uri = std::move((*texts)[3])};
}

std::int64_t whole_seconds(Duration duration) {
  return std::chrono::duration_cast<seconds>(duration).count();
}

Result<MachineClient, Error> client_of(const Row& row, EnvironmentId environment) {
  const auto id = row.id<MachineClientId>(0);
  auto scopes = texts_from_json(row.text(6));
  auto audience = texts_from_json(row.text(7));
  auto claims = claims_from_json(row.text(8));
  auto redirect_uris = texts_from_json(row.text(9));
  auto links = links_from_json(row.text(10));
  const bool has_owner = row.is_null(1) != row.is_null(2);
  if (!scopes.has_value() || !audience.has_value() || !claims.has_value() ||
      !redirect_uris.has_value() || !links.has_value() || !has_owner) {
    return Error(ErrorCode::internal,
                 "machine client " + std::to_string(id.number()) + " is damaged");
  }
  const auto owner =
      row.is_null(1) ? ClientOwner(row.id<ResourceId>(2)) : ClientOwner(row.id<OrgId>(1));
  return MachineClient{.id = id,
                       .environment = environment,
                       .owner = owner,
                       .origin = row.text(3) == "registered" ? MachineClient::Origin::registration
                                                             : MachineClient::Origin::administrator,
                       .name = row.string(4),
                       .description = row.string(5),
                       .scopes = std::move(*scopes),
                       .audience = std::move(*audience),
                       .custom_claims = std::move(*claims),
                       .redirect_uris = std::move(*redirect_uris),
                       .links = std::move(*links),
                       .token_lifetime = seconds(row.integer(11)),
                       .created_at = row.instant(12),
                       .updated_at = row.instant(13),
                       .secrets = {},
                       .organization_external_id = row.optional_string(14),
                       .resource_uri = row.optional_string(15)};
}

SecretRecord secret_of(const Row& row) {
  return {.id = row.id<ClientSecretId>(16),
          .hash = std::string(row.blob(17)),
          .suffix = row.string(18),
          .state = SecretRecord::State::active,
          .created_at = row.instant(20),
          .expires_at = std::nullopt,
          .created_by = row.optional_string(19),
          .updated_at = row.instant(20),
          .last_used_at = row.optional_instant(21)};
}

// Gathers the rows of one client after the other into clients with their secrets.
class Gathering {
 public:
  explicit Gathering(EnvironmentId environment) : environment_(environment) {}

  void take(const Row& row) {
    if (damage_.has_value()) return;
    if (clients_.empty() || clients_.back().id != row.id<MachineClientId>(0)) {
      auto client = client_of(row, environment_);
      if (!client.ok()) {
        damage_ = client.error();
        return;
      }
      clients_.push_back(std::move(client).value());
    }
    if (!row.is_null(16)) clients_.back().secrets.push_back(secret_of(row));
  }
  Result<std::vector<MachineClient>, Error> finish() {
    if (damage_.has_value()) return std::move(*damage_);
    return std::move(clients_);
  }

 private:
  EnvironmentId environment_;
  std::vector<MachineClient> clients_;
  std::optional<Error> damage_;
};

std::optional<std::int64_t> number_or_null(const std::optional<OrgId>& id) {
  return id.has_value() ? std::optional(id->number()) : std::nullopt;
}
std::optional<std::int64_t> number_or_null(const std::optional<ResourceId>& id) {
  return id.has_value() ? std::optional(id->number()) : std::nullopt;
}

}  // namespace

Result<bool, Error> insert_machine_client(storage::Transaction& transaction,
                                          EnvironmentId environment, const MachineClient& client) {
  return TRY(transaction.execute(
             insert_sql,
             {environment, client.id, number_or_null(client.organization()),
              number_or_null(client.resource()), origin_name(client.origin), client.name,
              client.description, texts_to_json(client.scopes), texts_to_json(client.audience),
              claims_to_json(client.custom_claims), texts_to_json(client.redirect_uris),
              links_to_json(client.links), whole_seconds(client.token_lifetime), client.created_at,
              registered_clients_per_resource_max})) == 1;
}

Result<bool, Error> update_machine_client_row(storage::Transaction& transaction,
                                              EnvironmentId environment,
                                              const MachineClient& client) {
  return TRY(transaction.execute(
             update_sql, {environment, client.id, client.name, client.description,
                          texts_to_json(client.scopes), texts_to_json(client.audience),
                          claims_to_json(client.custom_claims), texts_to_json(client.redirect_uris),
                          whole_seconds(client.token_lifetime), client.updated_at})) == 1;
}

Result<bool, Error> touch_machine_client(storage::Transaction& transaction,
                                         EnvironmentId environment, MachineClientId client,
                                         Instant now) {
  return TRY(transaction.execute(touch_sql, {environment, client, now})) == 1;
}

Result<bool, Error> remove_machine_client(storage::Transaction& transaction,
                                          EnvironmentId environment, MachineClientId client) {
  return TRY(transaction.execute(remove_sql, {environment, client})) == 1;
}

Result<bool, Error> insert_machine_secret(storage::Transaction& transaction,
                                          EnvironmentId environment, MachineClientId client,
                                          const SecretRecord& secret) {
  return TRY(transaction.execute(
             insert_secret_sql,
             {environment, client, secret.id, storage::Blob{secret.hash}, secret.suffix,
              secret.created_by, secret.created_at, machine_secrets_max})) == 1;
}

Result<bool, Error> remove_machine_secret(storage::Transaction& transaction,
                                          EnvironmentId environment, MachineClientId client,
                                          ClientSecretId secret) {
  return TRY(transaction.execute(remove_secret_sql, {environment, client, secret})) == 1;
}

Result<std::optional<MachineClient>, Error> find_machine_client_row(
    storage::Transaction& transaction, EnvironmentId environment, MachineClientId client) {
  Gathering gathering(environment);
  TRY(transaction.query(find_sql, {environment, client},
                        [&](const Row& row) { gathering.take(row); }));
  auto found = TRY(gathering.finish());
  if (found.empty()) return std::optional<MachineClient>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<MachineClient>, Error> list_clients_of_organization(
    storage::Transaction& transaction, EnvironmentId environment, OrgId organization,
    const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t from =
      query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  Gathering gathering(environment);
  TRY(transaction.query(is_older ? list_older_sql : list_newer_sql,
                        {environment, organization, from, query.limit + 1},
                        [&](const Row& row) { gathering.take(row); }));
  return gathering.finish();
}

Result<std::vector<MachineClient>, Error> list_clients_of_resource(
    storage::Transaction& transaction, EnvironmentId environment, ResourceId resource, int limit) {
  Gathering gathering(environment);
  TRY(transaction.query(list_of_resource_sql, {environment, resource, limit},
                        [&](const Row& row) { gathering.take(row); }));
  return gathering.finish();
}

Result<std::optional<std::int64_t>, Error> count_clients_of_organization(
    storage::Transaction& transaction, EnvironmentId environment, OrgId organization) {
  return transaction.find(count_of_organization_sql, {environment, organization},
                          [](const Row& row) { return row.integer(0); });
}

Result<std::optional<ClientCounts>, Error> count_clients_of_resource(
    storage::Transaction& transaction, EnvironmentId environment, ResourceId resource) {
  return transaction.find(count_of_resource_sql, {environment, resource}, [](const Row& row) {
    return ClientCounts{.all = row.integer(0), .registered = row.integer(1)};
  });
}

Result<Duration, Error> longest_machine_token(storage::Transaction& transaction,
                                              EnvironmentId environment) {
  const auto longest =
      TRY(transaction.find(longest_sql, {environment}, [](const Row& row) -> std::int64_t {
        return row.is_null(0) ? 0 : row.integer(0);
      }));
  return Duration(seconds(longest.value_or(0)));
}

std::span<const storage::Invariant> machine_client_invariants() { return invariants; }

}  // namespace gatehouse::applications
