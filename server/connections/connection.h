// Connections: how people of an organization sign in at their own identity provider (SAML, OIDC),
// and which ways to sign in the environment offers to all (social, passwordless, passkeys).
//
// A connection is made empty and filled in step by step; once it is complete it can be enabled, and
// only enabled ones are used. An enabled connection stays complete.

#pragma once

#include "server/connections/configuration.h"
#include "server/core/page.h"
#include "server/crypto/seal.h"
#include "server/environments/environment.h"
#include "server/orgs/domain.h"

namespace gatehouse::connections {

using AttributeMapping = std::map<std::string, std::string>;
inline constexpr std::size_t attribute_mapping_pairs_max = 30;
inline constexpr std::size_t domains_per_connection_max = 50;

enum class ConfigurationMode { unspecified, discovery, manual };
inline constexpr EnumNames<ConfigurationMode, 3> configuration_modes(
    {"CONFIGURATION_TYPE_UNSPECIFIED", "DISCOVERY", "MANUAL"});

// What an environment's own connection is offered for.
struct Use {
  bool is_login = false;
  bool is_app = false;
};

struct Connection {
  ConnectionId id;
  EnvironmentId environment;
  std::optional<OrgId> organization;  // absent: the environment's own
  ConnectionType type;
  Provider provider;
  std::string provider_key;
  std::optional<std::string> key_id;
  Status status;
  bool is_enabled;
  bool is_debugged;
  Use use;
  std::string ui_button_title;
  ConfigurationMode mode;
  Configuration configuration;
  AttributeMapping attribute_mapping;
  std::string sealed_client_secret;  // empty: there is none
  std::string client_secret_hint;    // what may be shown of it: asterisks and its last characters
  Instant created_at;
  Instant updated_at;
};

// Where a connection lives: the organization it belongs to, or nowhere for the environment's own.
using Owner = std::optional<OrgId>;

struct NewConnection {
  ConnectionType type;
  std::optional<Provider> provider = std::nullopt;  // absent: as provider_key says, else custom
  std::string provider_key = {};                    // empty: the provider's name
  std::optional<std::string> key_id = std::nullopt;
  Use use = {};
};

// What is absent stays as it is.
struct ConnectionChange {
  std::optional<ConnectionType> type = std::nullopt;  // must be what it is
  std::optional<Provider> provider = std::nullopt;
  std::optional<std::string> provider_key = std::nullopt;
  std::optional<std::string> key_id = std::nullopt;
  std::optional<bool> is_debugged = std::nullopt;
  std::optional<std::string> ui_button_title = std::nullopt;
  std::optional<ConfigurationMode> mode = std::nullopt;
  std::optional<AttributeMapping> attribute_mapping = std::nullopt;
  // Replaces all of it, but for SAML certificates: they change by idp_certificate alone.
  std::optional<Configuration> configuration = std::nullopt;
  // Empty: removes it. The hint of the one there is: keeps it.
  std::optional<Secret> client_secret = std::nullopt;
  // One or several, see crypto::parse_certificates. Empty: removes them.
  std::optional<std::string> idp_certificate = std::nullopt;
};

// Acts, each audited; those on an organization's connection are told of by events. Errors:
// not_found (organization, connection), already_exists (key id), invalid_argument (naming the
// field), failed_precondition (enabling what is not complete, making incomplete what is enabled),
// resource_exhausted (too many).
Result<Connection, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                                 Owner owner, const Context& context, Random& random,
                                 const NewConnection& wanted);
Result<Connection, Error> get(storage::Transaction& transaction, EnvironmentId environment,
                              Owner owner, ConnectionId id);
Result<Connection, Error> update(storage::Transaction& transaction,
                                 const environments::Environment& environment, Owner owner,
                                 const Context& context, Random& random,
                                 const crypto::SealingKey& sealing_key, ConnectionId id,
                                 const ConnectionChange& change);
// Nothing happens if it is enabled, or disabled, already.
Result<Unit, Error> enable(storage::Transaction& transaction,
                           const environments::Environment& environment, Owner owner,
                           const Context& context, Random& random, ConnectionId id);
Result<Unit, Error> disable(storage::Transaction& transaction, EnvironmentId environment,
                            Owner owner, const Context& context, Random& random, ConnectionId id);
Result<Unit, Error> delete_connection(storage::Transaction& transaction, EnvironmentId environment,
                                      Owner owner, const Context& context, Random& random,
                                      ConnectionId id);

// Of the organization's own domains, those that the connection is for; none: all of them.
Result<Unit, Error> assign_domains(storage::Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, const Context& context, Random& random,
                                   ConnectionId id, const std::vector<DomainId>& domains);
// One more of them.
Result<Unit, Error> add_domain(storage::Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               ConnectionId id, DomainId domain);
// Whose people the connection is for, oldest first.
Result<std::vector<orgs::Domain>, Error> list_domains(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Connection& connection);

// The client secret itself, for the identity provider. Errors: those of SealingKey::open.
Result<Secret, Error> open_client_secret(const crypto::SealingKey& sealing_key,
                                         const Connection& connection);

// What sealing keys for client secrets are derived under.
inline constexpr std::string_view client_secret_seal_label = "connection client secrets";

}  // namespace gatehouse::connections
