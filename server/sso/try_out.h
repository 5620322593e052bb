// Trying a connection out: a sign-in that signs nobody in, and tells an administrator of every
// check on its way.

#pragma once

#include "server/connections/test_run.h"
#include "server/login/outside_identity.h"
#include "server/sso/trouble.h"

namespace gatehouse::sso {

struct TriedOut {
  const connections::Connection& connection;
  ConnectionTestId test;
  Result<login::OutsideIdentity, Failure> outcome;
  const CheckLog& checks;
};
// Stores how the run went, once, and shows it.
[[nodiscard]] http::Response tried_out(const Deps& deps, const Context& context,
                                       const TriedOut& run);

}  // namespace gatehouse::sso
