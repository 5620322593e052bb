#include "server/applications/consent_store.h"

#include <limits>

#include "server/applications/stored_lists.h"

namespace gatehouse::applications {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql put_sql{
    "consents.put",
    "INSERT INTO user_consents (id, environment_id, user_id, client_id, resource_id, scopes,"
    " granted_at_ms) SELECT $2, $1, u.id, c.id, c.resource_id, $5, $6"
    " FROM users AS u, machine_clients AS c WHERE u.environment_id = $1 AND u.id = $3"
    " AND c.environment_id = $1 AND c.id = $4 AND c.resource_id IS NOT NULL"
    " ON CONFLICT (user_id, client_id) DO UPDATE SET scopes = excluded.scopes,"
    " granted_at_ms = excluded.granted_at_ms RETURNING id"};

constexpr Sql remove_sql{
    "consents.remove",
    "DELETE FROM user_consents WHERE environment_id = $1 AND id = $2"
    " AND ($3 = 0 OR user_id = $3) AND ($4 = 0 OR client_id = $4) RETURNING user_id, client_id"};

constexpr Sql list_of_resource_older_sql{
    "consents.list_of_resource_older",
    "SELECT g.id, g.user_id, u.external_id, g.client_id, c.name, g.scopes, g.granted_at_ms"
    " FROM user_consents AS g JOIN users AS u ON u.id = g.user_id"
    " JOIN machine_clients AS c ON c.id = g.client_id"
    " WHERE g.environment_id = $1 AND g.resource_id = $2 AND g.id < $3 AND ($5 = '%'"
    " OR lower(c.name) LIKE $5 ESCAPE '\\' OR lower(u.email) LIKE $5 ESCAPE '\\'"
    " OR lower(coalesce(u.external_id, '')) LIKE $5 ESCAPE '\\') ORDER BY g.id DESC LIMIT $4"};

constexpr Sql list_of_resource_newer_sql{
    "consents.list_of_resource_newer",
    "SELECT g.id, g.user_id, u.external_id, g.client_id, c.name, g.scopes, g.granted_at_ms"
    " FROM user_consents AS g JOIN users AS u ON u.id = g.user_id"
    " JOIN machine_clients AS c ON c.id = g.client_id"
    " WHERE g.environment_id = $1 AND g.resource_id = $2 AND g.id > $3 AND ($5 = '%'"
    " OR lower(c.name) LIKE $5 ESCAPE '\\' OR lower(u.email) LIKE $5 ESCAPE '\\'"
    " OR lower(coalesce(u.external_id, '')) LIKE $5 ESCAPE '\\') ORDER BY g.id LIMIT $4"};

constexpr Sql count_of_resource_sql{
    "consents.count_of_resource",
    "SELECT (SELECT count(*) FROM user_consents AS g JOIN users AS u ON u.id = g.user_id"
    " JOIN machine_clients AS c ON c.id = g.client_id WHERE g.resource_id = r.id AND ($3 = '%'"
    " OR lower(c.name) LIKE $3 ESCAPE '\\' OR lower(u.email) LIKE $3 ESCAPE '\\'"
    " OR lower(coalesce(u.external_id, '')) LIKE $3 ESCAPE '\\'))"
    " FROM resources AS r WHERE r.environment_id = $1 AND r.id = $2"};

constexpr Sql list_of_user_older_sql{
    "consents.list_of_user_older",
    "SELECT g.id, g.user_id, u.external_id, g.client_id, c.name, g.scopes, g.granted_at_ms"
    " FROM user_consents AS g JOIN users AS u ON u.id = g.user_id"
    " JOIN machine_clients AS c ON c.id = g.client_id"
    " WHERE g.environment_id = $1 AND g.user_id = $2 AND g.id < $3 ORDER BY g.id DESC LIMIT $4"};

constexpr Sql list_of_user_newer_sql{
    "consents.list_of_user_newer",
    "SELECT g.id, g.user_id, u.external_id, g.client_id, c.name, g.scopes, g.granted_at_ms"
    " FROM user_consents AS g JOIN users AS u ON u.id = g.user_id"
    " JOIN machine_clients AS c ON c.id = g.client_id"
    " WHERE g.environment_id = $1 AND g.user_id = $2 AND g.id > $3 ORDER BY g.id LIMIT $4"};

constexpr Sql count_of_user_sql{
    "consents.count_of_user",
    "SELECT count(*) FROM user_consents WHERE environment_id = $1 AND user_id = $2"};

constexpr Sql list_of_client_sql{
    "consents.list_of_client",
    "SELECT g.id, g.user_id, u.external_id, g.client_id, c.name, g.scopes, g.granted_at_ms"
    " FROM user_consents AS g JOIN users AS u ON u.id = g.user_id"
    " JOIN machine_clients AS c ON c.id = g.client_id"
    " WHERE g.environment_id = $1 AND g.client_id = $2 ORDER BY g.id DESC LIMIT $3"};

constexpr storage::Invariant invariants[] = {
    {{"consents.check_environment",
      "SELECT 'usrcnst_' || g.id FROM user_consents AS g JOIN users AS u ON u.id = g.user_id"
      " JOIN machine_clients AS c ON c.id = g.client_id WHERE u.environment_id <> g.environment_id"
      " OR c.environment_id <> g.environment_id LIMIT 100"},
     "a consent joins people and clients of two environments"},
    {{"consents.check_resource",
      "SELECT 'usrcnst_' || g.id FROM user_consents AS g JOIN machine_clients AS c"
      " ON c.id = g.client_id WHERE coalesce(c.resource_id, 0) <> g.resource_id LIMIT 100"},
     "a consent names another resource than its client"},
};

Consent consent_of(const Row& row) {
  return {.id = row.id<ConsentId>(0),
          .user = row.id<UserId>(1),
          .user_external_id = row.optional_string(2),
          .client_id = Id<ResourceClientTag>(row.integer(3)).text(),
          .client_name = row.string(4),
          .scopes = texts_from_json(row.text(5)).value_or(std::vector<std::string>()),
          .granted_at = row.instant(6)};
}

std::int64_t position(const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  return query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
}

// Zero stands for any.
template <class AnyId>
std::int64_t number_or_any(const std::optional<AnyId>& id) {
  return id.has_value() ? id->number() : 0;
}

}  // namespace

Result<std::optional<ConsentId>, Error> put_consent(storage::Transaction& transaction,
                                                    EnvironmentId environment, ConsentId id,
                                                    const NewConsent& wanted, Instant now) {
  return transaction.find(
      put_sql, {environment, id, wanted.user, wanted.client, texts_to_json(wanted.scopes), now},
      [](const Row& row) { return row.id<ConsentId>(0); });
}

Result<std::optional<RemovedConsent>, Error> remove_consent(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const ConsentKey& key) {
  return transaction.find(
      remove_sql, {environment, key.id, number_or_any(key.user), number_or_any(key.client)},
      [](const Row& row) {
        return RemovedConsent{.user = row.id<UserId>(0), .client = row.id<MachineClientId>(1)};
      });
}

Result<std::vector<Consent>, Error> list_consents_of_resource(storage::Transaction& transaction,
                                                              EnvironmentId environment,
                                                              ResourceId resource,
                                                              std::string_view pattern,
                                                              const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  return transaction.list(is_older ? list_of_resource_older_sql : list_of_resource_newer_sql,
                          {environment, resource, position(query), query.limit + 1, pattern},
                          consent_of);
}

Result<std::optional<std::int64_t>, Error> count_consents_of_resource(
    storage::Transaction& transaction, EnvironmentId environment, ResourceId resource,
    std::string_view pattern) {
  return transaction.find(count_of_resource_sql, {environment, resource, pattern},
                          [](const Row& row) { return row.integer(0); });
}

Result<std::vector<Consent>, Error> list_consents_of_user(storage::Transaction& transaction,
                                                          EnvironmentId environment, UserId user,
                                                          const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  return transaction.list(is_older ? list_of_user_older_sql : list_of_user_newer_sql,
                          {environment, user, position(query), query.limit + 1}, consent_of);
}

Result<std::int64_t, Error> count_consents_of_user(storage::Transaction& transaction,
                                                   EnvironmentId environment, UserId user) {
  const auto count = TRY(transaction.find(count_of_user_sql, {environment, user},
                                          [](const Row& row) { return row.integer(0); }));
  return count.value_or(0);
}

Result<std::vector<Consent>, Error> list_consents_of_client(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            MachineClientId client, int limit) {
  return transaction.list(list_of_client_sql, {environment, client, limit}, consent_of);
}

std::span<const storage::Invariant> consent_invariants() { return invariants; }

}  // namespace gatehouse::applications
