// The queue of back-channel logouts [OIDC Back-Channel Logout §2.5]: written with the end of a
// session, delivered later by the oidc module, which alone can make logout tokens.

#pragma once

#include "server/sessions/session.h"

namespace gatehouse::sessions {

struct LogoutDelivery {
  DeliveryId id;
  EnvironmentId environment;
  ApplicationId application;
  SessionId session;
  UserId user;
  std::string uri;
  int attempts;  // how many were begun, the one of this lease included
};

// Leases up to `limit` due deliveries of all environments until now + lease: another node, or this
// one after a crash, takes them again when the lease is over.
Result<std::vector<LogoutDelivery>, Error> lease_logout_deliveries(
    storage::Transaction& transaction, Instant now, Duration lease, int limit);
Result<Unit, Error> note_delivered(storage::Transaction& transaction, EnvironmentId environment,
                                   DeliveryId delivery, Instant now);
// Schedules the next attempt, or gives up for good when `next_attempt` is absent.
Result<Unit, Error> note_delivery_failed(storage::Transaction& transaction,
                                         EnvironmentId environment, DeliveryId delivery,
                                         Instant now, std::optional<Instant> next_attempt,
                                         std::string_view error);
// Deletes deliveries that are over, done or given up, and were queued more than `keep` ago. A job.
Result<std::int64_t, Error> reclaim_logout_deliveries(storage::Transaction& transaction,
                                                      Instant now, Duration keep,
                                                      std::int64_t rows_max);

}  // namespace gatehouse::sessions
