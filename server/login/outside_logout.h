// Signing out at the identity provider as well, where the connection that made the session wants
// it: the person is sent there and back before they reach the place they were going to.

#pragma once

#include "server/login/session_cookie.h"
#include "server/sessions/session.h"

namespace gatehouse::login {

// What waits while the browser is at the provider.
struct OutsideLogout {
  SessionId session;
  ConnectionId connection;
  std::string
      target;  // where the person goes afterwards: a checked URL; empty: "you are signed out"
};

// Before the session is ended: the path that leads by way of the provider, if there is one to be
// told. Good once, for a minute.
Result<std::optional<std::string>, Error> begin_outside_logout(storage::Transaction& transaction,
                                                               EnvironmentId environment,
                                                               const Context& context,
                                                               Random& random, SessionId session,
                                                               std::string_view target);

// Takes what waits under that token, once.
Result<std::optional<OutsideLogout>, Error> take_outside_logout(storage::Transaction& transaction,
                                                                EnvironmentId environment,
                                                                std::string_view token,
                                                                Instant now);
// What waits until the provider sends the browser back with `id`.
Result<Unit, Error> put_outside_logout(storage::Transaction& transaction, EnvironmentId environment,
                                       std::string_view id, const OutsideLogout& logout,
                                       Instant now);

}  // namespace gatehouse::login
