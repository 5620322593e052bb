// Sending a browser to an identity provider.

#pragma once

#include "server/connections/connection.h"
#include "server/http/message.h"
#include "server/sso/deps.h"
#include "server/sso/requests.h"

namespace gatehouse::sso {

// Stores the request and makes the way to the provider. May call the provider (its discovery
// document). The inner failure is one of the connection's or the provider's; errors are the
// database's.
struct Order {
  const environments::Environment& environment;
  const connections::Connection& connection;
  PendingRequest request;
  std::string login_hint = {};
};
Result<Result<Departure, Failure>, Error> depart(const Deps& deps, const Context& context,
                                                 const Order& order);
// 303, or a page with a form that posts itself.
[[nodiscard]] http::Response to_response(const Deps& deps,
                                         const environments::Environment& environment,
                                         const Departure& departure);

// The client secret of the connection; empty if it has none.
Result<Secret, Error> client_secret_of(const Deps& deps, const connections::Connection& connection);

}  // namespace gatehouse::sso
