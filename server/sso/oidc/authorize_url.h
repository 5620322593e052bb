// The way to an OpenID provider or OAuth server: the authorization request
// [OIDC Core §3.1.2.1] [RFC 6749 §4.1.1] [RFC 7636].

#pragma once

#include "server/sso/oidc/provider.h"

namespace gatehouse::sso::oidc_rp {

struct DepartureDeps {
  ProviderDirectory& providers;
  // What nonces and PKCE verifiers are derived of. The same for departure and redemption, on every
  // node.
  const Secret& flow_key;
};

// A redirect to the provider. `state` is request.id; the nonce and the PKCE verifier are derived of
// it and are stored nowhere. May call the provider: its discovery document.
// Failures: those of ProviderDirectory::endpoints.
[[nodiscard]] Result<Departure, Failure> departure(const DepartureDeps& deps,
                                                   const Relying& relying,
                                                   const ProviderRequest& request,
                                                   Deadline deadline);

// The nonce and the verifier of a request: 43 characters each, base64url.
[[nodiscard]] std::string nonce_of(const Secret& flow_key, std::string_view request_id);
[[nodiscard]] std::string verifier_of(const Secret& flow_key, std::string_view request_id);

}  // namespace gatehouse::sso::oidc_rp
