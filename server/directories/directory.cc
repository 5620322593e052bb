// The rules of directories: what they are called, when they can be enabled and deleted, and the
// acts with their records and events. Secrets and roles stand in secret.cc and role_assignments.cc.

#include "server/directories/directory.h"

#include "server/directories/directory_act.h"
#include "server/directories/directory_store.h"
#include "server/encoding/utf8.h"

namespace gatehouse::directories {
namespace {

using storage::Transaction;

constexpr std::size_t name_bytes_max = 256;
constexpr std::size_t attribute_bytes_max = 200;

std::string_view first_name(Provider provider) {
  switch (provider) {
    case Provider::unspecified: return "Directory";
    case Provider::okta: return "Okta directory";
    case Provider::google: return "Google directory";
    case Provider::microsoft_ad: return "Microsoft Entra ID directory";
    case Provider::auth0: return "Auth0 directory";
    case Provider::onelogin: return "OneLogin directory";
    case Provider::jumpcloud: return "JumpCloud directory";
    case Provider::ping_identity: return "Ping Identity directory";
  }
  ensure_failed("first_name: not a Provider");
}

Error refused(std::string_view field, std::string_view why) {
  return refusal(ErrorCode::invalid_argument, std::string(field) + " " + std::string(why),
                 "directory." + std::string(field));
}

bool is_plain(const std::string& text, std::size_t bytes_max) {
  return clean_display_name(text, bytes_max) == text;
}

Result<Unit, Error> check_mappings(const std::vector<AttributeMapping>& mappings) {
  if (mappings.size() > attribute_mappings_max) return refused("mappings", "has at most 100 items");
  for (const AttributeMapping& mapping : mappings) {
    if (!is_plain(mapping.key, attribute_bytes_max) ||
        !is_plain(mapping.map_to, attribute_bytes_max) ||
        (!mapping.display_name.empty() && !is_plain(mapping.display_name, attribute_bytes_max))) {
      return refused("mappings", "must name attributes without control characters");
    }
  }
  return Unit{};
}

Result<Unit, Error> check_groups(const std::vector<TrackedGroup>& groups) {
  if (groups.size() > tracked_groups_max) return refused("groups", "has at most 500 items");
  for (const TrackedGroup& group : groups) {
    if (!is_plain(group.external_id, name_bytes_max) ||
        group.display_name.size() > name_bytes_max || group.email.size() > name_bytes_max) {
      return refused("groups", "must name groups by their external ids");
    }
  }
  return Unit{};
}

Result<Unit, Error> apply(Directory& directory, const DirectoryChange& change) {
  if (change.name.has_value()) {
    auto cleaned = clean_display_name(*change.name, name_bytes_max);
    if (!cleaned.has_value()) return refused("name", "must be 1 to 256 bytes that can be seen");
    directory.name = *std::move(cleaned);
  }
  if (change.provider.has_value()) directory.provider = *change.provider;
  if (change.attribute_mappings.has_value()) {
    TRY(check_mappings(*change.attribute_mappings));
    directory.attribute_mappings = *change.attribute_mappings;
  }
  if (change.tracked_groups.has_value()) {
    TRY(check_groups(*change.tracked_groups));
    directory.tracked_groups = *change.tracked_groups;
  }
  return Unit{};
}

Result<Unit, Error> require_organization(Transaction& transaction, EnvironmentId environment,
                                         OrgId organization) {
  if (TRY(orgs::find_organization(transaction, environment, organization)).has_value()) {
    return Unit{};
  }
  return refusal(ErrorCode::not_found, "organization not found");
}

}  // namespace

Result<Directory, Error> create(Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                const NewDirectory& wanted) {
  const bool is_ready = wanted.type == DirectoryType::scim;
  Directory directory{.id = DirectoryId::make(random, context.now),
                      .environment = environment,
                      .organization = organization,
                      .name = std::string(first_name(wanted.provider)),
                      .type = wanted.type,
                      .provider = wanted.provider,
                      .status = is_ready ? Status::completed : Status::draft,
                      .is_enabled = is_ready,
                      .attribute_mappings = {},
                      .tracked_groups = {},
                      .last_synced_at = std::nullopt,
                      .created_at = context.now,
                      .updated_at = context.now,
                      .stats = {}};
  if (!TRY(insert_directory(transaction, environment, directory))) {
    TRY(require_organization(transaction, environment, organization));
    return refusal(ErrorCode::resource_exhausted, "the organization has too many directories");
  }
  TRY(note_act(transaction, environment, context, random,
               {audit::Event::directory_created, is_ready ? "organization.directory_enabled" : "",
                directory}));
  return directory;
}

Result<Directory, Error> find_bare(Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, DirectoryId id) {
  auto found = TRY(select_directories(transaction, environment, organization, id));
  if (found.empty()) return refusal(ErrorCode::not_found, "directory not found");
  return std::move(found.front());
}

Result<Unit, Error> update(Transaction& transaction, EnvironmentId environment, OrgId organization,
                           const Context& context, Random& random, DirectoryId id,
                           const DirectoryChange& change) {
  Directory directory = TRY(find_bare(transaction, environment, organization, id));
  TRY(apply(directory, change));
  directory.updated_at = context.now;
  TRY(update_directory(transaction, environment, directory));
  return note_act(transaction, environment, context, random,
                  {audit::Event::directory_updated, "", directory});
}

Result<Unit, Error> enable(Transaction& transaction, EnvironmentId environment, OrgId organization,
                           const Context& context, Random& random, DirectoryId id) {
  Directory directory = TRY(find_bare(transaction, environment, organization, id));
  if (!TRY(set_enabled(transaction, environment, id, context.now))) {
    if (directory.is_enabled) return Unit{};
    return refusal(ErrorCode::failed_precondition,
                   "directory is not connected to its provider, so it cannot be enabled");
  }
  directory.is_enabled = true;
  directory.updated_at = context.now;
  return note_act(transaction, environment, context, random,
                  {audit::Event::directory_enabled, "organization.directory_enabled", directory});
}

Result<Unit, Error> disable(Transaction& transaction, EnvironmentId environment, OrgId organization,
                            const Context& context, Random& random, DirectoryId id) {
  Directory directory = TRY(find_bare(transaction, environment, organization, id));
  if (!TRY(set_disabled(transaction, environment, id, context.now))) return Unit{};
  directory.is_enabled = false;
  directory.updated_at = context.now;
  return note_act(transaction, environment, context, random,
                  {audit::Event::directory_disabled, "organization.directory_disabled", directory});
}

Result<Unit, Error> delete_directory(Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, const Context& context, Random& random,
                                     DirectoryId id) {
  const Directory directory = TRY(find_bare(transaction, environment, organization, id));
  if (!TRY(remove_disabled(transaction, environment, id))) {
    return refusal(ErrorCode::failed_precondition,
                   "directory is enabled: disable it before it is deleted");
  }
  return note_act(transaction, environment, context, random,
                  {audit::Event::directory_deleted, "", directory});
}

namespace {

Result<Unit, Error> add_parts(Transaction& transaction, EnvironmentId environment,
                              OrgId organization, std::vector<Directory>& directories) {
  const auto secrets = TRY(select_secrets(transaction, environment, organization));
  const auto assigned = TRY(select_assignments(transaction, environment, organization));
  for (Directory& directory : directories) {
    for (const DirectorySecret& secret : secrets) {
      if (secret.directory == directory.id) directory.secrets.push_back(secret);
    }
    for (const AssignedRole& role : assigned) {
      if (role.directory == directory.id) directory.role_assignments.push_back(role.assignment);
    }
  }
  return Unit{};
}

}  // namespace

Result<Directory, Error> get(Transaction& transaction, EnvironmentId environment,
                             OrgId organization, DirectoryId id) {
  auto found = TRY(select_directories(transaction, environment, organization, id));
  if (found.empty()) return refusal(ErrorCode::not_found, "directory not found");
  TRY(add_parts(transaction, environment, organization, found));
  return std::move(found.front());
}

Result<std::vector<Directory>, Error> list(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization) {
  auto found = TRY(select_directories(transaction, environment, organization, std::nullopt));
  if (found.empty()) TRY(require_organization(transaction, environment, organization));
  TRY(add_parts(transaction, environment, organization, found));
  return found;
}

Result<Unit, Error> trigger_sync(Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, DirectoryId id) {
  const Directory directory = TRY(find_bare(transaction, environment, organization, id));
  if (directory.type == DirectoryType::scim) {
    return refusal(ErrorCode::failed_precondition,
                   "a SCIM directory is synchronized by its provider, not on request");
  }
  return refusal(ErrorCode::failed_precondition, "directory is not connected to its provider");
}

}  // namespace gatehouse::directories
