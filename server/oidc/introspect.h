// POST /oauth/introspect [RFC 7662] and POST /oauth/revoke [RFC 7009].

#pragma once

#include "server/http/route.h"
#include "server/oidc/access_token.h"

namespace gatehouse::oidc {

class IntrospectionEndpoint {
 public:
  IntrospectionEndpoint(const Deps& deps, AccessTokens& tokens) : deps_(deps), tokens_(tokens) {}
  // A confidential client may ask about tokens that were issued to it or are meant for it; the
  // environment's default application about all of the environment. About others, and about
  // whatever is not good any more, it learns {"active":false} and nothing else.
  http::Response post(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
  AccessTokens& tokens_;
};

class RevocationEndpoint {
 public:
  RevocationEndpoint(const Deps& deps, AccessTokens& tokens) : deps_(deps), tokens_(tokens) {}
  // Revokes the client's own token: a refresh token with its whole family, an access token alone.
  // 200 for whatever is not a good token of this client, too.
  http::Response post(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
  AccessTokens& tokens_;
};

}  // namespace gatehouse::oidc
