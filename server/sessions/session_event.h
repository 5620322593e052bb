// Sessions as events tell of them: "user.login" when a person has proved who they are,
// "user.logout" when they sign out. What else ends a session is told to applications by
// back-channel logout only.

#pragma once

#include "server/sessions/session_list.h"

namespace gatehouse::sessions {

// Records the event in the caller's transaction: the person and the session, as the contract's
// messages have them. `type` is one of the two above; `details` is as it is now.
Result<Unit, Error> tell_of_session(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random, std::string_view type,
                                    const SessionDetails& details);

}  // namespace gatehouse::sessions
