// What a provider says of somebody to whom an access token belongs: userinfo [OIDC Core §5.3], and
// GitHub's own way of it.

#pragma once

#include "server/encoding/json.h"
#include "server/sso/oidc/provider.h"

namespace gatehouse::sso::oidc_rp {

// The claims, an object. Failures: profile_request_failed, and those of ProviderCalls::send.
[[nodiscard]] Result<Json, Failure> read_user_info(ProviderDirectory& providers,
                                                   const Relying& relying,
                                                   const Endpoints& endpoints,
                                                   const Secret& access_token,
                                                   const Patience& patience);

// The same claims out of GitHub's two answers: `sub` is the number of the account, `email` the
// primary address, `email_verified` what GitHub knows of it.
[[nodiscard]] Result<Json, Failure> read_github_user(ProviderDirectory& providers,
                                                     const Relying& relying,
                                                     const Endpoints& endpoints,
                                                     const Secret& access_token,
                                                     const Patience& patience);

// Who it is, where no ID token says so: the claim that the connection maps to the subject; else
// `sub`, else `id`. A text, or (but for `sub`) a whole number above zero. Failures:
// subject_missing.
[[nodiscard]] Result<std::string, Failure> subject_of_user_info(const Relying& relying,
                                                                const Json& claims);

}  // namespace gatehouse::sso::oidc_rp
