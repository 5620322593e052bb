// The acts of definition.h: what a role may be called, extend and hold, and when it may go.

#include "server/rbac/definition.h"

#include <algorithm>

#include "server/encoding/utf8.h"
#include "server/rbac/definition_store.h"
#include "server/rbac/permission_store.h"
#include "server/rbac/text_rules.h"
#include "server/rbac/told.h"

namespace gatehouse::rbac {
namespace {

using storage::Transaction;

// As the role is shown: those who belong to an organization see its choices.
Result<Role, Error> reload(Transaction& transaction, EnvironmentId environment, const Role& role) {
  auto found = TRY(find_role_by_id(transaction, environment, role.organization, role.id));
  if (!found.has_value()) return not_found("role");
  return *std::move(found);
}

Result<Unit, Error> require_organization(Transaction& transaction, EnvironmentId environment,
                                         std::optional<OrgId> organization) {
  if (!organization.has_value()) return Unit{};
  if (TRY(organization_exists(transaction, environment, *organization))) return Unit{};
  return not_found("organization");
}

// The role to be changed: of exactly the scope that was named.
Result<Role, Error> find_own(Transaction& transaction, EnvironmentId environment,
                             const RoleName& which) {
  TRY(require_organization(transaction, environment, which.organization));
  auto role = TRY(find_role_in(transaction, environment, which));
  if (!role.has_value() || role->organization != which.organization) return not_found("role");
  return *std::move(role);
}

// By name or, failing that, by an id as printed.
Result<std::optional<Role>, Error> find_by_name_or_id(Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const RoleName& which) {
  auto role = TRY(find_role_in(transaction, environment, which));
  if (role.has_value()) return role;
  const auto id = RoleId::parse(which.name);
  if (!id.has_value()) return role;
  return find_role_by_id(transaction, environment, which.organization, *id);
}

Result<std::string, Error> clean_name_shown(std::string_view text) {
  const auto characters = count_characters(text);
  if (characters.has_value() && *characters <= role_display_name_characters_max) {
    auto cleaned = clean_display_name(text, text.size());
    if (cleaned.has_value()) return *std::move(cleaned);
  }
  return refusal(ErrorCode::invalid_argument, "a display name has 1 to 100 visible characters",
                 "role.display_name");
}

Result<Unit, Error> replace_permissions(Transaction& transaction, EnvironmentId environment,
                                        RoleId role, std::vector<std::string> names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > permissions_of_role_max) {
    return refusal(ErrorCode::invalid_argument, "a role has at most 100 permissions",
                   "role.permissions");
  }
  TRY(delete_role_permissions(transaction, environment, role));
  for (const std::string& name : names) {
    TRY(check_permission_name(name, "role.permissions"));
    if (!TRY(insert_role_permission(transaction, environment, role, name))) {
      return refusal(ErrorCode::not_found, "permission not found: " + name, "role.permissions");
    }
  }
  return Unit{};
}

Result<Unit, Error> set_base(Transaction& transaction, EnvironmentId environment, const Role& role,
                             const std::string& base_name, Instant now) {
  const auto base = TRY(find_role_in(transaction, environment,
                                     {.organization = role.organization, .name = base_name}));
  if (!base.has_value()) {
    return refusal(ErrorCode::not_found, "base role not found", "role.extends");
  }
  if (TRY(update_base(transaction, environment, {.role = role.id, .base = base->id, .at = now}))) {
    return Unit{};
  }
  return refusal(ErrorCode::invalid_argument,
                 "a role can extend neither itself, directly or by others, nor more than 10 roles "
                 "in a row",
                 "role.extends");
}

// Why a role was not deleted.
Error why_not_deleted(const Role& role) {
  if (!role.organization.has_value() && (role.is_default_creator || role.is_default_member)) {
    return refusal(ErrorCode::failed_precondition,
                   "role cannot be deleted as it is a default role of the environment");
  }
  if (role.dependents_count > 0) {
    return refusal(ErrorCode::failed_precondition,
                   "role cannot be deleted as other roles extend it");
  }
  return refusal(ErrorCode::failed_precondition,
                 "role cannot be deleted as it is assigned to users");
}

}  // namespace

Result<Role, Error> create_role(Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, const NewRole& wanted) {
  if (!is_name(wanted.name, Colons::refused)) {
    return refusal(ErrorCode::invalid_argument,
                   "a role's name is 1 to 64 letters, digits and underscores", "role.name");
  }
  TRY(check_description(wanted.description, "role.description"));
  std::string display_name = TRY(clean_name_shown(wanted.display_name));
  const Role role{.id = RoleId::make(random, context.now),
                  .organization = wanted.organization,
                  .name = wanted.name,
                  .display_name = std::move(display_name),
                  .description = wanted.description,
                  .extends = std::nullopt,
                  .is_default_creator = false,
                  .is_default_member = false};
  if (!TRY(insert_role(transaction, environment, role, context.now))) {
    TRY(require_organization(transaction, environment, wanted.organization));
    const auto other = TRY(find_role_in(
        transaction, environment, {.organization = wanted.organization, .name = wanted.name}));
    if (other.has_value() && other->organization == wanted.organization) {
      return name_taken("role", "role.name");
    }
    return refusal(ErrorCode::resource_exhausted, "there are too many roles");
  }
  if (wanted.extends.has_value()) {
    TRY(set_base(transaction, environment, role, *wanted.extends, context.now));
  }
  TRY(replace_permissions(transaction, environment, role.id, wanted.permissions));
  Role made = TRY(reload(transaction, environment, role));
  TRY(tell_of_role(transaction, environment, context, random, made, Happened::created));
  return made;
}

Result<Role, Error> update_role(Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, const RoleName& which,
                                const RoleChange& change) {
  std::optional<std::string> display_name;
  if (change.display_name.has_value()) display_name = TRY(clean_name_shown(*change.display_name));
  if (change.description.has_value()) {
    TRY(check_description(*change.description, "role.description"));
  }
  const Role role = TRY(find_own(transaction, environment, which));
  TRY(update_texts(transaction, environment,
                   {.role = role.id,
                    .display_name = display_name,
                    .description = change.description,
                    .at = context.now}));
  if (change.extends.has_value()) {
    TRY(set_base(transaction, environment, role, *change.extends, context.now));
  }
  if (!change.permissions.empty()) {
    TRY(replace_permissions(transaction, environment, role.id, change.permissions));
  }
  Role changed = TRY(reload(transaction, environment, role));
  TRY(tell_of_role(transaction, environment, context, random, changed, Happened::updated));
  return changed;
}

Result<Unit, Error> remove_base(Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, const RoleName& which) {
  Role role = TRY(find_own(transaction, environment, which));
  if (!TRY(clear_base(transaction, environment, role.id, context.now))) return Unit{};
  role.extends = std::nullopt;
  return tell_of_role(transaction, environment, context, random, role, Happened::updated,
                      "extends nothing");
}

Result<Unit, Error> delete_role(Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random,
                                const RoleDeletion& deletion) {
  const Role role = TRY(find_own(transaction, environment, deletion.which));
  std::string detail;
  if (deletion.reassign_to.has_value()) {
    const auto heir = TRY(find_by_name_or_id(
        transaction, environment,
        {.organization = deletion.which.organization, .name = *deletion.reassign_to}));
    if (!heir.has_value()) {
      return refusal(ErrorCode::not_found, "role to reassign to not found", "reassign_role_name");
    }
    if (heir->id == role.id) {
      return refusal(ErrorCode::invalid_argument, "a role cannot be reassigned to itself",
                     "reassign_role_name");
    }
    TRY(reassign_members(transaction, environment, {.from = role.id, .to = heir->id}));
    detail = "members have " + heir->name + " instead";
  }
  if (!TRY(delete_role_row(transaction, environment, role.id))) return why_not_deleted(role);
  return tell_of_role(transaction, environment, context, random, role, Happened::deleted, detail);
}

Result<DefaultRoles, Error> set_default_roles(Transaction& transaction, EnvironmentId environment,
                                              const Context& context, Random& random,
                                              const DefaultNames& names) {
  const auto creator = TRY(find_by_name_or_id(
      transaction, environment, {.organization = std::nullopt, .name = names.creator}));
  if (!creator.has_value()) {
    return refusal(ErrorCode::not_found, "role not found", "default_creator_role");
  }
  const auto member = TRY(find_by_name_or_id(transaction, environment,
                                             {.organization = std::nullopt, .name = names.member}));
  if (!member.has_value()) {
    return refusal(ErrorCode::not_found, "role not found", "default_member_role");
  }
  TRY(update_defaults(transaction, environment,
                      {.creator = creator->id, .member = member->id, .at = context.now}));
  Role for_creators = TRY(reload(transaction, environment, *creator));
  Role for_members = TRY(reload(transaction, environment, *member));
  TRY(tell_of_role(transaction, environment, context, random, for_creators, Happened::updated,
                   "default for creators"));
  if (for_members.id != for_creators.id) {
    TRY(tell_of_role(transaction, environment, context, random, for_members, Happened::updated,
                     "default for members"));
  }
  return DefaultRoles{.creator = std::move(for_creators), .member = std::move(for_members)};
}

Result<Role, Error> set_default_role(Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, const Context& context, Random& random,
                                     std::string_view name) {
  TRY(require_organization(transaction, environment, organization));
  const RoleName which{.organization = organization, .name = std::string(name)};
  const auto role = TRY(find_role_in(transaction, environment, which));
  if (!role.has_value()) {
    return refusal(ErrorCode::not_found, "role not found", "default_member_role");
  }
  TRY(update_organization_default(transaction, environment, organization, role->id));
  auto chosen = TRY(find_role_by_id(transaction, environment, organization, role->id));
  if (!chosen.has_value()) return not_found("role");
  TRY(tell_of_role(transaction, environment, context, random, *chosen, Happened::updated,
                   "default for members of " + organization.text()));
  return *std::move(chosen);
}

Result<Role, Error> get_role(Transaction& transaction, EnvironmentId environment,
                             const RoleName& which) {
  TRY(require_organization(transaction, environment, which.organization));
  auto role = TRY(find_role_in(transaction, environment, which));
  if (!role.has_value()) return not_found("role");
  return *std::move(role);
}

Result<std::vector<Role>, Error> list_roles_in(Transaction& transaction, EnvironmentId environment,
                                               std::optional<OrgId> organization) {
  TRY(require_organization(transaction, environment, organization));
  return find_roles_in(transaction, environment, organization);
}

Result<std::vector<Role>, Error> list_dependents(Transaction& transaction,
                                                 EnvironmentId environment, std::string_view name) {
  const Role role = TRY(get_role(transaction, environment,
                                 {.organization = std::nullopt, .name = std::string(name)}));
  return find_dependents(transaction, environment, role.id);
}

Result<std::int64_t, Error> count_users(Transaction& transaction, EnvironmentId environment,
                                        const RoleName& which) {
  const Role role = TRY(get_role(transaction, environment, which));
  return count_holders(transaction, environment, which.organization, role.id);
}

}  // namespace gatehouse::rbac
