// /userinfo [OIDC Core §5.3]: by GET or POST with a Bearer header, or by POST with the token in the
// form.

#pragma once

#include "server/http/route.h"
#include "server/oidc/access_token.h"

namespace gatehouse::oidc {

class UserinfoEndpoint {
 public:
  UserinfoEndpoint(const Deps& deps, AccessTokens& tokens) : deps_(deps), tokens_(tokens) {}
  http::Response answer(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
  AccessTokens& tokens_;
};

}  // namespace gatehouse::oidc
