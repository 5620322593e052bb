// How often one may try. Counters live in the database, shared by all nodes, by fixed windows of a
// minute or an hour; each count is one statement. What is counted is hashed, so that the table
// tells nobody who tried to sign in. Limits can be raised for a deployment, never switched off.

#pragma once

#include "server/storage/database.h"
#include "server/users/email.h"

namespace gatehouse::login {

struct ThrottleLimits {
  int mails_per_address_per_minute = 2;
  int mails_per_address_per_hour = 12;
  int mails_per_source_per_hour = 120;  // source: the client's IP address
  int wrong_codes_per_address_per_hour = 20;
  int wrong_codes_per_source_per_hour = 100;
  int sign_on_records_per_source_per_hour = 600;  // of failures and trials, see server/sso
};

enum class Allowed { yes, no };

// Counts one mail to `email` and says whether it may go.
Result<Allowed, Error> count_mail(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, const ThrottleLimits& limits,
                                  const users::Email& email);
// Whether a code may be tried now: asked before each try, counted after each wrong one.
Result<Allowed, Error> may_try_code(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, const ThrottleLimits& limits,
                                    const users::Email& email);
Result<Unit, Error> count_wrong_try(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, const users::Email& email);

// The same by address alone, for what an application's own server asks for: all its people come
// from one source. The counts of an address are those of the sign-in.
Result<Allowed, Error> count_mail_to_address(storage::Transaction& transaction,
                                             EnvironmentId environment, const Context& context,
                                             const ThrottleLimits& limits,
                                             const users::Email& email);
Result<Allowed, Error> may_try_code_of_address(storage::Transaction& transaction,
                                               EnvironmentId environment, const Context& context,
                                               const ThrottleLimits& limits,
                                               const users::Email& email);
Result<Unit, Error> count_wrong_try_of_address(storage::Transaction& transaction,
                                               EnvironmentId environment, const Context& context,
                                               const users::Email& email);
// Counts one record of a single sign-on that failed or was tried out: whoever sends nonsense is
// refused all the same, but does not fill the database.
Result<Allowed, Error> count_sign_on_record(storage::Transaction& transaction,
                                            EnvironmentId environment, const Context& context,
                                            const ThrottleLimits& limits);
// Deletes windows that are over. A job.
Result<std::int64_t, Error> reclaim_throttles(storage::Transaction& transaction, Instant now,
                                              std::int64_t rows_max);

}  // namespace gatehouse::login
