// Who calls, and whether they may: the first two steps of every call.

#pragma once

#include "server/api/call.h"
#include "server/api/methods.h"
#include "server/http/message.h"

namespace gatehouse::api {

// The caller by the access tokens of the request; the first that is good counts, for clients that
// renew theirs may send the old one along. A machine's token counts while its application may use
// this API, a person's while their session lives.
// Errors: unauthenticated (none is good), permission_denied (a machine of an organization, which
// has no part in this API), those of the database.
Result<Caller, Error> authenticate(const Deps& deps, const Context& context,
                                   const applications::CatalogEntry& entry,
                                   const http::Request& request);

// Whether this caller may call this method at all. Errors: permission_denied.
Result<Unit, Error> authorize(const Caller& caller, const Method& method);

// Whether a method needs no caller.
[[nodiscard]] bool is_open(const Method& method);

}  // namespace gatehouse::api
