#include "server/sso/oidc/rp_logout.h"

#include "server/encoding/form.h"

namespace gatehouse::sso::oidc_rp {

Result<std::optional<std::string>, Failure> provider_logout_url(
    ProviderDirectory& providers, const Relying& relying, const ProviderLogoutRequest& request,
    const Patience& patience) {
  const Endpoints endpoints = TRY(providers.endpoints(relying, patience));
  if (endpoints.end_session_uri.empty()) return std::optional<std::string>();
  std::string query;
  append_form_field(query, "client_id", relying.client_id);
  append_form_field(query, "post_logout_redirect_uri", request.post_logout_redirect_uri);
  append_form_field(query, "state", request.state);
  const char* const joint = endpoints.end_session_uri.find('?') == std::string::npos ? "?" : "&";
  return std::optional(endpoints.end_session_uri + joint + query);
}

}  // namespace gatehouse::sso::oidc_rp
