// Authorization codes [RFC 6749 §4.1.2]: one minute, one use, bound to client, redirect URI, PKCE
// challenge and session.

#pragma once

#include "server/oidc/authorize_request.h"
#include "server/sessions/session.h"

namespace gatehouse::oidc {

// What a code stands for. The ids of the token to be issued from it are fixed with it, so that a
// code shown twice can revoke what it was once good for [RFC 6749 §4.1.2].
struct CodeGrant {
  ApplicationId application;
  std::string redirect_uri;
  std::string scope;
  std::string nonce;
  std::string code_challenge;
  SessionId session;
  UserId user;
  std::optional<OrgId> organization;
  TokenId token;
};

// Stores the grant and returns the code, which is stored as a hash only.
Result<Secret, Error> issue_code(storage::Transaction& transaction, EnvironmentId environment,
                                 Random& random, const CodeGrant& grant, Instant now,
                                 Duration lifetime);

struct CodeReused {
  CodeGrant grant;  // what the first use was given
};
struct CodeUnknown {};
using CodeRedemption = std::variant<CodeGrant, CodeReused, CodeUnknown>;

// Redeems a code. Of concurrent calls exactly one gets the grant. Whatever the caller then finds
// wrong (client, redirect URI, verifier), the code stays used.
Result<CodeRedemption, Error> redeem_code(storage::Transaction& transaction,
                                          EnvironmentId environment, std::string_view code,
                                          Instant now);

}  // namespace gatehouse::oidc
