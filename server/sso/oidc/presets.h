// Social providers whose places and habits are known by their names.

#pragma once

#include "server/sso/oidc/relying.h"

namespace gatehouse::sso::oidc_rp {

// Sets what is known of that provider: endpoints, proof, scopes, tenants, quirks. Failures:
// connection_incomplete (a setting that the provider needs is not as it must be). False, and
// nothing set, for a provider that is known by its settings alone.
[[nodiscard]] Result<bool, Failure> apply_preset(const connections::OAuthConfiguration& oauth,
                                                 Relying& relying);

}  // namespace gatehouse::sso::oidc_rp
