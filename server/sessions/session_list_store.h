// The statements behind session_list.h.

#pragma once

#include "server/sessions/session_list.h"

namespace gatehouse::sessions {

Result<std::optional<SessionDetails>, Error> select_details(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            SessionId session, Instant now);
// At most `query.limit + 1`, nearest to `query.from` first.
Result<std::vector<SessionDetails>, Error> select_of_user(storage::Transaction& transaction,
                                                          EnvironmentId environment, UserId user,
                                                          const SessionFilter& filter,
                                                          const PageQuery& query, Instant now);
// How many the filter lets through; nothing if there is no such user.
Result<std::optional<std::int64_t>, Error> count_of_user(storage::Transaction& transaction,
                                                         EnvironmentId environment, UserId user,
                                                         const SessionFilter& filter, Instant now);

}  // namespace gatehouse::sessions
