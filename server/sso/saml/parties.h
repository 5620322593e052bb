// SamlParties: who talks to whom over one SAML connection, ready to be held against messages.

#pragma once

#include <span>

#include "server/connections/connection.h"
#include "server/crypto/certificate.h"
#include "server/sso/diagnosis.h"
#include "server/sso/provider_request.h"
#include "server/xml/encryption.h"

namespace gatehouse::sso::saml {

struct SamlParties {
  ConnectionId connection;
  connections::Provider provider;
  connections::SamlConfiguration configuration;
  connections::AttributeMapping attribute_mapping;
  // Ours. The first address for answers is the one that we ask for; they may come to any of them.
  std::string entity_id;
  std::vector<std::string> acs_urls;
  std::string logout_url;
  // Theirs.
  std::string idp_entity_id;
  std::vector<crypto::Certificate> idp_certificates;
  // Whether AES-CBC is decrypted inside a response that nobody has signed. What then fails before
  // the assertion's own signature is verified gets one answer, whatever it is.
  enum class UnsignedCbc { refused, accepted } unsigned_cbc = UnsignedCbc::refused;
};

// The addresses of the connection, or what its configuration says the provider knows us by.
// Errors: connection_incomplete, certificate_missing.
Result<SamlParties, Failure> saml_parties(const connections::Connection& connection,
                                          const ConnectionUrls& urls);

// How far two clocks may be apart.
inline constexpr minutes clock_skew_max{3};
// How old a message may be when it arrives, and how long an assertion may be good for.
inline constexpr minutes message_age_max{15};
inline constexpr hours assertion_validity_max{24};

}  // namespace gatehouse::sso::saml
