// The way back from an OpenID provider or OAuth server: the answer, the code, the tokens, the
// person [OIDC Core §3.1.2.5] [OIDC Core §3.1.3.7] [RFC 9207].

#pragma once

#include "server/encoding/form.h"
#include "server/jose/jws.h"
#include "server/login/outside_identity.h"
#include "server/sso/oidc/provider.h"

namespace gatehouse::sso::oidc_rp {

struct RedeemDeps {
  ProviderDirectory& providers;
  const Secret& flow_key;  // as in DepartureDeps
  // With one, this server proves itself to token endpoints by a signed assertion in place of the
  // client secret [RFC 7523 §2.2] [RFC 10070].
  const jose::TokenSigner* client_signer = nullptr;
};

// What the provider sent the browser back with. Empty: it was not there.
struct CallbackParameters {
  std::string state;
  std::string code;
  std::string error;
  std::string error_description;
  std::string iss;
};
// Failures: code_missing (one of them twice [RFC 6749 §3.1], or too long).
[[nodiscard]] Result<CallbackParameters, Failure> callback_parameters(const Form& query);

// The request that this is the answer to; the caller has found it by `state`, made sure that it is
// this connection's and this browser's, and used it up.
struct AskedFor {
  std::string request_id;
  ProviderRequest::Authentication authentication = ProviderRequest::Authentication::as_needed;
};

// Who it is. Every check is noted in `checks`, a failed one too. Calls the provider: its token
// endpoint, and as needed its discovery document, its keys and its userinfo.
// Failures: those of the group "OIDC" of Diagnosis, of reaching the provider, of what the provider
// said instead of yes, code_missing, email_malformed.
// An identity without an address is no failure here.
[[nodiscard]] Result<login::OutsideIdentity, Failure> redeem(
    const RedeemDeps& deps, const Relying& relying, const CallbackParameters& answer,
    const AskedFor& asked_for, const Patience& patience, CheckLog& checks);

}  // namespace gatehouse::sso::oidc_rp
