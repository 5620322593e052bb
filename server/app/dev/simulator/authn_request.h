// What applications ask of a simulated SAML provider [SAML Core §3.4.1]. Nothing in it is trusted:
// answers go to the address that the connection has.

#pragma once

#include "server/http/message.h"
#include "server/sso/saml/message.h"

namespace gatehouse::app::dev {

struct AuthnRequest {
  std::string id;
  std::string issuer;
  std::string acs_url;  // empty: the one that is registered
  std::string name_id_format = {};
  enum class Page { allowed, refused } page = Page::allowed;  // IsPassive
  enum class Authentication {
    as_needed,
    fresh
  } authentication = Authentication::as_needed;  // ForceAuthn
  enum class Signature { absent, present } signature = Signature::absent;
  std::string relay_state = {};
  std::string login_hint = {};
};

// Of the HTTP-Redirect or HTTP-POST binding, as the request's method says. Errors:
// invalid_argument, with a sentence for developers.
Result<AuthnRequest, Error> read_authn_request(const http::Request& request);
// The ID of a LogoutRequest, likewise.
Result<std::string, Error> read_logout_request_id(const http::Request& request);

}  // namespace gatehouse::app::dev
