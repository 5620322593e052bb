#include "server/sso/addresses.h"

namespace gatehouse::sso {

ConnectionUrls connection_urls(const environments::Environment& environment,
                               const connections::Connection& connection) {
  const std::string& base = environment.base_url;
  const std::string id = connection.id.text();
  const bool is_oauth = connection.type == connections::ConnectionType::oauth;
  const std::string saml = base + "/sso/v1/saml/" + id;
  const std::string oidc = base + "/sso/v1/oidc/" + id;
  return {.saml_entity_id = saml,
          .saml_acs = saml + "/callback",
          .saml_metadata = saml + "/metadata",
          .saml_logout = saml + "/slo/callback",
          .oidc_callback = (is_oauth ? base + "/sso/v1/oauth/" + id : oidc) + "/callback",
          .oidc_logout = oidc + "/logout/callback",
          .oidc_back_channel = oidc + "/backchannel-logout"};
}

net::AddressPolicy address_policy(const environments::Environment& environment) {
  return environment.is_development() ? net::AddressPolicy::public_or_loopback
                                      : net::AddressPolicy::public_only;
}

}  // namespace gatehouse::sso
