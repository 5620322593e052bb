// From a grant to signed tokens.

#pragma once

#include "server/keys/key_ring.h"
#include "server/oidc/claims.h"
#include "server/oidc/error.h"

namespace gatehouse::oidc {

// What goes into a token response [RFC 6749 §5.1] [OIDC Core §3.1.3.3].
struct IssuedTokens {
  std::string access_token;
  std::string id_token;  // empty: none
  std::optional<Secret> refresh_token = std::nullopt;
  Duration expires_in;
  std::string scope;
};

[[nodiscard]] Duration access_token_lifetime(const environments::Environment& environment,
                                             const applications::Application& application);

// Access and ID token of a person. `custom_claims` are made of the facts in the grant. `code` is
// the authorization code they come with, if any. Errors: temporarily_unavailable while the
// environment has no key of the application's algorithm.
struct PersonTokenOrder {
  const environments::Environment& environment;
  const applications::Application& application;
  const PersonGrant& grant;
  const claims::ClaimSet& custom_claims;
  TokenId token;
  Instant now;
  const Secret* code = nullptr;
};
Result<IssuedTokens, OAuthError> issue_person_tokens(const keys::KeyRing& ring,
                                                     const PersonTokenOrder& order);

struct MachineTokenOrder {
  const environments::Environment& environment;
  const applications::Application& application;
  const MachineGrant& grant;
  TokenId token;
  Instant now;
};
Result<IssuedTokens, OAuthError> issue_machine_token(const keys::KeyRing& ring,
                                                     const MachineTokenOrder& order);

[[nodiscard]] http::Response token_response(const IssuedTokens& tokens);

}  // namespace gatehouse::oidc
