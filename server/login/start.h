// The beginning of a sign-in: a flow is stored and the browser is sent to its first page.

#pragma once

#include "server/http/message.h"
#include "server/login/flow.h"

namespace gatehouse::login {

struct StartDeps {
  storage::Database& database;
  Random& random;
};

// 303 to /login?flow=…, or to the identity provider where a connection is wanted, with the browser
// cookie if this browser has none yet. `wanted.browser_hash` is filled in here.
Result<http::Response, Error> start_sign_in(const StartDeps& deps, const Context& context,
                                            const http::Request& request,
                                            const environments::Environment& environment,
                                            NewFlow wanted);

// The path of a flow's page.
[[nodiscard]] std::string flow_path(FlowId flow);
// The path at which the flow's starter learns that there will be no sign-in, by that error code.
[[nodiscard]] std::string give_up_path(FlowId flow, std::string_view code);
// The path that sends the browser to the identity provider of the flow's connection.
[[nodiscard]] std::string sign_on_path(FlowId flow);

}  // namespace gatehouse::login
