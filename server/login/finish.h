// finish: every way of proving who one is ends here, and only here are sessions made of it.

#pragma once

#include "server/login/visit.h"

namespace gatehouse::login {

// A proof that is complete, in the browser of `request`.
struct SignIn {
  Random& random;
  const Context& context;
  const http::Request& request;
  const environments::Environment& environment;
  UserId user;
  OrgId organization;
  sessions::Method method;
  std::optional<std::string> client_id = std::nullopt;  // of the application that waits, if any
  std::optional<FlowId> flow = std::nullopt;            // that it completes, if any
  const OutsideIdentity* identity = nullptr;            // that was the proof, if one was
};

// Makes the session in the caller's transaction and marks the address as verified. The browser's
// live session goes on, with a new token, if it belongs to the same person; somebody else's ends.
// Errors: failed_precondition (the user may not sign in), not_found (no such membership).
Result<sessions::CreatedSession, Error> sign_in(storage::Transaction& transaction,
                                                const SignIn& wanted);

// What the browser gets: a new cookie token, unless the session it holds already goes on as it is.
struct Finished {
  std::optional<sessions::CreatedSession> created;
};

// Makes the session for `organization`, in the caller's transaction, and completes the flow.
//   the browser's live session belongs to the same person: it is renewed, with a new token
//   it belongs to somebody else: it ends, and a new one is made
//   the flow only chose an organization: the session it was started from changes organization
// Errors: aborted if the flow was completed by somebody faster.
Result<Finished, Error> finish(storage::Transaction& transaction, const Visit& visit, UserId user,
                               OrgId organization);

// Where a completed flow goes on: 303, with the session cookie if there is a new one.
[[nodiscard]] http::Response go_on(const Visit& visit, const Finished& finished);

// The path at which the flow's starter takes over.
[[nodiscard]] std::string resume_path(const Flow& flow);

}  // namespace gatehouse::login
