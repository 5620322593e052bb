// /oauth/authorize: where applications send people [RFC 6749 §3.1] [OIDC Core §3.1.2], and
// /oauth/authorize/resume, where they come back to after signing in.

#pragma once

#include "server/http/route.h"
#include "server/oidc/deps.h"

namespace gatehouse::oidc {

class AuthorizeEndpoint {
 public:
  explicit AuthorizeEndpoint(const Deps& deps) : deps_(deps) {}

  http::Response get(const Context& context, const http::Request& request) const;
  // A form post is turned into the same request by GET: only so does a browser send along the
  // cookies of this site when it comes from another.
  http::Response post(const Context& context, const http::Request& request) const;
  // GET …/refused?flow=…&error=…: the person gives a sign-in up that could not be; the application
  // learns of it by that error.
  http::Response refused(const Context& context, const http::Request& request) const;
  http::Response resume(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
};

}  // namespace gatehouse::oidc
