// POST /oauth/token [RFC 6749 §3.2]: authenticate the client, find the grant in the table, answer.

#pragma once

#include "server/http/route.h"
#include "server/oidc/deps.h"

namespace gatehouse::oidc {

class TokenEndpoint {
 public:
  explicit TokenEndpoint(const Deps& deps) : deps_(deps) {}
  http::Response post(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
};

}  // namespace gatehouse::oidc
