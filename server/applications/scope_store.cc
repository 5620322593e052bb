#include "server/applications/scope_store.h"

namespace gatehouse::applications {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql insert_sql{
    "scopes.insert",
    "INSERT INTO scopes (environment_id, id, name, description, is_enabled, created_at_ms,"
    " updated_at_ms) SELECT $1, $2, $3, $4, $5, $6, $6"
    " WHERE (SELECT count(*) FROM scopes WHERE environment_id = $1) < $7 ON CONFLICT DO NOTHING"};

constexpr Sql update_sql{"scopes.update",
                         "UPDATE scopes SET description = $3, is_enabled = $4, updated_at_ms = $5"
                         " WHERE environment_id = $1 AND id = $2"};

constexpr Sql remove_sql{"scopes.remove",
                         "DELETE FROM scopes WHERE environment_id = $1 AND id = $2"};

constexpr Sql find_sql{"scopes.find",
                       "SELECT id, name, description, is_enabled FROM scopes"
                       " WHERE environment_id = $1 AND id = $2"};

constexpr Sql find_by_name_sql{"scopes.find_by_name",
                               "SELECT id, name, description, is_enabled FROM scopes"
                               " WHERE environment_id = $1 AND name = $2"};

constexpr Sql list_sql{"scopes.list",
                       "SELECT id, name, description, is_enabled FROM scopes"
                       " WHERE environment_id = $1 ORDER BY name"};

constexpr Sql unlink_all_sql{
    "scopes.unlink_all",
    "DELETE FROM resource_scopes WHERE environment_id = $1 AND resource_id = $2"};

constexpr Sql link_sql{
    "scopes.link",
    "INSERT INTO resource_scopes (environment_id, resource_id, scope_id, position)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"};

constexpr Sql list_of_resource_sql{
    "scopes.list_of_resource",
    "SELECT s.id, s.name, s.description, s.is_enabled FROM resource_scopes AS l"
    " JOIN scopes AS s ON s.id = l.scope_id"
    " WHERE l.environment_id = $1 AND l.resource_id = $2 ORDER BY l.position"};

constexpr storage::Invariant invariants[] = {
    {{"scopes.check_link_environment",
      "SELECT 'res_' || r.id FROM resource_scopes AS l JOIN resources AS r ON r.id = l.resource_id"
      " JOIN scopes AS s ON s.id = l.scope_id WHERE l.environment_id <> r.environment_id"
      " OR s.environment_id <> r.environment_id LIMIT 100"},
     "a resource has a scope of another environment"},
};

Scope scope_of(const Row& row) {
  return {.id = row.id<ScopeId>(0),
          .name = row.string(1),
          .description = row.string(2),
          .is_enabled = row.integer(3) != 0};
}

}  // namespace

Result<bool, Error> insert_scope(storage::Transaction& transaction, EnvironmentId environment,
                                 const Scope& scope, Instant now) {
  return TRY(transaction.execute(insert_sql,
                                 {environment, scope.id, scope.name, scope.description,
                                  scope.is_enabled ? 1 : 0, now, scopes_per_environment_max})) == 1;
}

Result<bool, Error> update_scope_row(storage::Transaction& transaction, EnvironmentId environment,
                                     const Scope& scope, Instant now) {
  return TRY(transaction.execute(update_sql, {environment, scope.id, scope.description,
                                              scope.is_enabled ? 1 : 0, now})) == 1;
}

Result<bool, Error> remove_scope(storage::Transaction& transaction, EnvironmentId environment,
                                 ScopeId scope) {
  return TRY(transaction.execute(remove_sql, {environment, scope})) == 1;
}

Result<std::optional<Scope>, Error> find_scope(storage::Transaction& transaction,
                                               EnvironmentId environment, ScopeId scope) {
  return transaction.find(find_sql, {environment, scope}, scope_of);
}

Result<std::optional<Scope>, Error> find_scope_by_name(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       std::string_view name) {
  return transaction.find(find_by_name_sql, {environment, name}, scope_of);
}

Result<std::vector<Scope>, Error> list_scopes(storage::Transaction& transaction,
                                              EnvironmentId environment) {
  return transaction.list(list_sql, {environment}, scope_of);
}

Result<Unit, Error> replace_resource_scopes(storage::Transaction& transaction,
                                            EnvironmentId environment, ResourceId resource,
                                            std::span<const Scope> scopes) {
  TRY(transaction.execute(unlink_all_sql, {environment, resource}));
  std::int64_t position = 0;
  for (const Scope& scope : scopes) {
    TRY(transaction.execute(link_sql, {environment, resource, scope.id, position}));
    ++position;
  }
  return Unit{};
}

Result<std::vector<Scope>, Error> list_resource_scopes(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       ResourceId resource) {
  return transaction.list(list_of_resource_sql, {environment, resource}, scope_of);
}

std::span<const storage::Invariant> scope_invariants() { return invariants; }

}  // namespace gatehouse::applications
