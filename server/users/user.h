// A user: one person in one environment, known by one e-mail address.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"
#include "server/users/email.h"

namespace gatehouse::users {

enum class State { active, disabled };

struct User {
  UserId id;
  EnvironmentId environment;
  Email email;
  bool email_verified;
  std::string given_name;
  std::string family_name;
  std::string name;  // the full name; "" if unknown
  std::optional<std::string> picture;
  std::optional<std::string> locale;
  std::optional<std::string> external_id;
  State state;
  Instant created_at;
  Instant updated_at;
  std::optional<Instant> last_login_at;

  // "Disabled" has one meaning and is asked here on every path.
  [[nodiscard]] bool may_sign_in() const { return state == State::active; }
};

struct NewUser {
  Email email;
  enum class Verified { yes, no } email_verified = Verified::no;
  std::string given_name = {};
  std::string family_name = {};
  std::optional<std::string> external_id = std::nullopt;
};

struct ProfileChange {
  std::optional<std::string> given_name = std::nullopt;
  std::optional<std::string> family_name = std::nullopt;
};

// A person's name made fit to be shown: control, direction-changing and invisible characters are
// taken out, blanks become single spaces, the ends are trimmed. "" stays "". Errors:
// invalid_argument (not UTF-8, nothing visible, more than 200 bytes).
Result<std::string, Error> clean_name(std::string_view text);

// Acts, each audited. Errors: invalid_argument (names, external id), already_exists (e-mail,
// external id), not_found.
Result<User, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, const NewUser& wanted);
Result<Unit, Error> change_profile(storage::Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random, UserId user,
                                   const ProfileChange& change);
// Marks the address as proven and the moment as the last sign-in; audited by the caller's act.
Result<Unit, Error> note_sign_in(storage::Transaction& transaction, EnvironmentId environment,
                                 UserId user, Instant now);
// Disabling does not by itself end sessions: callers use sessions::end_all_of_user beside it.
Result<Unit, Error> set_state(storage::Transaction& transaction, EnvironmentId environment,
                              const Context& context, Random& random, UserId user, State state);
// Sessions and memberships go with the user. Applications learn of it only if the caller ends the
// sessions first (sessions::end_all_of_user).
Result<Unit, Error> delete_user(storage::Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, UserId user);

// Store.
Result<std::optional<User>, Error> find_user(storage::Transaction& transaction,
                                             EnvironmentId environment, UserId user);
Result<std::optional<User>, Error> find_user_by_email(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Email& email);
// Newest first, at most `limit` (≤ 500), older than `before` if given.
Result<std::vector<User>, Error> list_users(storage::Transaction& transaction,
                                            EnvironmentId environment, std::optional<UserId> before,
                                            int limit);

}  // namespace gatehouse::users
