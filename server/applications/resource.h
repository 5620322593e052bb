// Resources: the APIs and MCP servers that this environment issues tokens for [RFC 8707]. A
// resource has scopes, clients of its own (machine_client.h) and the consents of people
// (consent.h).

#pragma once

#include "server/applications/scope.h"
#include "server/core/page.h"

namespace gatehouse::applications {

struct Resource {
  enum class Type { web, mobile, desktop, server, mcp_server };

  ResourceId id;
  EnvironmentId environment;
  Type type;
  std::string name;
  std::string description;
  std::optional<std::string> uri;         // what `resource` and `aud` name
  std::optional<std::string> identifier;  // another name of it, of the administrator's choice
  std::string logo_uri;
  std::string provider;
  std::string authorize_uri;  // where people are sent who sign in elsewhere; empty: they do so here
  std::optional<Duration> access_token_lifetime;
  std::optional<Duration> refresh_token_lifetime;
  bool allow_registration;        // clients may register themselves [RFC 7591]
  bool allow_metadata_documents;  // a client_id may be the address of a document
  bool allow_cross_app_access;
  bool limit_to_permissions;  // scopes go as far as the person's permissions
  Instant created_at;
  Instant updated_at;
  std::vector<Scope> scopes;
};
[[nodiscard]] std::string_view resource_type_name(Resource::Type type);  // "MCP_SERVER", …
[[nodiscard]] std::optional<Resource::Type> parse_resource_type(std::string_view name);

inline constexpr std::size_t scopes_per_resource_max = 100;
inline constexpr Duration resource_token_lifetime_min = minutes(5);
inline constexpr Duration resource_access_lifetime_max = days(1);
inline constexpr Duration resource_refresh_lifetime_max = days(365);

// What can be said of a resource. Absent members take the standard when it is made, and stay as
// they are when it is changed; an inner nullopt, or an empty text, takes the value back.
struct ResourceSettings {
  std::optional<std::string> name = std::nullopt;
  std::optional<std::string> description = std::nullopt;
  std::optional<std::string> uri = std::nullopt;
  std::optional<std::string> identifier = std::nullopt;
  std::optional<std::string> logo_uri = std::nullopt;
  std::optional<std::string> provider = std::nullopt;
  std::optional<std::string> authorize_uri = std::nullopt;
  std::optional<std::optional<Duration>> access_token_lifetime = std::nullopt;
  std::optional<std::optional<Duration>> refresh_token_lifetime = std::nullopt;
  std::optional<bool> allow_registration = std::nullopt;
  std::optional<bool> allow_metadata_documents = std::nullopt;
  std::optional<bool> allow_cross_app_access = std::nullopt;
  std::optional<bool> limit_to_permissions = std::nullopt;
  std::optional<std::vector<std::string>> scopes = std::nullopt;  // names; unknown ones are made
};

// Acts, each audited. Errors: invalid_argument (naming the field), already_exists (URI or
// identifier), not_found.
Result<Resource, Error> create_resource(storage::Transaction& transaction,
                                        EnvironmentId environment, const Context& context,
                                        Random& random, Resource::Type type,
                                        const ResourceSettings& wanted);
Result<Resource, Error> update_resource(storage::Transaction& transaction,
                                        EnvironmentId environment, const Context& context,
                                        Random& random, ResourceId resource,
                                        const ResourceSettings& change);
// With it go its clients and the consents given to them.
Result<Unit, Error> delete_resource(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random, ResourceId resource);

// Errors: not_found.
Result<Resource, Error> load_resource(storage::Transaction& transaction, EnvironmentId environment,
                                      ResourceId resource);
// Newest first.
Result<Page<Resource>, Error> list_resources(storage::Transaction& transaction,
                                             EnvironmentId environment, Resource::Type type,
                                             const PageQuery& query);
// The names of its enabled scopes; none if there is no such resource.
Result<std::vector<std::string>, Error> enabled_scopes(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       ResourceId resource);

}  // namespace gatehouse::applications
