// The statements behind the acts of passwordless.h.

#pragma once

#include "server/login/passwordless.h"

namespace gatehouse::login {

inline constexpr int passwordless_tries_max = 5;
inline constexpr Duration passwordless_tries_window = minutes(10);

Result<Unit, Error> insert_passwordless(storage::Transaction& transaction,
                                        EnvironmentId environment,
                                        const PasswordlessRequest& request);
Result<std::optional<PasswordlessRequest>, Error> find_passwordless(
    storage::Transaction& transaction, EnvironmentId environment, AuthRequestId request);
// A new mail is on its way. False unless the request is still open: not verified, not out of tries.
Result<bool, Error> renew_passwordless(storage::Transaction& transaction, EnvironmentId environment,
                                       AuthRequestId request, Instant expires_at);
// Takes one of the tries, before the code is looked at: so concurrent ones cannot be more than
// there are. False if none is left, or the request is unknown, verified or expired.
Result<bool, Error> take_passwordless_try(storage::Transaction& transaction,
                                          EnvironmentId environment, AuthRequestId request,
                                          Instant now);
// The request is proven, once. Nothing if it is verified, expired, or more than `tries` were taken.
Result<std::optional<PasswordlessRequest>, Error> mark_passwordless_verified(
    storage::Transaction& transaction, EnvironmentId environment, AuthRequestId request,
    Instant now, int tries);

}  // namespace gatehouse::login
