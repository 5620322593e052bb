// The answer to an authorization request, back at the application: a redirect with the parameters
// in the query, or a page that posts them [OAuth Form Post §2]. Every answer names its issuer [RFC
// 9207 §2].

#pragma once

#include "server/environments/environment.h"
#include "server/oidc/authorize_request.h"
#include "server/pages/layout.h"

namespace gatehouse::oidc {

[[nodiscard]] http::Response authorize_success(const pages::Pages& pages,
                                               const environments::Environment& environment,
                                               const ReturnAddress& back, const Secret& code);
[[nodiscard]] http::Response authorize_failure(const pages::Pages& pages,
                                               const environments::Environment& environment,
                                               const ReturnAddress& back, const OAuthError& error);

// Our own page for a request that may not be answered by a redirect.
struct RefusalPage {
  const Context& context;
  const environments::Environment& environment;
  const PageRefusal& refusal;
  const std::string& admin_command;
};
[[nodiscard]] http::Response authorize_refusal_page(const pages::Pages& pages,
                                                    const RefusalPage& page);
// Our own page for a failure of ours.
[[nodiscard]] http::Response authorize_error_page(const pages::Pages& pages, const Context& context,
                                                  const environments::Environment& environment,
                                                  const OAuthError& error);

}  // namespace gatehouse::oidc
