#include "server/users/user_store.h"

#include <algorithm>
#include <limits>

#include "server/users/search_key.h"

namespace gatehouse::users {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr int list_rows_max = 500;

constexpr Sql insert_sql{
    "users.insert",
    "INSERT INTO users (id, environment_id, email, email_verified, given_name, family_name, name, "
    "picture, locale, external_id, metadata, state, created_at_ms, updated_at_ms, "
    "last_login_at_ms, profile, search_name, search_family) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, NULL, $14, $15, $16) "
    "ON CONFLICT DO NOTHING"};

constexpr Sql find_sql{"users.find", "SELECT " GATEHOUSE_USER_COLUMNS
                                     " FROM users u WHERE u.environment_id = $1 AND u.id = $2"};

constexpr Sql find_details_sql{"users.find_details",
                               "SELECT " GATEHOUSE_USER_DETAIL_COLUMNS
                               " FROM users u WHERE u.environment_id = $1 AND u.id = $2"};

constexpr Sql find_by_external_id_sql{
    "users.find_by_external_id",
    "SELECT id FROM users WHERE environment_id = $1 AND external_id = $2"};

constexpr Sql find_by_email_sql{"users.find_by_email",
                                "SELECT " GATEHOUSE_USER_COLUMNS
                                " FROM users u WHERE u.environment_id = $1 AND u.email = $2"};

constexpr Sql list_sql{"users.list", "SELECT " GATEHOUSE_USER_COLUMNS
                                     " FROM users u WHERE u.environment_id = $1 AND u.id < $2 "
                                     "ORDER BY u.id DESC LIMIT $3"};

constexpr Sql update_sql{
    "users.update",
    "UPDATE users SET given_name = $3, family_name = $4, name = $5, picture = $6, locale = $7, "
    "external_id = $8, metadata = $9, updated_at_ms = $10, profile = $11, search_name = $12, "
    "search_family = $13 WHERE environment_id = $1 AND id = $2 AND NOT EXISTS ("
    "SELECT 1 FROM users o WHERE o.environment_id = $1 AND o.external_id = $8 AND o.id <> $2)"};

constexpr Sql update_signed_in_sql{"users.update_signed_in",
                                   "UPDATE users SET email_verified = 1, last_login_at_ms = $3 "
                                   "WHERE environment_id = $1 AND id = $2"};

constexpr Sql update_state_sql{"users.update_state",
                               "UPDATE users SET state = $3, updated_at_ms = $4 "
                               "WHERE environment_id = $1 AND id = $2 AND state <> $3"};

constexpr Sql delete_sql{"users.delete", "DELETE FROM users WHERE environment_id = $1 AND id = $2"};

// The upsert's own insertion is for the first user of an environment.
constexpr Sql add_to_count_sql{
    "users.add_to_count",
    "INSERT INTO user_counts (environment_id, count) VALUES ($1, $2) "
    "ON CONFLICT (environment_id) DO UPDATE SET count = user_counts.count + $2"};
constexpr Sql insert_count_change_sql{
    "users.insert_count_change",
    "INSERT INTO user_count_changes (id, environment_id, change) VALUES ($1, $2, $3)"};
constexpr Sql take_count_changes_sql{
    "users.take_count_changes",
    "DELETE FROM user_count_changes WHERE id IN "
    "(SELECT id FROM user_count_changes ORDER BY id LIMIT $1) RETURNING environment_id, change"};
constexpr Sql count_sql{
    "users.count",
    "SELECT COALESCE((SELECT count FROM user_counts WHERE environment_id = $1), 0) + "
    "COALESCE((SELECT CAST(SUM(change) AS BIGINT) FROM user_count_changes "
    "WHERE environment_id = $1), 0)"};

}  // namespace

std::string_view state_name(State state) {
  switch (state) {
    case State::active: return "active";
    case State::disabled: return "disabled";
  }
  ensure_failed("users::state_name: not a State");
}

State state_from_name(std::string_view name) {
  ENSURE(name == "active" || name == "disabled");
  return name == "active" ? State::active : State::disabled;
}

User user_from_row(const Row& row, int first) {
  // What is stored came out of Email::parse and goes in again: see check_invariants.
  auto email = Email::parse(row.text(first + 2));
  ENSURE(email.has_value());
  return {.id = row.id<UserId>(first),
          .environment = row.id<EnvironmentId>(first + 1),
          .email = *std::move(email),
          .email_verified = row.integer(first + 3) != 0,
          .given_name = row.string(first + 4),
          .family_name = row.string(first + 5),
          .name = row.string(first + 6),
          .picture = row.optional_string(first + 7),
          .locale = row.optional_string(first + 8),
          .external_id = row.optional_string(first + 9),
          .state = state_from_name(row.text(first + 10)),
          .created_at = row.instant(first + 11),
          .updated_at = row.instant(first + 12),
          .last_login_at = row.optional_instant(first + 13)};
}

UserDetails details_from_row(const Row& row, int first) {
  return {.user = user_from_row(row, first),
          .metadata = stored_metadata(row.text(first + user_columns)),
          .profile = profile_from_text(row.text(first + user_columns + 1))};
}

Result<bool, Error> insert_user(Transaction& transaction, EnvironmentId environment,
                                const UserDetails& details) {
  const User& user = details.user;
  const std::string metadata = metadata_to_json(details.metadata);
  const std::string profile = profile_text(details.profile);
  const std::string search_name = search_key(user.name);
  const std::string search_family = search_key(user.family_name);
  const auto changed = TRY(transaction.execute(
      insert_sql,
      {user.id, environment, user.email.text(), user.email_verified ? 1 : 0, user.given_name,
       user.family_name, user.name, user.picture, user.locale, user.external_id, metadata,
       state_name(user.state), user.created_at, profile, search_name, search_family}));
  return changed == 1;
}

Result<bool, Error> update_user(Transaction& transaction, EnvironmentId environment,
                                const UserDetails& details) {
  const User& user = details.user;
  const std::string metadata = metadata_to_json(details.metadata);
  const std::string profile = profile_text(details.profile);
  const std::string search_name = search_key(user.name);
  const std::string search_family = search_key(user.family_name);
  const auto changed = TRY(transaction.execute(
      update_sql, {environment, user.id, user.given_name, user.family_name, user.name, user.picture,
                   user.locale, user.external_id, metadata, user.updated_at, profile, search_name,
                   search_family}));
  return changed == 1;
}

Result<bool, Error> update_signed_in(Transaction& transaction, EnvironmentId environment,
                                     UserId user, Instant now) {
  return TRY(transaction.execute(update_signed_in_sql, {environment, user, now})) == 1;
}

Result<bool, Error> update_state(Transaction& transaction, EnvironmentId environment, UserId user,
                                 State state, Instant now) {
  const auto changed =
      TRY(transaction.execute(update_state_sql, {environment, user, state_name(state), now}));
  return changed == 1;
}

Result<bool, Error> delete_row(Transaction& transaction, EnvironmentId environment, UserId user) {
  return TRY(transaction.execute(delete_sql, {environment, user})) == 1;
}

Result<Unit, Error> add_to_count(Transaction& transaction, EnvironmentId environment,
                                 std::int64_t change) {
  return transaction.send(add_to_count_sql, {environment, change});
}

Result<Unit, Error> insert_count_change(Transaction& transaction, EnvironmentId environment,
                                        std::int64_t id, std::int64_t change) {
  return transaction.send(insert_count_change_sql, {id, environment, change});
}

Result<std::map<EnvironmentId, std::int64_t>, Error> take_count_changes(Transaction& transaction,
                                                                        std::int64_t rows_max) {
  std::map<EnvironmentId, std::int64_t> sums;
  TRY(transaction.query(take_count_changes_sql, {rows_max},
                        [&](const Row& row) { sums[row.id<EnvironmentId>(0)] += row.integer(1); }));
  return sums;
}

Result<std::int64_t, Error> count_users(Transaction& transaction, EnvironmentId environment) {
  const auto count = TRY(
      transaction.find(count_sql, {environment}, [](const Row& row) { return row.integer(0); }));
  return count.value_or(0);
}

Result<std::optional<User>, Error> find_user(Transaction& transaction, EnvironmentId environment,
                                             UserId user) {
  return transaction.find(find_sql, {environment, user},
                          [](const Row& row) { return user_from_row(row); });
}

Result<std::optional<UserDetails>, Error> find_details(Transaction& transaction,
                                                       EnvironmentId environment, UserId user) {
  return transaction.find(find_details_sql, {environment, user},
                          [](const Row& row) { return details_from_row(row); });
}

Result<std::optional<UserId>, Error> find_by_external_id(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         std::string_view external_id) {
  return transaction.find(find_by_external_id_sql, {environment, external_id},
                          [](const Row& row) { return row.id<UserId>(0); });
}

Result<std::optional<User>, Error> find_user_by_email(Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Email& email) {
  return transaction.find(find_by_email_sql, {environment, email.text()},
                          [](const Row& row) { return user_from_row(row); });
}

Result<std::vector<User>, Error> list_users(Transaction& transaction, EnvironmentId environment,
                                            std::optional<UserId> before, int limit) {
  const std::int64_t below =
      before.has_value() ? before->number() : std::numeric_limits<std::int64_t>::max();
  return transaction.list(list_sql, {environment, below, std::clamp(limit, 1, list_rows_max)},
                          [](const Row& row) { return user_from_row(row); });
}

}  // namespace gatehouse::users
