#include "server/applications/machine_client.h"

#include <algorithm>

#include "server/applications/client_rules.h"
#include "server/applications/client_secret.h"
#include "server/applications/machine_client_store.h"
#include "server/applications/resource.h"
#include "server/audit/record.h"
#include "server/encoding/uri.h"

namespace gatehouse::applications {
namespace {

using environments::Environment;
using storage::Transaction;

constexpr int resource_clients_max = 1000;  // of one answer
constexpr std::size_t link_bytes_max = 2000;

constexpr TextRule name_rule{.field = "name", .characters_max = client_name_characters_max};
constexpr TextRule description_rule{.field = "description",
                                    .characters_max = client_description_characters_max};

Error client_not_found() { return refusal(ErrorCode::not_found, "client not found"); }

Error owner_not_found(const ClientOwner& owner) {
  return refusal(ErrorCode::not_found, std::holds_alternative<OrgId>(owner)
                                           ? "organization not found"
                                           : "resource not found");
}

Result<Unit, Error> check_lifetime(Duration lifetime) {
  if (lifetime == std::chrono::floor<seconds>(lifetime) && lifetime >= machine_token_lifetime_min &&
      lifetime <= machine_token_lifetime_max) {
    return Unit{};
  }
  return invalid("expiry must be 300 to 2592000 seconds", "expiry");
}

// That of the resource, where it has one.
Result<Duration, Error> standard_lifetime(Transaction& transaction, EnvironmentId environment,
                                          const ClientOwner& owner) {
  const auto* id = std::get_if<ResourceId>(&owner);
  if (id == nullptr) return machine_token_lifetime_standard;
  const Resource resource = TRY(load_resource(transaction, environment, *id));
  return resource.access_token_lifetime.value_or(machine_token_lifetime_standard);
}

Result<Unit, Error> check_redirect_uris(const Environment& environment, const ClientOwner& owner,
                                        const std::vector<std::string>& uris) {
  constexpr const char* field = "redirect_uris";
  if (uris.empty()) return Unit{};
  if (std::holds_alternative<OrgId>(owner)) {
    return invalid("a client of an organization has no redirect URIs", field);
  }
  if (uris.size() > redirect_uris_per_client_max) return invalid("too many redirect URIs", field);
  for (const std::string& text : uris) {
    const auto uri = RedirectUri::parse(text, redirect_rules(environment.kind, Type::native));
    if (!uri.ok()) return invalid("redirect URI \"" + text + "\": " + uri.error().detail, field);
    if (uri.value().has_wildcard()) {
      return invalid("redirect URI \"" + text + "\": a client names its URIs in full", field);
    }
  }
  if (has_repetition(uris)) return invalid("a redirect URI is named twice", field);
  return Unit{};
}

// Links that people may follow: http(s) and nothing that a browser would run.
Result<Unit, Error> check_links(const ClientLinks& links) {
  const auto check = [](const std::string& link, const char* field) -> Result<Unit, Error> {
    if (link.empty()) return Unit{};
    const bool is_web = link.starts_with("https://") || link.starts_with("http://");
    if (is_web && link.size() <= link_bytes_max && parse_uri(link).has_value()) return Unit{};
    return invalid(std::string(field) + " must be an http or https URI", field);
  };
  TRY(check(links.client_uri, "client_uri"));
  TRY(check(links.logo_uri, "logo_uri"));
  TRY(check(links.tos_uri, "tos_uri"));
  return check(links.policy_uri, "policy_uri");
}

// A resource's client has scopes of its resource; an organization's has those that it is given.
Result<Unit, Error> check_scopes_of_owner(Transaction& transaction, EnvironmentId environment,
                                          const ClientOwner& owner,
                                          const std::vector<std::string>& scopes) {
  TRY(check_scopes(scopes));
  const auto* resource = std::get_if<ResourceId>(&owner);
  if (resource == nullptr || scopes.empty()) return Unit{};
  const auto known = TRY(enabled_scopes(transaction, environment, *resource));
  for (const std::string& scope : scopes) {
    if (std::find(known.begin(), known.end(), scope) == known.end()) {
      return invalid("the resource has no scope \"" + scope + "\"", "scopes");
    }
  }
  return Unit{};
}

Result<MachineClient, Error> design(Transaction& transaction, const Environment& environment,
                                    const Context& context, Random& random,
                                    const ClientOwner& owner, const NewMachineClient& wanted) {
  std::string name = TRY(checked_text(wanted.name, name_rule));
  std::string description = TRY(checked_text(wanted.description, description_rule));
  const Duration lifetime = wanted.token_lifetime.has_value()
                                ? *wanted.token_lifetime
                                : TRY(standard_lifetime(transaction, environment.id, owner));
  TRY(check_lifetime(lifetime));
  TRY(check_scopes_of_owner(transaction, environment.id, owner, wanted.scopes));
  TRY(check_audience(wanted.audience));
  TRY(check_custom_claims(wanted.custom_claims));
  TRY(check_redirect_uris(environment, owner, wanted.redirect_uris));
  TRY(check_links(wanted.links));
  return MachineClient{.id = MachineClientId::make(random, context.now),
                       .environment = environment.id,
                       .owner = owner,
                       .origin = wanted.origin,
                       .name = std::move(name),
                       .description = std::move(description),
                       .scopes = wanted.scopes,
                       .audience = wanted.audience,
                       .custom_claims = wanted.custom_claims,
                       .redirect_uris = wanted.redirect_uris,
                       .links = wanted.links,
                       .token_lifetime = lifetime,
                       .created_at = context.now,
                       .updated_at = context.now,
                       .secrets = {},
                       .organization_external_id = std::nullopt,
                       .resource_uri = std::nullopt};
}

audit::Record about(audit::Event event, const MachineClient& client, std::string detail = {}) {
  return {.event = event,
          .subject_type = "client",
          .subject_id = client.client_id(),
          .organization = client.organization(),
          .client_id = client.client_id(),
          .detail = std::move(detail)};
}

audit::Record about_secret(audit::Event event, const MachineClient& client, ClientSecretId secret) {
  return {.event = event,
          .subject_type = "secret",
          .subject_id = secret.text(),
          .organization = client.organization(),
          .client_id = client.client_id()};
}

// Signing keys must outlive tokens: where tokens live longer than those of applications, whoever
// plans the keys has to hear of it.
Result<Unit, Error> note_lifetime(Transaction& transaction, const Environment& environment,
                                  Duration lifetime) {
  if (lifetime <= environment.settings.m2m_token_lifetime) return Unit{};
  return environments::bump_configuration_version(transaction);
}

Result<IssuedSecret, Error> issue_secret(Transaction& transaction, const Environment& environment,
                                         const Context& context, Random& random,
                                         const MachineClient& client) {
  Secret plain = generate_secret(environment.kind, random);
  SecretRecord record = record_of(plain, context, random);
  if (!TRY(insert_machine_secret(transaction, environment.id, client.id, record))) {
    return refusal(
        ErrorCode::resource_exhausted,
        "the client has " + std::to_string(machine_secrets_max) + " secrets: delete one first");
  }
  TRY(audit::record(transaction, environment.id, context, random,
                    about_secret(audit::Event::secret_created, client, record.id)));
  return IssuedSecret{.record = std::move(record), .plain = std::move(plain)};
}

// Puts the change into `client`; the names of what that changed, separated by commas.
std::string apply(const MachineClientChange& change, MachineClient& client) {
  std::string changed;
  const auto put = [&changed](std::string_view name, auto& member, const auto& wanted) {
    if (!wanted.has_value() || member == *wanted) return;
    member = *wanted;
    changed.append(changed.empty() ? "" : ", ").append(name);
  };
  put("name", client.name, change.name);
  put("description", client.description, change.description);
  put("scopes", client.scopes, change.scopes);
  put("audience", client.audience, change.audience);
  put("custom_claims", client.custom_claims, change.custom_claims);
  put("expiry", client.token_lifetime, change.token_lifetime);
  put("redirect_uris", client.redirect_uris, change.redirect_uris);
  return changed;
}

// Of the members that change: what is stored already was right when it came.
Result<MachineClientChange, Error> checked(Transaction& transaction, const Environment& environment,
                                           const ClientOwner& owner, MachineClientChange change) {
  if (change.name.has_value()) change.name = TRY(checked_text(*change.name, name_rule));
  if (change.description.has_value()) {
    change.description = TRY(checked_text(*change.description, description_rule));
  }
  if (change.token_lifetime.has_value()) TRY(check_lifetime(*change.token_lifetime));
  if (change.scopes.has_value()) {
    TRY(check_scopes_of_owner(transaction, environment.id, owner, *change.scopes));
  }
  if (change.audience.has_value()) TRY(check_audience(*change.audience));
  if (change.custom_claims.has_value()) TRY(check_custom_claims(*change.custom_claims));
  if (change.redirect_uris.has_value()) {
    TRY(check_redirect_uris(environment, owner, *change.redirect_uris));
  }
  return change;
}

}  // namespace

std::optional<MachineClientId> parse_machine_client_id(std::string_view client_id,
                                                       const ClientOwner& owner) {
  if (std::holds_alternative<OrgId>(owner)) return MachineClientId::parse(client_id);
  const auto id = Id<ResourceClientTag>::parse(client_id);
  return id.has_value() ? std::optional(MachineClientId(id->number())) : std::nullopt;
}

bool looks_like_machine_client(std::string_view client_id) {
  return client_id.starts_with(MachineClientTag::prefix) ||
         client_id.starts_with(ResourceClientTag::prefix);
}

std::string MachineClient::client_id() const {
  const std::string_view prefix =
      std::holds_alternative<OrgId>(owner) ? MachineClientTag::prefix : ResourceClientTag::prefix;
  return std::string(prefix) + std::to_string(id.number());
}

std::optional<OrgId> MachineClient::organization() const {
  const auto* held = std::get_if<OrgId>(&owner);
  return held == nullptr ? std::nullopt : std::optional(*held);
}

std::optional<ResourceId> MachineClient::resource() const {
  const auto* held = std::get_if<ResourceId>(&owner);
  return held == nullptr ? std::nullopt : std::optional(*held);
}

Result<IssuedMachineClient, Error> create_machine_client(Transaction& transaction,
                                                         const Environment& environment,
                                                         const Context& context, Random& random,
                                                         const ClientOwner& owner,
                                                         const NewMachineClient& wanted) {
  const MachineClient made = TRY(design(transaction, environment, context, random, owner, wanted));
  if (!TRY(insert_machine_client(transaction, environment.id, made))) {
    if (made.origin == MachineClient::Origin::registration) {
      const auto resource = made.resource();
      ENSURE(resource.has_value());
      if (TRY(count_clients_of_resource(transaction, environment.id, *resource)).has_value()) {
        return refusal(ErrorCode::resource_exhausted, "the resource takes no more registrations");
      }
    }
    return owner_not_found(owner);
  }
  TRY(audit::record(transaction, environment.id, context, random,
                    about(audit::Event::client_created, made, made.name)));
  IssuedSecret secret = TRY(issue_secret(transaction, environment, context, random, made));
  TRY(note_lifetime(transaction, environment, made.token_lifetime));
  auto stored = TRY(find_machine_client_row(transaction, environment.id, made.id));
  ENSURE(stored.has_value());
  return IssuedMachineClient{.client = std::move(*stored), .plain = std::move(secret.plain)};
}

Result<MachineClient, Error> update_machine_client(Transaction& transaction,
                                                   const Environment& environment,
                                                   const Context& context, Random& random,
                                                   const MachineClientKey& key,
                                                   const MachineClientChange& change) {
  MachineClient client = TRY(load_machine_client(transaction, environment.id, key));
  const auto wanted = TRY(checked(transaction, environment, key.owner, change));
  const std::string changed = apply(wanted, client);
  if (changed.empty()) return client;
  client.updated_at = context.now;
  ENSURE(TRY(update_machine_client_row(transaction, environment.id, client)));
  TRY(audit::record(transaction, environment.id, context, random,
                    about(audit::Event::client_updated, client, changed)));
  TRY(note_lifetime(transaction, environment, client.token_lifetime));
  return client;
}

Result<Unit, Error> delete_machine_client(Transaction& transaction, EnvironmentId environment,
                                          const Context& context, Random& random,
                                          const MachineClientKey& key) {
  const MachineClient client = TRY(load_machine_client(transaction, environment, key));
  if (!TRY(remove_machine_client(transaction, environment, key.id))) return client_not_found();
  return audit::record(transaction, environment, context, random,
                       about(audit::Event::client_deleted, client, client.name));
}

Result<IssuedSecret, Error> add_machine_secret(Transaction& transaction,
                                               const Environment& environment,
                                               const Context& context, Random& random,
                                               const MachineClientKey& key) {
  const MachineClient client = TRY(load_machine_client(transaction, environment.id, key));
  TRY(touch_machine_client(transaction, environment.id, key.id, context.now));
  return issue_secret(transaction, environment, context, random, client);
}

Result<Unit, Error> delete_machine_secret(Transaction& transaction, EnvironmentId environment,
                                          const Context& context, Random& random,
                                          const MachineClientKey& key, ClientSecretId secret) {
  const MachineClient client = TRY(load_machine_client(transaction, environment, key));
  TRY(touch_machine_client(transaction, environment, key.id, context.now));
  if (!TRY(remove_machine_secret(transaction, environment, key.id, secret))) {
    const bool is_there =
        std::any_of(client.secrets.begin(), client.secrets.end(),
                    [secret](const SecretRecord& record) { return record.id == secret; });
    if (!is_there) return refusal(ErrorCode::not_found, "secret not found");
    return refusal(ErrorCode::failed_precondition, "last client cannot be deleted");
  }
  return audit::record(transaction, environment, context, random,
                       about_secret(audit::Event::secret_deleted, client, secret));
}

Result<MachineClient, Error> load_machine_client(Transaction& transaction,
                                                 EnvironmentId environment,
                                                 const MachineClientKey& key) {
  auto found = TRY(find_machine_client_row(transaction, environment, key.id));
  if (!found.has_value() || found->owner != key.owner) return client_not_found();
  return std::move(*found);
}

Result<Page<MachineClient>, Error> list_organization_clients(Transaction& transaction,
                                                             EnvironmentId environment,
                                                             OrgId organization,
                                                             const PageQuery& query) {
  const auto total = TRY(count_clients_of_organization(transaction, environment, organization));
  if (!total.has_value()) return owner_not_found(organization);
  auto found = TRY(list_clients_of_organization(transaction, environment, organization, query));
  auto page = make_page(query, std::move(found),
                        [](const MachineClient& client) { return client.id.number(); });
  page.total = *total;
  return page;
}

Result<ResourceClients, Error> list_resource_clients(Transaction& transaction,
                                                     EnvironmentId environment,
                                                     ResourceId resource) {
  const auto counts = TRY(count_clients_of_resource(transaction, environment, resource));
  if (!counts.has_value()) return owner_not_found(resource);
  auto found =
      TRY(list_clients_of_resource(transaction, environment, resource, resource_clients_max));
  return ResourceClients{.clients = std::move(found),
                         .registered = counts->registered,
                         .by_administrator = counts->all - counts->registered};
}

Result<std::optional<MachineClient>, Error> find_machine_client(Transaction& transaction,
                                                                EnvironmentId environment,
                                                                std::string_view client_id) {
  auto id = MachineClientId::parse(client_id);
  if (const auto of_resource = Id<ResourceClientTag>::parse(client_id); of_resource.has_value()) {
    id = MachineClientId(of_resource->number());
  }
  if (!id.has_value()) return std::optional<MachineClient>();
  auto found = TRY(find_machine_client_row(transaction, environment, *id));
  if (!found.has_value() || found->client_id() != client_id) return std::optional<MachineClient>();
  if (const auto resource = found->resource(); resource.has_value()) {
    const auto known = TRY(enabled_scopes(transaction, environment, *resource));
    std::erase_if(found->scopes, [&known](const std::string& scope) {
      return std::find(known.begin(), known.end(), scope) == known.end();
    });
  }
  return found;
}

Application as_application(const MachineClient& client, std::string_view signing_algorithm) {
  std::vector<std::string> audience;
  if (client.resource_uri.has_value()) audience.push_back(*client.resource_uri);
  if (const auto resource = client.resource(); resource.has_value()) {
    audience.push_back(resource->text());
  }
  for (const std::string& name : client.audience) {
    if (std::find(audience.begin(), audience.end(), name) == audience.end()) {
      audience.push_back(name);
    }
  }
  return {.id = ApplicationId(client.id.number()),
          .environment = client.environment,
          .client_id = client.client_id(),
          .type = Type::m2m,
          .name = client.name,
          .signing_algorithm = std::string(signing_algorithm),
          .enforce_pkce = true,
          .allow_api_access = false,
          .initiate_login_uri = std::nullopt,
          .access_token_lifetime = client.token_lifetime,
          .scopes = client.scopes,
          .audience = std::move(audience),
          .custom_claims = client.custom_claims,
          .grant_types = {},
          .callback_uris = {},
          .post_logout_uris = {},
          .back_channel_logout_uris = {},
          .secrets = client.secrets,
          .created_at = client.created_at,
          .updated_at = client.updated_at};
}

}  // namespace gatehouse::applications
