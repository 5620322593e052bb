// /oidc/logout [OIDC RP-Initiated Logout §2]: ends the session that all applications of the
// environment share. A request that proves to come from an application (an ID token of the session,
// expired or not) is carried out at once; any other is asked back with a button.

#pragma once

#include "server/http/route.h"
#include "server/oidc/deps.h"

namespace gatehouse::oidc {

class EndSessionEndpoint {
 public:
  explicit EndSessionEndpoint(const Deps& deps) : deps_(deps) {}

  // GET and POST /oidc/logout
  http::Response logout(const Context& context, const http::Request& request) const;
  // POST /oidc/logout/confirm: the button.
  http::Response confirm(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
};

}  // namespace gatehouse::oidc
