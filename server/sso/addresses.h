// Where connections live at this server, and where their providers may.

#pragma once

#include "server/connections/connection.h"
#include "server/net/address_guard.h"
#include "server/sso/provider_request.h"

namespace gatehouse::sso {

[[nodiscard]] ConnectionUrls connection_urls(const environments::Environment& environment,
                                             const connections::Connection& connection);
// Development environments also call providers on the same machine.
[[nodiscard]] net::AddressPolicy address_policy(const environments::Environment& environment);

}  // namespace gatehouse::sso
