// Sign-ins that begin at the provider. What nobody here asked for never makes a session: the
// browser goes to the application's own beginning with a short-lived signed note of who is coming,
// and from there the whole way, so that what arrives in the end was asked for.

#pragma once

#include "server/login/outside_identity.h"
#include "server/sso/trouble.h"

namespace gatehouse::sso {

inline constexpr Duration idp_initiated_lifetime = minutes(5);

struct Unasked {
  const connections::Connection& connection;
  const login::OutsideIdentity& identity;
  std::string assertion_id;
  Instant assertion_expires_at;
  std::string relay_state;
  const CheckLog& checks;
};
// 303 to the application's initiate-login URI with `idp_initiated_login`, a JWT of
// {iss, organization_id, connection_id, login_hint, relay_state?, iat, nbf, exp}.
[[nodiscard]] http::Response begin_for_provider(const Deps& deps, const Context& context,
                                                const Unasked& unasked);

}  // namespace gatehouse::sso
