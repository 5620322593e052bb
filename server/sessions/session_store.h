// The rows of `sessions` and `session_clients`: how the stores of this module read a session out of
// a join, and the statements behind the acts of session.h.

#pragma once

#include "server/sessions/session.h"

// The columns that session_from_row reads, of a table that the statement calls `s`.
#define GATEHOUSE_SESSION_COLUMNS                                                           \
  "s.id, s.environment_id, s.user_id, s.organization_id, s.method, s.authenticated_at_ms, " \
  "s.created_at_ms, s.last_active_at_ms, s.idle_lifetime_ms, s.idle_expires_at_ms, "        \
  "s.expires_at_ms, s.ended_at_ms, s.client_address, s.user_agent, s.connection_id"

namespace gatehouse::sessions {

inline constexpr int session_columns = 15;

// `first` is the number of the first of GATEHOUSE_SESSION_COLUMNS in the row.
[[nodiscard]] Session session_from_row(const storage::Row& row, int first = 0);

// False if the user is not one of the environment, or may not sign in.
Result<bool, Error> insert_session(storage::Transaction& transaction, EnvironmentId environment,
                                   const Session& session, std::string_view token_hash);

// A new proof by the same person, under a new token. False if the session is over or another's.
struct Renewal {
  std::string token_hash;
  Instant now;
};
Result<bool, Error> update_renewed(storage::Transaction& transaction, EnvironmentId environment,
                                   SessionId session, const NewSession& wanted,
                                   const Renewal& renewal);

// False if the session is over, or was active later than that.
Result<bool, Error> update_activity(storage::Transaction& transaction, EnvironmentId environment,
                                    SessionId session, Instant now, Instant idle_expires_at);
// False if the session is over or its user is not an active member.
Result<bool, Error> update_organization(storage::Transaction& transaction,
                                        EnvironmentId environment, SessionId session,
                                        OrgId organization);

// Marks the session as ended. Nothing if it was ended before, or is unknown.
struct EndedSession {
  UserId user;
  std::optional<OrgId> organization;
};
Result<std::optional<EndedSession>, Error> update_ended(storage::Transaction& transaction,
                                                        EnvironmentId environment,
                                                        SessionId session, EndReason reason,
                                                        Instant now);

// Ids of live sessions, at most `limit`.
Result<std::vector<SessionId>, Error> list_live_ids_of_user(storage::Transaction& transaction,
                                                            EnvironmentId environment, UserId user,
                                                            Instant now, int limit,
                                                            std::optional<SessionId> except);
Result<std::vector<SessionId>, Error> list_live_ids_in_organization(
    storage::Transaction& transaction, EnvironmentId environment, OrgId organization, Instant now,
    int limit, std::optional<UserId> member);

}  // namespace gatehouse::sessions
