// Origins: which answer of which identity provider made a session, so that signing out here can be
// told there, and signing out there finds the session here.

#pragma once

#include "server/sessions/session.h"

namespace gatehouse::sessions {

struct Origin {
  ConnectionId connection;
  std::string issuer;
  std::string subject;
  std::string name_id = {};         // [SAML Core §2.2.3]; empty: none
  std::string name_id_format = {};  // likewise
  std::string session_index = {};   // SessionIndex, or `sid`; likewise
};

// Instead of what was there.
Result<Unit, Error> set_origin(storage::Transaction& transaction, EnvironmentId environment,
                               SessionId session, const Origin& origin);
Result<std::optional<Origin>, Error> find_origin(storage::Transaction& transaction,
                                                 EnvironmentId environment, SessionId session);

// Whose sessions the provider ends: those of a subject or of a name id, of one session index or of
// all. At least one of `subject` and `name_id` is given, or a session index alone.
struct OriginQuery {
  ConnectionId connection;
  std::string subject = {};        // empty: any
  std::string name_id = {};        // likewise
  std::string session_index = {};  // likewise
};
// Live ones, at most 100.
Result<std::vector<SessionId>, Error> list_sessions_of_origin(storage::Transaction& transaction,
                                                              EnvironmentId environment,
                                                              const OriginQuery& query,
                                                              Instant now);

}  // namespace gatehouse::sessions
