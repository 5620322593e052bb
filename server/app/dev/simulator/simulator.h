// The identity provider simulator of `gatehouse dev`: SAML and OpenID Connect providers that sign
// anybody in, and answer as the real products do. Production servers have none of this.
//
// GET  /dev/idp                                       the providers
// POST /dev/idp/profile                               another profile for one of them
//      /dev/idp/{profile}/{connection}/saml/…         sso, tile, answer, slo, …
//      /dev/idp/{profile}/{connection}/oidc/…         discovery, authorize, answer, token, …

#pragma once

#include "server/app/dev/simulator/oidc_grants.h"
#include "server/app/dev/simulator/saml_logout.h"
#include "server/app/dev/simulator/wiring.h"
#include "server/applications/catalog.h"
#include "server/crypto/master_key.h"
#include "server/http/route.h"
#include "server/pages/layout.h"
#include "server/sso/provider_keys.h"

namespace gatehouse::app::dev {

inline constexpr std::string_view simulator_path = "/dev/idp";

// What lasts as long as the server. All of the references outlive it.
class Simulator {
 public:
  struct Parts {
    storage::Database& database;
    Random& random;
    const crypto::MasterKey& master_key;
    ProviderKeys keys;
  };
  explicit Simulator(Parts parts);
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  [[nodiscard]] storage::Database& database() { return parts_.database; }
  [[nodiscard]] Random& random() { return parts_.random; }
  [[nodiscard]] const ProviderKeys& keys() const { return parts_.keys; }
  [[nodiscard]] const crypto::SealingKey& client_secrets() const { return client_secrets_; }
  [[nodiscard]] OidcGrants& grants() { return grants_; }
  [[nodiscard]] SamlSessions& sessions() { return sessions_; }
  // The server's own keys, whose certificates its metadata shows.
  [[nodiscard]] sso::ProviderKeys& service_provider_keys() { return service_provider_keys_; }

 private:
  const Parts parts_;
  const crypto::SealingKey client_secrets_;
  const crypto::SealingKey service_provider_seal_;
  sso::ProviderKeys service_provider_keys_;
  OidcGrants grants_;
  SamlSessions sessions_;
};

// Whatever is passed outlives the routes.
[[nodiscard]] std::vector<http::Route> simulator_routes(Simulator& simulator,
                                                        const pages::Pages& pages,
                                                        const applications::Catalog& catalog);

}  // namespace gatehouse::app::dev
