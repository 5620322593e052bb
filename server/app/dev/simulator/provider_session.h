// The session that a person has at a simulated provider after opening an app tile: for a minute the
// provider knows who they are, so that the sign-in which the application then begins needs no page.
// Held in a cookie, unprotected: the simulator signs anybody in anyway.

#pragma once

#include "server/app/dev/simulator/person.h"
#include "server/core/id.h"
#include "server/core/time.h"
#include "server/http/cookies.h"

namespace gatehouse::app::dev {

inline constexpr seconds provider_session_lifetime{60};

struct ProviderSession {
  ConnectionId connection;
  TypedPerson person;
};
// Too long for a cookie: nothing is remembered.
void remember(http::Response& response, const ProviderSession& session, http::Scheme scheme);
void forget(http::Response& response, http::Scheme scheme);
[[nodiscard]] std::optional<TypedPerson> remembered(const http::Request& request,
                                                    ConnectionId connection, http::Scheme scheme);

}  // namespace gatehouse::app::dev
