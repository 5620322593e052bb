// gh_portal: the cookie with the token of this browser's portal session. HttpOnly, SameSite=Lax,
// for the whole host, with the __Host- prefix on https.

#pragma once

#include "server/core/secret.h"
#include "server/environments/environment.h"
#include "server/http/message.h"

namespace gatehouse::portal {

// nullopt if there is none, or more than one.
[[nodiscard]] std::optional<Secret> read_portal_cookie(
    const http::Request& request, const environments::Environment& environment);
void set_portal_cookie(http::Response& response, const environments::Environment& environment,
                       const Secret& token, Duration lifetime);
void clear_portal_cookie(http::Response& response, const environments::Environment& environment);

}  // namespace gatehouse::portal
