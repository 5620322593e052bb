// What the management API asks of sessions beyond the acts of session.h: how each stands, where it
// lives, whom it signed in to; lists of one person's sessions, ended ones too.

#pragma once

#include "server/core/page.h"
#include "server/sessions/session.h"

namespace gatehouse::sessions {

enum class Status {
  active,
  expired,  // its time was over before anybody ended it
  revoked,  // ended by an operator, the application or a rule
  logout,   // ended by the person
};
[[nodiscard]] std::string_view status_name(Status status);
[[nodiscard]] std::optional<Status> parse_status(std::string_view name);

struct AuthenticatedClient {
  std::string client_id;
  std::optional<OrgId> organization;
};

struct SessionDetails {
  Session session;
  Status status;                             // as of the asking
  std::vector<AuthenticatedClient> clients;  // by the time of the first sign-in

  // When it stopped being active, for whichever reason; absent while it is.
  [[nodiscard]] std::optional<Instant> over_at() const;
  [[nodiscard]] Instant updated_at() const;
  // Those it was used in, the current one first, each once.
  [[nodiscard]] std::vector<OrgId> organizations() const;
};

// Sessions that ended or expired are found until they are reclaimed. Errors: not_found.
Result<SessionDetails, Error> find_details(storage::Transaction& transaction,
                                           EnvironmentId environment, SessionId session,
                                           Instant now);

struct SessionFilter {
  std::vector<Status> statuses = {};                     // empty: all
  std::optional<Instant> created_from = std::nullopt;    // inclusive
  std::optional<Instant> created_before = std::nullopt;  // exclusive
};
// Errors: not_found (the user).
Result<Page<SessionDetails>, Error> list_of_user(storage::Transaction& transaction,
                                                 EnvironmentId environment, UserId user,
                                                 const SessionFilter& filter,
                                                 const PageQuery& query, Instant now);

// Ends an active session as `end` does, by EndReason::revoked. Errors: not_found,
// failed_precondition (it is not active).
Result<SessionDetails, Error> revoke(storage::Transaction& transaction, EnvironmentId environment,
                                     const Context& context, Random& random, SessionId session);
// All active ones of a person; those that ended, newest first. Errors: not_found (the user).
Result<std::vector<SessionDetails>, Error> revoke_all_of_user(storage::Transaction& transaction,
                                                              EnvironmentId environment,
                                                              const Context& context,
                                                              Random& random, UserId user);

}  // namespace gatehouse::sessions
