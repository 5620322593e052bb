#include "server/applications/resource.h"

#include <algorithm>
#include <array>

#include "server/applications/client_rules.h"
#include "server/applications/resource_store.h"
#include "server/applications/scope_store.h"
#include "server/audit/record.h"
#include "server/encoding/uri.h"

namespace gatehouse::applications {
namespace {

using storage::Transaction;

constexpr std::size_t uri_bytes_max = 512;
constexpr TextRule name_rule{.field = "name",
                             .characters_max = client_name_characters_max,
                             .empty = TextRule::Empty::refused};
constexpr TextRule description_rule{.field = "description",
                                    .characters_max = client_description_characters_max};
constexpr TextRule provider_rule{.field = "provider", .characters_max = 512};

struct TypeRow {
  Resource::Type type;
  std::string_view name;
};
constexpr std::array types{
    TypeRow{Resource::Type::web, "WEB"},
    TypeRow{Resource::Type::mobile, "MOBILE"},
    TypeRow{Resource::Type::desktop, "DESKTOP"},
    TypeRow{Resource::Type::server, "SERVER"},
    TypeRow{Resource::Type::mcp_server, "MCP_SERVER"},
};

Error resource_not_found() { return refusal(ErrorCode::not_found, "resource not found"); }

// An absolute http(s) URI without a fragment [RFC 8707 §2], or nothing.
Result<Unit, Error> check_uri(const std::string& text, const char* field) {
  if (text.empty()) return Unit{};
  const auto uri = parse_uri(text);
  const bool is_web = uri.has_value() && (uri->scheme == "https" || uri->scheme == "http");
  if (is_web && text.size() <= uri_bytes_max && !uri->fragment.has_value() &&
      !uri->userinfo.has_value()) {
    return Unit{};
  }
  return invalid(std::string(field) + " must be an http or https URI without a fragment", field);
}

Result<Unit, Error> check_identifier(const std::string& text) {
  const bool is_visible = std::all_of(text.begin(), text.end(),
                                      [](char letter) { return letter > 0x20 && letter < 0x7f; });
  if (is_visible && text.size() <= uri_bytes_max) return Unit{};
  return invalid("resource_id must be at most 512 visible ASCII characters", "resource_id");
}

Result<Unit, Error> check_lifetime(const std::optional<Duration>& lifetime, Duration most,
                                   const char* field) {
  if (!lifetime.has_value()) return Unit{};
  if (*lifetime == std::chrono::floor<seconds>(*lifetime) &&
      *lifetime >= resource_token_lifetime_min && *lifetime <= most) {
    return Unit{};
  }
  return invalid(std::string(field) + " must be 300 to " +
                     std::to_string(std::chrono::duration_cast<seconds>(most).count()) + " seconds",
                 field);
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// Puts what is said into `resource`, checked. The scopes are not among it.
Result<Unit, Error> apply(const ResourceSettings& said, Resource& resource) {
  if (said.name.has_value()) resource.name = TRY(checked_text(*said.name, name_rule));
  if (said.description.has_value()) {
    resource.description = TRY(checked_text(*said.description, description_rule));
  }
  if (said.provider.has_value()) {
    resource.provider = TRY(checked_text(*said.provider, provider_rule));
  }
  if (said.uri.has_value()) {
    TRY(check_uri(*said.uri, "resource_uri"));
    resource.uri = unless_empty(*said.uri);
  }
  if (said.identifier.has_value()) {
    TRY(check_identifier(*said.identifier));
    resource.identifier = unless_empty(*said.identifier);
  }
  if (said.logo_uri.has_value()) {
    TRY(check_uri(*said.logo_uri, "logo_uri"));
    resource.logo_uri = *said.logo_uri;
  }
  if (said.authorize_uri.has_value()) {
    TRY(check_uri(*said.authorize_uri, "custom_connection_settings.authorize_uri"));
    resource.authorize_uri = *said.authorize_uri;
  }
  resource.access_token_lifetime =
      said.access_token_lifetime.value_or(resource.access_token_lifetime);
  resource.refresh_token_lifetime =
      said.refresh_token_lifetime.value_or(resource.refresh_token_lifetime);
  TRY(check_lifetime(resource.access_token_lifetime, resource_access_lifetime_max,
                     "access_token_expiry"));
  TRY(check_lifetime(resource.refresh_token_lifetime, resource_refresh_lifetime_max,
                     "refresh_token_expiry"));
  resource.allow_registration = said.allow_registration.value_or(resource.allow_registration);
  resource.allow_metadata_documents =
      said.allow_metadata_documents.value_or(resource.allow_metadata_documents);
  resource.allow_cross_app_access =
      said.allow_cross_app_access.value_or(resource.allow_cross_app_access);
  resource.limit_to_permissions = said.limit_to_permissions.value_or(resource.limit_to_permissions);
  return Unit{};
}

Result<Unit, Error> set_scopes(Transaction& transaction, const Context& context, Random& random,
                               const std::vector<std::string>& names, Resource& resource) {
  if (names.size() > scopes_per_resource_max) return invalid("too many scopes", "scopes");
  if (has_repetition(names)) return invalid("a scope is named twice", "scopes");
  resource.scopes.clear();
  for (const std::string& name : names) {
    resource.scopes.push_back(
        TRY(ensure_scope(transaction, resource.environment, context, random, name)));
  }
  return replace_resource_scopes(transaction, resource.environment, resource.id, resource.scopes);
}

Error name_taken() {
  return refusal(ErrorCode::already_exists, "another resource has this resource_uri or resource_id",
                 "resource_uri");
}

audit::Record about(audit::Event event, const Resource& resource) {
  return {.event = event,
          .subject_type = "resource",
          .subject_id = resource.id.text(),
          .detail = resource.name};
}

}  // namespace

std::string_view resource_type_name(Resource::Type type) {
  const auto* row = std::find_if(types.begin(), types.end(),
                                 [type](const TypeRow& each) { return each.type == type; });
  ENSURE(row != types.end());
  return row->name;
}

std::optional<Resource::Type> parse_resource_type(std::string_view name) {
  for (const TypeRow& row : types) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

Result<Resource, Error> create_resource(Transaction& transaction, EnvironmentId environment,
                                        const Context& context, Random& random, Resource::Type type,
                                        const ResourceSettings& wanted) {
  Resource made{.id = ResourceId::make(random, context.now),
                .environment = environment,
                .type = type,
                .name = {},
                .description = {},
                .uri = std::nullopt,
                .identifier = std::nullopt,
                .logo_uri = {},
                .provider = {},
                .authorize_uri = {},
                .access_token_lifetime = std::nullopt,
                .refresh_token_lifetime = std::nullopt,
                .allow_registration = true,
                .allow_metadata_documents = false,
                .allow_cross_app_access = false,
                .limit_to_permissions = false,
                .created_at = context.now,
                .updated_at = context.now,
                .scopes = {}};
  TRY(apply(wanted, made));
  TRY(checked_text(made.name, name_rule));
  if (!TRY(insert_resource(transaction, environment, made))) return name_taken();
  if (wanted.scopes.has_value()) {
    TRY(set_scopes(transaction, context, random, *wanted.scopes, made));
  }
  TRY(audit::record(transaction, environment, context, random,
                    about(audit::Event::resource_created, made)));
  return made;
}

Result<Resource, Error> update_resource(Transaction& transaction, EnvironmentId environment,
                                        const Context& context, Random& random, ResourceId resource,
                                        const ResourceSettings& change) {
  Resource after = TRY(load_resource(transaction, environment, resource));
  TRY(apply(change, after));
  after.updated_at = context.now;
  if (!TRY(update_resource_row(transaction, environment, after))) return name_taken();
  if (change.scopes.has_value()) {
    TRY(set_scopes(transaction, context, random, *change.scopes, after));
  }
  TRY(audit::record(transaction, environment, context, random,
                    about(audit::Event::resource_updated, after)));
  return after;
}

Result<Unit, Error> delete_resource(Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random, ResourceId resource) {
  const Resource gone = TRY(load_resource(transaction, environment, resource));
  if (!TRY(remove_resource(transaction, environment, resource))) return resource_not_found();
  return audit::record(transaction, environment, context, random,
                       about(audit::Event::resource_deleted, gone));
}

Result<Resource, Error> load_resource(Transaction& transaction, EnvironmentId environment,
                                      ResourceId resource) {
  auto found = TRY(find_resource(transaction, environment, resource));
  if (!found.has_value()) return resource_not_found();
  found->scopes = TRY(list_resource_scopes(transaction, environment, resource));
  return std::move(*found);
}

Result<Page<Resource>, Error> list_resources(Transaction& transaction, EnvironmentId environment,
                                             Resource::Type type, const PageQuery& query) {
  auto found = TRY(list_resource_rows(transaction, environment, type, query));
  auto page = make_page(query, std::move(found),
                        [](const Resource& resource) { return resource.id.number(); });
  for (Resource& resource : page.items) {
    resource.scopes = TRY(list_resource_scopes(transaction, environment, resource.id));
  }
  page.total = TRY(count_resources(transaction, environment, type));
  return page;
}

Result<std::vector<std::string>, Error> enabled_scopes(Transaction& transaction,
                                                       EnvironmentId environment,
                                                       ResourceId resource) {
  std::vector<std::string> names;
  const auto scopes = TRY(list_resource_scopes(transaction, environment, resource));
  for (const Scope& scope : scopes) {
    if (scope.is_enabled) names.push_back(scope.name);
  }
  return names;
}

}  // namespace gatehouse::applications
