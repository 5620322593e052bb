// The rows of `users`: how other stores of this layer and above read a user out of a join, and the
// statements behind the acts of user.h.

#pragma once

#include <map>

#include "server/users/user.h"

// The columns that user_from_row reads, of a table that the statement calls `u`.
#define GATEHOUSE_USER_COLUMNS                                                               \
  "u.id, u.environment_id, u.email, u.email_verified, u.given_name, u.family_name, u.name, " \
  "u.picture, u.locale, u.external_id, u.state, u.created_at_ms, u.updated_at_ms, "          \
  "u.last_login_at_ms"

// Those that details_from_row reads.
#define GATEHOUSE_USER_DETAIL_COLUMNS GATEHOUSE_USER_COLUMNS ", u.metadata, u.profile"

namespace gatehouse::users {

inline constexpr int user_columns = 14;
inline constexpr int user_detail_columns = user_columns + 2;

// `first` is the number of the first of GATEHOUSE_USER_COLUMNS in the row.
[[nodiscard]] User user_from_row(const storage::Row& row, int first = 0);

[[nodiscard]] UserDetails details_from_row(const storage::Row& row, int first = 0);

[[nodiscard]] std::string_view state_name(State state);
[[nodiscard]] State state_from_name(std::string_view name);

// False if the e-mail address or the external id is taken.
Result<bool, Error> insert_user(storage::Transaction& transaction, EnvironmentId environment,
                                const UserDetails& details);
// Writes everything that update() may change. False if the external id is another user's.
Result<bool, Error> update_user(storage::Transaction& transaction, EnvironmentId environment,
                                const UserDetails& details);
// Each returns whether there was such a user to change (for the state: one in another state).
Result<bool, Error> update_signed_in(storage::Transaction& transaction, EnvironmentId environment,
                                     UserId user, Instant now);
Result<bool, Error> update_state(storage::Transaction& transaction, EnvironmentId environment,
                                 UserId user, State state, Instant now);
// insert_user and delete_row leave the count alone: who calls them says by how much it changes.
Result<bool, Error> delete_row(storage::Transaction& transaction, EnvironmentId environment,
                               UserId user);
// `id` is of no row yet.
Result<Unit, Error> insert_count_change(storage::Transaction& transaction,
                                        EnvironmentId environment, std::int64_t id,
                                        std::int64_t change);
// Removes the oldest changes, at most `rows_max`, and adds them up by environment.
// tidy: allow store-parameters: a job works on every environment
Result<std::map<EnvironmentId, std::int64_t>, Error> take_count_changes(
    storage::Transaction& transaction, std::int64_t rows_max);
Result<Unit, Error> add_to_count(storage::Transaction& transaction, EnvironmentId environment,
                                 std::int64_t change);

}  // namespace gatehouse::users
