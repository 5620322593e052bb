// Machine clients: OAuth clients that use client_credentials [RFC 6749 §4.4] and are not
// applications of the environment's operator. There may be tens of thousands of them, so they stand
// in no catalog: the token endpoint finds one by its id with a single statement.
//
//   m2morg_…  belongs to an organization: a customer's own program, whose tokens carry `oid`
//   m2m_…     belongs to a resource (an API, an MCP server): made by an administrator, or
//             registered by itself [RFC 7591]; with redirect URIs it is for people who consent,
//             and no client_credentials
//
// Their tokens never open the management API, which is for applications.

#pragma once

#include <variant>

#include "server/applications/application.h"

namespace gatehouse::applications {

struct MachineClientTag {
  static constexpr std::string_view prefix = "m2morg_";
};
struct ResourceClientTag {
  static constexpr std::string_view prefix = "m2m_";
};
// Of either kind: what differs is how it is printed, see client_id() and parse_machine_client_id().
using MachineClientId = Id<MachineClientTag>;

using ClientOwner = std::variant<OrgId, ResourceId>;

// The id behind a client_id of that kind of owner; nullopt if it is none.
[[nodiscard]] std::optional<MachineClientId> parse_machine_client_id(std::string_view client_id,
                                                                     const ClientOwner& owner);

// What a client tells of itself, for the consent page.
struct ClientLinks {
  std::string client_uri = {};
  std::string logo_uri = {};
  std::string tos_uri = {};
  std::string policy_uri = {};

  friend bool operator==(const ClientLinks&, const ClientLinks&) = default;
};

struct MachineClient {
  MachineClientId id;
  EnvironmentId environment;
  ClientOwner owner;
  enum class Origin { administrator, registration } origin;
  std::string name;  // may be empty, as may the description
  std::string description;
  std::vector<std::string> scopes;
  std::vector<std::string> audience;
  std::vector<CustomClaim> custom_claims;
  std::vector<std::string> redirect_uris;  // of a resource's client
  ClientLinks links;
  Duration token_lifetime;
  Instant created_at;
  Instant updated_at;
  std::vector<SecretRecord> secrets;  // oldest first; all active
  // Of the owner.
  std::optional<std::string> organization_external_id;
  std::optional<std::string> resource_uri;

  [[nodiscard]] std::string client_id() const;
  [[nodiscard]] std::optional<OrgId> organization() const;
  [[nodiscard]] std::optional<ResourceId> resource() const;
  // Whoever may register itself must not get tokens without a person, nor what is for people.
  [[nodiscard]] bool may_use_client_credentials() const {
    return origin == Origin::administrator && redirect_uris.empty();
  }
};

inline constexpr std::size_t machine_secrets_max = 5;
inline constexpr std::size_t redirect_uris_per_client_max = 20;
inline constexpr std::int64_t registered_clients_per_resource_max = 10'000;
inline constexpr Duration machine_token_lifetime_standard = hours(1);
inline constexpr Duration machine_token_lifetime_min = minutes(5);
inline constexpr Duration machine_token_lifetime_max = days(30);

struct NewMachineClient {
  std::string name = {};
  std::string description = {};
  std::vector<std::string> scopes = {};
  std::vector<std::string> audience = {};
  std::vector<CustomClaim> custom_claims = {};
  std::optional<Duration> token_lifetime = std::nullopt;  // absent: the standard
  std::vector<std::string> redirect_uris = {};
  ClientLinks links = {};
  MachineClient::Origin origin = MachineClient::Origin::administrator;
};
struct IssuedMachineClient {
  MachineClient client;  // with one secret
  Secret plain;
};

// Acts, each audited.
// Errors: invalid_argument (naming the field), not_found (the owner, the client, the secret),
// failed_precondition (the last secret), resource_exhausted (five secrets; too many registrations).
Result<IssuedMachineClient, Error> create_machine_client(
    storage::Transaction& transaction, const environments::Environment& environment,
    const Context& context, Random& random, const ClientOwner& owner,
    const NewMachineClient& wanted);

// Members that are absent stay as they are.
struct MachineClientChange {
  std::optional<std::string> name = std::nullopt;
  std::optional<std::string> description = std::nullopt;
  std::optional<std::vector<std::string>> scopes = std::nullopt;
  std::optional<std::vector<std::string>> audience = std::nullopt;
  std::optional<std::vector<CustomClaim>> custom_claims = std::nullopt;
  std::optional<Duration> token_lifetime = std::nullopt;
  std::optional<std::vector<std::string>> redirect_uris = std::nullopt;
};
// Which client of whom.
struct MachineClientKey {
  ClientOwner owner;
  MachineClientId id;
};
Result<MachineClient, Error> update_machine_client(storage::Transaction& transaction,
                                                   const environments::Environment& environment,
                                                   const Context& context, Random& random,
                                                   const MachineClientKey& key,
                                                   const MachineClientChange& change);
Result<Unit, Error> delete_machine_client(storage::Transaction& transaction,
                                          EnvironmentId environment, const Context& context,
                                          Random& random, const MachineClientKey& key);
Result<IssuedSecret, Error> add_machine_secret(storage::Transaction& transaction,
                                               const environments::Environment& environment,
                                               const Context& context, Random& random,
                                               const MachineClientKey& key);
Result<Unit, Error> delete_machine_secret(storage::Transaction& transaction,
                                          EnvironmentId environment, const Context& context,
                                          Random& random, const MachineClientKey& key,
                                          ClientSecretId secret);

// Errors: not_found: it is no client of that owner.
Result<MachineClient, Error> load_machine_client(storage::Transaction& transaction,
                                                 EnvironmentId environment,
                                                 const MachineClientKey& key);
// Newest first. Errors: not_found: the organization.
Result<Page<MachineClient>, Error> list_organization_clients(storage::Transaction& transaction,
                                                             EnvironmentId environment,
                                                             OrgId organization,
                                                             const PageQuery& query);
struct ResourceClients {
  std::vector<MachineClient> clients;  // newest first, at most 1,000
  std::int64_t registered = 0;         // of all, by their origin
  std::int64_t by_administrator = 0;
};
// Errors: not_found: the resource.
Result<ResourceClients, Error> list_resource_clients(storage::Transaction& transaction,
                                                     EnvironmentId environment,
                                                     ResourceId resource);

// By a client_id of either kind, whoever owns it.
Result<std::optional<MachineClient>, Error> find_machine_client(storage::Transaction& transaction,
                                                                EnvironmentId environment,
                                                                std::string_view client_id);
[[nodiscard]] bool looks_like_machine_client(std::string_view client_id);

// The client as the endpoints of OAuth see it: an M2M application that no catalog has, signed for
// with `signing_algorithm`. `audience` has a resource's names before the client's own.
[[nodiscard]] Application as_application(const MachineClient& client,
                                         std::string_view signing_algorithm);

// The longest lifetime of a token of any machine client: how long a key must stay known. Zero if
// there is none.
Result<Duration, Error> longest_machine_token(storage::Transaction& transaction,
                                              EnvironmentId environment);

}  // namespace gatehouse::applications
