// The life of a connection: made, enabled, disabled, deleted, and whose domains it is for. What can
// be set on it is in change.cc.

#include "server/connections/connection.h"

#include "server/connections/connection_act.h"
#include "server/connections/connection_store.h"
#include "server/encoding/utf8.h"
#include "server/orgs/organization.h"

namespace gatehouse::connections {
namespace {

using storage::Transaction;

constexpr std::size_t key_bytes_max = 300;

Result<Unit, Error> check_key(const std::string& key, const char* field) {
  if (clean_display_name(key, key_bytes_max) == key) return Unit{};
  return refusal(ErrorCode::invalid_argument,
                 std::string(field) + " must be 1 to 300 bytes without control characters",
                 "connection." + std::string(field));
}

Provider provider_of(const NewConnection& wanted) {
  if (wanted.provider.has_value()) return *wanted.provider;
  return provider_names.parse(wanted.provider_key).value_or(Provider::custom);
}

// Always an error: the reason, or that of not finding it.
Result<Connection, Error> why_not_inserted(Transaction& transaction, EnvironmentId environment,
                                           const Connection& connection) {
  const Owner owner = connection.organization;
  if (owner.has_value() &&
      !TRY(orgs::find_organization(transaction, environment, *owner)).has_value()) {
    return refusal(ErrorCode::not_found, "organization not found");
  }
  if (connection.key_id.has_value() &&
      TRY(has_key(transaction, environment, owner, *connection.key_id))) {
    return key_is_taken();
  }
  return refusal(ErrorCode::resource_exhausted, "the organization has too many connections");
}

}  // namespace

Result<Connection, Error> create(Transaction& transaction, EnvironmentId environment, Owner owner,
                                 const Context& context, Random& random,
                                 const NewConnection& wanted) {
  const Provider provider = provider_of(wanted);
  Connection connection{.id = ConnectionId::make(random, context.now),
                        .environment = environment,
                        .organization = owner,
                        .type = wanted.type,
                        .provider = provider,
                        .provider_key = wanted.provider_key.empty()
                                            ? std::string(provider_names.name(provider))
                                            : wanted.provider_key,
                        .key_id = wanted.key_id,
                        .status = Status::draft,
                        .is_enabled = false,
                        .is_debugged = false,
                        .use = wanted.use,
                        .ui_button_title = {},
                        .mode = ConfigurationMode::unspecified,
                        .configuration = empty_configuration(wanted.type),
                        .attribute_mapping = {},
                        .sealed_client_secret = {},
                        .client_secret_hint = {},
                        .created_at = context.now,
                        .updated_at = context.now};
  connection.status = status_of(connection.configuration, provider, ClientSecret::absent);
  if (owner.has_value() && wanted.type != ConnectionType::oidc &&
      wanted.type != ConnectionType::saml) {
    return refusal(ErrorCode::invalid_argument, "connections of organizations are OIDC or SAML",
                   "connection.type");
  }
  TRY(check_key(connection.provider_key, "provider_key"));
  if (connection.key_id.has_value()) TRY(check_key(*connection.key_id, "key_id"));
  if (!TRY(insert_connection(transaction, environment, connection))) {
    return why_not_inserted(transaction, environment, connection);
  }
  TRY(note_act(transaction, environment, context, random,
               {audit::Event::connection_created, "organization.sso_created", connection}));
  return connection;
}

Result<Connection, Error> get(Transaction& transaction, EnvironmentId environment, Owner owner,
                              ConnectionId id) {
  auto found = TRY(find_connection(transaction, environment, owner, id));
  if (!found.has_value()) return refusal(ErrorCode::not_found, "connection not found");
  return *std::move(found);
}

Result<Unit, Error> enable(Transaction& transaction, const environments::Environment& environment,
                           Owner owner, const Context& context, Random& random, ConnectionId id) {
  Connection connection = TRY(get(transaction, environment.id, owner, id));
  if (connection.provider == Provider::idp_simulator && !environment.is_development()) {
    return refusal(ErrorCode::failed_precondition,
                   "the identity provider simulator signs anybody in: it is for development "
                   "environments only");
  }
  if (!TRY(set_enabled(transaction, environment.id, id, context.now))) {
    if (connection.is_enabled) return Unit{};
    return refusal(ErrorCode::failed_precondition,
                   "connection is not completely configured, so it cannot be enabled");
  }
  connection.is_enabled = true;
  connection.updated_at = context.now;
  return note_act(transaction, environment.id, context, random,
                  {audit::Event::connection_enabled, "organization.sso_enabled", connection});
}

Result<Unit, Error> disable(Transaction& transaction, EnvironmentId environment, Owner owner,
                            const Context& context, Random& random, ConnectionId id) {
  Connection connection = TRY(get(transaction, environment, owner, id));
  if (!TRY(set_disabled(transaction, environment, id, context.now))) return Unit{};
  connection.is_enabled = false;
  connection.updated_at = context.now;
  return note_act(transaction, environment, context, random,
                  {audit::Event::connection_disabled, "organization.sso_disabled", connection});
}

Result<Unit, Error> delete_connection(Transaction& transaction, EnvironmentId environment,
                                      Owner owner, const Context& context, Random& random,
                                      ConnectionId id) {
  Connection connection = TRY(get(transaction, environment, owner, id));
  TRY(remove_connection(transaction, environment, id));
  connection.is_enabled = false;
  return note_act(transaction, environment, context, random,
                  {audit::Event::connection_deleted, "organization.sso_deleted", connection});
}

Result<Unit, Error> assign_domains(Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, const Context& context, Random& random,
                                   ConnectionId id, const std::vector<DomainId>& domains) {
  const Connection connection = TRY(get(transaction, environment, organization, id));
  if (domains.size() > domains_per_connection_max) {
    return refusal(ErrorCode::invalid_argument, "a connection has at most 50 domains",
                   "domain_ids");
  }
  TRY(remove_domains(transaction, environment, id));
  for (const DomainId domain : domains) {
    if (!TRY(insert_domain(transaction, environment, id, domain))) {
      return refusal(ErrorCode::not_found, "domain not found", "domain_ids");
    }
  }
  return note_act(transaction, environment, context, random,
                  {audit::Event::connection_updated, "", connection});
}

Result<Unit, Error> add_domain(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               ConnectionId id, DomainId domain) {
  const Connection connection = TRY(get(transaction, environment, organization, id));
  if (!TRY(insert_domain(transaction, environment, id, domain))) {
    return refusal(ErrorCode::not_found, "domain not found");
  }
  return note_act(transaction, environment, context, random,
                  {audit::Event::connection_updated, "", connection});
}

Result<std::vector<orgs::Domain>, Error> list_domains(Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Connection& connection) {
  return select_domains(transaction, environment, connection.id);
}

}  // namespace gatehouse::connections
