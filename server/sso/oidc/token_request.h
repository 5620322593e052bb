// The token request: a code for tokens [RFC 6749 §4.1.3] [OIDC Core §3.1.3.1].

#pragma once

#include "server/sso/oidc/redeem.h"

namespace gatehouse::sso::oidc_rp {

struct Tokens {
  Secret access_token;
  std::string id_token;  // empty: the provider gave none
};

struct CodeExchange {
  std::string code;
  std::string request_id;  // what the PKCE verifier is derived of
};

// Failures: token_client_refused, token_code_refused, token_redirect_refused,
// token_request_refused, provider_error, and those of ProviderCalls::send.
[[nodiscard]] Result<Tokens, Failure> request_tokens(const RedeemDeps& deps, const Relying& relying,
                                                     const Endpoints& endpoints,
                                                     const CodeExchange& exchange,
                                                     const Patience& patience);

}  // namespace gatehouse::sso::oidc_rp
