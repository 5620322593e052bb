// The grants of the token endpoint: one file each, one shape.

#pragma once

#include "server/oidc/client_auth.h"
#include "server/oidc/deps.h"
#include "server/oidc/token_issuer.h"

namespace gatehouse::oidc::grants {

struct TokenRequest {
  const Deps& deps;
  const Context& context;
  const Form& form;
  const AuthenticatedClient& client;
};

// Loads what custom claims are made of into the grant, where the environment has any.
Result<Unit, Error> add_claim_facts(storage::Transaction& transaction, EnvironmentId environment,
                                    const AuthenticatedClient& client, PersonGrant& grant);

// [RFC 6749 §4.1.3] [RFC 7636 §4.5]
Result<IssuedTokens, OAuthError> authorization_code(const TokenRequest& request);
// [RFC 6749 §6] [OIDC Core §12]
Result<IssuedTokens, OAuthError> refresh_token(const TokenRequest& request);
// [RFC 6749 §4.4]
Result<IssuedTokens, OAuthError> client_credentials(const TokenRequest& request);

}  // namespace gatehouse::oidc::grants
