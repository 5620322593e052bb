// Which way to sign in a browser took last, for the page to say so. No secret and no proof: a
// cookie, gh_last, with "email" or a connection's id and nothing else, for a year.

#pragma once

#include <optional>

#include "server/environments/environment.h"
#include "server/http/message.h"

namespace gatehouse::login {

// By a connection, or by mail.
struct LastUsed {
  std::optional<ConnectionId> connection = std::nullopt;
  friend bool operator==(const LastUsed&, const LastUsed&) = default;
};

// nullopt if the browser has none, two, or something that we never set.
[[nodiscard]] std::optional<LastUsed> read_last_used(const http::Request& request,
                                                     const environments::Environment& environment);
void set_last_used(http::Response& response, const environments::Environment& environment,
                   const LastUsed& last);

}  // namespace gatehouse::login
