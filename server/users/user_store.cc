#include "server/users/user_store.h"

#include <algorithm>
#include <limits>

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
    "last_login_at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, $8, '{}', $9, $10, $10, NULL) "
    "ON CONFLICT DO NOTHING"};

constexpr Sql find_sql{"users.find", "SELECT " GATEHOUSE_USER_COLUMNS
                                     " FROM users u WHERE u.environment_id = $1 AND u.id = $2"};

constexpr Sql find_by_email_sql{"users.find_by_email",
                                "SELECT " GATEHOUSE_USER_COLUMNS
                                " FROM users u WHERE u.environment_id = $1 AND u.email = $2"};

constexpr Sql list_sql{"users.list", "SELECT " GATEHOUSE_USER_COLUMNS
                                     " FROM users u WHERE u.environment_id = $1 AND u.id < $2 "
                                     "ORDER BY u.id DESC LIMIT $3"};

constexpr Sql update_profile_sql{
    "users.update_profile",
    "UPDATE users SET given_name = COALESCE($3, given_name), "
    "family_name = COALESCE($4, family_name), "
    "name = TRIM(COALESCE($3, given_name) || ' ' || COALESCE($4, family_name)), "
    "updated_at_ms = $5 WHERE environment_id = $1 AND id = $2"};

constexpr Sql update_signed_in_sql{"users.update_signed_in",
                                   "UPDATE users SET email_verified = 1, last_login_at_ms = $3 "
                                   "WHERE environment_id = $1 AND id = $2"};

constexpr Sql update_state_sql{"users.update_state",
                               "UPDATE users SET state = $3, updated_at_ms = $4 "
                               "WHERE environment_id = $1 AND id = $2 AND state <> $3"};

constexpr Sql delete_sql{"users.delete", "DELETE FROM users WHERE environment_id = $1 AND id = $2"};

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

Result<bool, Error> insert_user(Transaction& transaction, EnvironmentId environment,
                                const User& user) {
  const auto changed = TRY(transaction.execute(
      insert_sql,
      {user.id, environment, user.email.text(), user.email_verified ? 1 : 0, user.given_name,
       user.family_name, user.name, user.external_id, state_name(user.state), user.created_at}));
  return changed == 1;
}

Result<bool, Error> update_profile(Transaction& transaction, EnvironmentId environment, UserId user,
                                   const ProfileChange& cleaned, Instant now) {
  const auto changed = TRY(transaction.execute(
      update_profile_sql, {environment, user, cleaned.given_name, cleaned.family_name, now}));
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

Result<std::optional<User>, Error> find_user(Transaction& transaction, EnvironmentId environment,
                                             UserId user) {
  return transaction.find(find_sql, {environment, user},
                          [](const Row& row) { return user_from_row(row); });
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
