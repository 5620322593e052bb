// Signing out at the provider too [OIDC RP-Initiated Logout §2]. ID tokens are not kept, so the
// provider is told who asks by `client_id`, and may ask the person.

#pragma once

#include "server/sso/oidc/provider.h"

namespace gatehouse::sso::oidc_rp {

struct ProviderLogoutRequest {
  std::string post_logout_redirect_uri;  // ConnectionUrls::oidc_logout
  std::string state;                     // comes back with the browser
};

// Where the browser is sent; nullopt if the provider has no such place. May call the provider.
[[nodiscard]] Result<std::optional<std::string>, Failure> provider_logout_url(
    ProviderDirectory& providers, const Relying& relying, const ProviderLogoutRequest& request,
    const Patience& patience);

}  // namespace gatehouse::sso::oidc_rp
