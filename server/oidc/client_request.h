// What the token, introspection and revocation endpoints have in common: a form whose parameters
// come once each, from an authenticated client.

#pragma once

#include "server/oidc/client_auth.h"
#include "server/oidc/deps.h"

namespace gatehouse::oidc {

struct ClientRequest {
  Form form;
  AuthenticatedClient client;
};

// The request, or the answer that says why not; refusals are noted in the audit log.
Result<ClientRequest, http::Response> open_client_request(const Deps& deps, const Context& context,
                                                          const http::Request& request);

void note_client_refusal(const Deps& deps, const Context& context, audit::Event event,
                         const std::string& client_id, const OAuthError& error);

}  // namespace gatehouse::oidc
