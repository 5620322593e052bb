#include "server/keys/key_store.h"

#include "server/core/ensure.h"

namespace gatehouse::keys {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql list_sql{
    "keys.list",
    "SELECT id, algorithm, state, created_at_ms, publish_from_ms, active_from_ms, retired_at_ms, "
    "remove_at_ms, longest_token_ms, sealed_key, public_jwk "
    "FROM signing_keys WHERE environment_id = $1 ORDER BY id"};

constexpr Sql list_states_sql{
    "keys.list_states",
    "SELECT environment_id, id, state FROM signing_keys ORDER BY environment_id, id"};

constexpr Sql insert_sql{
    "keys.insert",
    "INSERT INTO signing_keys (id, environment_id, algorithm, state, created_at_ms, "
    "publish_from_ms, active_from_ms, longest_token_ms, sealed_key, public_jwk) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};

constexpr Sql activate_sql{
    "keys.activate",
    "UPDATE signing_keys SET state = 'current', active_from_ms = $3, longest_token_ms = $4 "
    "WHERE environment_id = $1 AND id = $2 AND state = 'next'"};

constexpr Sql retire_sql{
    "keys.retire",
    "UPDATE signing_keys SET state = 'retired', retired_at_ms = $3, remove_at_ms = $4, "
    "sealed_key = $5 WHERE environment_id = $1 AND id = $2 AND state = 'current'"};

constexpr Sql raise_sql{"keys.raise_longest_token",
                        "UPDATE signing_keys SET longest_token_ms = $3 "
                        "WHERE environment_id = $1 AND id = $2 AND longest_token_ms < $3"};

constexpr Sql remove_sql{"keys.remove",
                         "DELETE FROM signing_keys WHERE environment_id = $1 AND id = $2"};

SigningKeyRow map_key(const Row& row) {
  const auto algorithm = crypto::parse_algorithm(row.text(1));
  ENSURE(algorithm.has_value());
  return {.id = row.id<KeyId>(0),
          .algorithm = *algorithm,
          .state = parse_key_state(row.text(2)),
          .created_at = row.instant(3),
          .publish_from = row.instant(4),
          .active_from = row.instant(5),
          .retired_at = row.optional_instant(6),
          .remove_at = row.optional_instant(7),
          .longest_token = Duration(row.integer(8)),
          .sealed_key = std::string(row.blob(9)),
          .public_jwk = row.string(10)};
}

Result<Unit, Error> change_one(Transaction& transaction, const Sql& sql, storage::Params params) {
  if (TRY(transaction.execute(sql, params)) == 1) return Unit{};
  return Error(ErrorCode::aborted, "the signing key was changed by someone else");
}

}  // namespace

Result<std::vector<SigningKeyRow>, Error> list_keys(Transaction& transaction,
                                                    EnvironmentId environment) {
  return transaction.list(list_sql, {environment}, map_key);
}

Result<std::vector<KeyStateRow>, Error> list_key_states(Transaction& transaction) {
  return transaction.list(list_states_sql, {}, [](const Row& row) {
    return KeyStateRow{.environment = row.id<EnvironmentId>(0),
                       .id = row.id<KeyId>(1),
                       .state = parse_key_state(row.text(2))};
  });
}

Result<Unit, Error> insert_key(Transaction& transaction, EnvironmentId environment,
                               const SigningKeyRow& key) {
  ENSURE(key.state != KeyState::retired);
  TRY(transaction.execute(
      insert_sql, {key.id, environment, crypto::algorithm_name(key.algorithm),
                   key_state_name(key.state), key.created_at, key.publish_from, key.active_from,
                   key.longest_token.count(), Blob{key.sealed_key}, key.public_jwk}));
  return Unit{};
}

Result<Unit, Error> activate_key(Transaction& transaction, EnvironmentId environment, KeyId key,
                                 Duration longest_token, Instant now) {
  return change_one(transaction, activate_sql, {environment, key, now, longest_token.count()});
}

Result<Unit, Error> retire_key(Transaction& transaction, EnvironmentId environment,
                               const Retirement& retirement, std::string_view sealed_public_key,
                               Instant now) {
  return change_one(
      transaction, retire_sql,
      {environment, retirement.key, now, retirement.remove_at, Blob{sealed_public_key}});
}

Result<Unit, Error> raise_longest_token(Transaction& transaction, EnvironmentId environment,
                                        KeyId key, Duration longest_token) {
  TRY(transaction.execute(raise_sql, {environment, key, longest_token.count()}));
  return Unit{};
}

Result<Unit, Error> remove_key(Transaction& transaction, EnvironmentId environment, KeyId key) {
  return change_one(transaction, remove_sql, {environment, key});
}

}  // namespace gatehouse::keys
