// Metadata [SAML Metadata]: ours, for a provider to read, and a provider's, for us.

#pragma once

#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

// What describes a connection before anything is known of the provider.
struct OwnMetadata {
  std::string entity_id;
  std::string acs_url;
  std::string logout_url;  // empty: no single logout
  connections::SamlConfiguration configuration;
  // The keys that we sign with; all of them during a rollover. They are offered for encryption only
  // where the connection wants assertions encrypted: some providers encrypt as soon as they can,
  // and in ways that an unsigned response forbids.
  std::vector<crypto::Certificate> certificates = {};
};
// An EntityDescriptor with one SPSSODescriptor.
[[nodiscard]] std::string write_metadata(const OwnMetadata& metadata);

struct Endpoint {
  std::string redirect_url;  // empty: the binding is not offered
  std::string post_url;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// What an identity provider says of itself.
struct IdpMetadata {
  std::string entity_id;
  Endpoint sign_in;                               // at least one is given
  Endpoint logout;                                // where requests go
  Endpoint logout_end;                            // where answers go, if elsewhere
  std::vector<crypto::Certificate> certificates;  // at least one
  std::vector<std::string> name_id_formats;
  enum class RequestSigning { wanted, not_asked_for } request_signing;
  std::optional<Instant> valid_until;
};

struct MetadataQuery {
  std::string entity_id = {};  // empty: the only identity provider there is
  Instant now;
  connections::AddressRule addresses = connections::AddressRule::https_only;
};
// Failures: metadata_malformed, metadata_entity_missing, metadata_expired, metadata_without_keys,
// metadata_incomplete. Comments in it are passed over. It is believed as far as whoever gave it: a
// signature on it is not looked at.
Result<IdpMetadata, Failure> read_idp_metadata(std::string_view xml, const MetadataQuery& query);

}  // namespace gatehouse::sso::saml
