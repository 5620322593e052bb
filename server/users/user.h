// A user: one person in one environment, known by one e-mail address.

#pragma once

#include <string>
#include <vector>

#include "server/core/page.h"
#include "server/storage/database.h"
#include "server/users/email.h"
#include "server/users/profile.h"

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

// A user with what only the management API shows of them.
struct UserDetails {
  User user;
  Metadata metadata;
  Profile profile;
};

struct NewUser {
  Email email;
  enum class Verified { yes, no } email_verified = Verified::no;
  std::string given_name = {};
  std::string family_name = {};
  std::optional<std::string> external_id = std::nullopt;
  std::string name = {};  // the full name; "": made of the two parts
  std::optional<std::string> picture = std::nullopt;
  std::optional<std::string> locale = std::nullopt;
  Metadata metadata = {};
  Profile profile = {};
};

struct ProfileChange {
  std::optional<std::string> given_name = std::nullopt;
  std::optional<std::string> family_name = std::nullopt;
};

// What is absent stays as it is. The full name follows its two parts until it is set by itself.
struct UserChange {
  std::optional<std::string> external_id = std::nullopt;  // "" takes it away
  std::optional<Metadata> metadata = std::nullopt;        // instead of what was there
  std::optional<std::string> given_name = std::nullopt;
  std::optional<std::string> family_name = std::nullopt;
  std::optional<std::string> name = std::nullopt;          // "" makes it of its parts again
  std::optional<std::string> picture = std::nullopt;       // "" takes it away
  std::optional<std::string> locale = std::nullopt;        // "" takes it away
  std::optional<std::string> phone_number = std::nullopt;  // a new one is not verified
  std::optional<std::string> preferred_username = std::nullopt;
  std::optional<std::string> gender = std::nullopt;
  std::optional<std::vector<std::string>> groups = std::nullopt;
  std::optional<Metadata> custom_attributes = std::nullopt;
  std::optional<Metadata> profile_metadata = std::nullopt;
};

// A person's name made fit to be shown: control, direction-changing and invisible characters are
// taken out, blanks become single spaces, the ends are trimmed. "" stays "". Errors:
// invalid_argument (not UTF-8, nothing visible, more than 200 bytes).
Result<std::string, Error> clean_name(std::string_view text);

// Acts, each audited. Errors: invalid_argument (naming the field), already_exists (e-mail,
// external id), not_found.
Result<User, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, const NewUser& wanted);
// The same, and all of what was made.
Result<UserDetails, Error> create_detailed(storage::Transaction& transaction,
                                           EnvironmentId environment, const Context& context,
                                           Random& random, const NewUser& wanted);
// What create() would store of `wanted`, in its cleaned form, under that id.
Result<UserDetails, Error> check_new_user(const NewUser& wanted, EnvironmentId environment,
                                          UserId id, Instant now);
// The user as they are afterwards.
Result<UserDetails, Error> update(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, UserId user,
                                  const UserChange& change);
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
Result<std::optional<UserDetails>, Error> find_details(storage::Transaction& transaction,
                                                       EnvironmentId environment, UserId user);
// The id behind the application's own id of a user.
Result<std::optional<UserId>, Error> find_by_external_id(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         std::string_view external_id);
Result<std::optional<User>, Error> find_user_by_email(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Email& email);
Result<std::int64_t, Error> count_users(storage::Transaction& transaction,
                                        EnvironmentId environment);
// For acts that make or remove users themselves.
Result<Unit, Error> change_count(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, std::int64_t by);
// Sums up the changes of the number of users, at most `rows_max` of them. A job: counting is fast
// as long as few wait.
Result<Unit, Error> sum_up_counts(storage::Transaction& transaction, std::int64_t rows_max);
// Newest first, at most `limit` (≤ 500), older than `before` if given.
Result<std::vector<User>, Error> list_users(storage::Transaction& transaction,
                                            EnvironmentId environment, std::optional<UserId> before,
                                            int limit);

// Users whose e-mail address, full name, family name or external id begins with `query`, newest
// first. Letters count without their case, but in external ids, which are the application's own.
//
// Each of the four is looked up in its own index, and at most `search_matches_max` of each are
// looked at: a query that more begin with finds the first of them in the order of their text, and
// `total` is the number of those that the pages show. So no query, however broad, takes long.
inline constexpr int search_matches_max = 1000;
Result<Page<UserId>, Error> search(storage::Transaction& transaction, EnvironmentId environment,
                                   std::string_view query, const PageQuery& page);

// The id of a person's profile, which is one with the person: "usp_" and the user's number.
[[nodiscard]] std::string profile_id(UserId user);
// The wire JSON of a user, as events carry it: id, email, external_id, times, metadata and profile.
void write_user(JsonWriter& writer, const UserDetails& details);

}  // namespace gatehouse::users
