// The rows of `logout_deliveries`: how the end of a session puts them there.

#pragma once

#include "server/sessions/logout_delivery.h"

namespace gatehouse::sessions {

// Queues a delivery to every back-channel URI of every application that the session signed in to.
struct SessionEnd {
  SessionId session;
  UserId user;
  Instant now;
};
Result<Unit, Error> queue_logout_deliveries(storage::Transaction& transaction,
                                            EnvironmentId environment, Random& random,
                                            const SessionEnd& end);

}  // namespace gatehouse::sessions
