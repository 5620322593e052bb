// How a browser is sent to an identity provider, and what its answer is held against.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/core/secret.h"
#include "server/core/time.h"

namespace gatehouse::sso {

// What one sign-in asks of the provider.
struct ProviderRequest {
  // Names the request to the provider and back (AuthnRequest ID and InResponseTo; `state`). Random,
  // "_" and 40 hexadecimal digits; stored as a hash, good once.
  std::string id;
  std::string login_hint = {};  // an address; empty: unknown
  enum class Authentication { as_needed, fresh } authentication = Authentication::as_needed;
  Instant now;
};

// The browser's way there: a redirect, or a form that posts itself.
struct Departure {
  struct Field {
    std::string name;
    std::string value;
  };
  enum class Kind { redirect, post } kind = Kind::redirect;
  std::string url;
  std::vector<Field> fields = {};  // of the form
};

// Where a connection lives at this server. `base_url` is the environment's.
struct ConnectionUrls {
  std::string saml_entity_id;  // {base}/sso/v1/saml/{conn}
  std::string saml_acs;        // {base}/sso/v1/saml/{conn}/callback
  std::string saml_metadata;   // {base}/sso/v1/saml/{conn}/metadata
  std::string saml_logout;     // {base}/sso/v1/saml/{conn}/slo/callback
  std::string oidc_callback;  // {base}/sso/v1/oidc/{conn}/callback; of OAuth {base}/sso/v1/oauth/…
  std::string oidc_logout;    // {base}/sso/v1/oidc/{conn}/logout/callback
  std::string oidc_back_channel;  // {base}/sso/v1/oidc/{conn}/backchannel-logout
};

}  // namespace gatehouse::sso
