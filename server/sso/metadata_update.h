// The metadata of SAML providers, read from the address that the connection names: when it is set,
// and every hour from then on, so that a provider's new certificate is known before it is used.

#pragma once

#include "server/connections/connection.h"
#include "server/net/http_client.h"
#include "server/sso/saml/metadata.h"

namespace gatehouse::sso {

// Errors of reaching it are failures too: provider_unreachable, provider_too_slow,
// provider_address_refused, provider_answer_malformed, and those of saml::read_idp_metadata.
struct MetadataSource {
  std::string url;
  std::string entity_id = {};  // of whom; empty: the only provider that it describes
};
Result<saml::IdpMetadata, Failure> fetch_metadata(net::HttpClient& http,
                                                  const environments::Environment& environment,
                                                  const MetadataSource& source, Instant now,
                                                  Deadline deadline);

// The connection's settings as the metadata has them; what it does not speak of stays.
void apply_metadata(connections::SamlConfiguration& settings, const saml::IdpMetadata& metadata);
// PEM of all of them.
[[nodiscard]] std::string pem_of(const std::vector<crypto::Certificate>& certificates);

struct MetadataDeps {
  storage::Database& database;
  net::HttpClient& http;
  Random& random;
  const crypto::SealingKey& client_secrets;
};

// Reads the metadata of one connection, if it names any, and takes over what is new; an act of the
// context's actor. A provider that names none of the certificates we know any more is held back
// while the connection is enabled: that is how somebody who has taken over the address would look.
// It is stored for the doctor, and applied by an administrator.
enum class MetadataOutcome { none, unchanged, changed, held_back, failed };
Result<MetadataOutcome, Error> update_metadata(const MetadataDeps& deps, const Context& context,
                                               const environments::Environment& environment,
                                               ConnectionId connection);

// All connections of the environment of `context` that name an address. A job.
Result<Unit, Error> update_all_metadata(const MetadataDeps& deps, const Context& context,
                                        const environments::Environment& environment);

}  // namespace gatehouse::sso
