// The acts of roles, and the roles and permissions that every environment is born with.

#include "server/rbac/role.h"

#include <array>

#include "server/audit/record.h"
#include "server/rbac/role_store.h"

namespace gatehouse::rbac {
namespace {

using storage::Transaction;

// The permissions that hosted pages ask for themselves.
struct BuiltInPermission {
  std::string_view name;
  std::string_view description;
  enum class ForMembers { yes, no } for_members = ForMembers::no;
};
using ForMembers = BuiltInPermission::ForMembers;
constexpr std::array<BuiltInPermission, 12> built_in_permissions{{
    {"sk_org_settings_read", "See the organization's settings", ForMembers::yes},
    {"sk_org_settings_manage", "Change the organization's settings"},
    {"sk_org_users_read", "See who belongs to the organization", ForMembers::yes},
    {"sk_org_users_invite", "Invite people to the organization"},
    {"sk_org_users_delete", "Remove people from the organization"},
    {"sk_org_users_role_change", "Change the roles of members"},
    {"sk_org_sso_read", "See the organization's single sign-on"},
    {"sk_org_sso_manage", "Set up the organization's single sign-on"},
    {"sk_org_scim_read", "See the organization's directory provisioning"},
    {"sk_org_scim_manage", "Set up the organization's directory provisioning"},
    {"sk_org_session_policy_read", "See how long sessions of the organization last"},
    {"sk_org_session_policy_manage", "Decide how long sessions of the organization last"},
}};

Error unknown_role() { return {ErrorCode::not_found, "no such role for this organization"}; }
Error unknown_member() { return {ErrorCode::not_found, "no such member"}; }

Result<Unit, Error> create_permissions(Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random) {
  for (const BuiltInPermission& built_in : built_in_permissions) {
    const NewPermission permission{.id = PermissionId::make(random, context.now),
                                   .name = built_in.name,
                                   .description = built_in.description};
    if (!TRY(insert_permission(transaction, environment, permission, context.now))) continue;
    TRY(audit::record(transaction, environment, context, random,
                      {.event = audit::Event::permission_created,
                       .subject_type = "permission",
                       .subject_id = permission.id.text(),
                       .detail = std::string(built_in.name)}));
  }
  return Unit{};
}

// A role that is there already keeps what it has: it may have been changed on purpose.
enum class Permissions { all, for_members };
Result<Unit, Error> create_role(Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, const Role& role,
                                Permissions permissions) {
  if (!TRY(insert_role(transaction, environment, role, context.now))) return Unit{};
  for (const BuiltInPermission& built_in : built_in_permissions) {
    if (permissions == Permissions::all || built_in.for_members == ForMembers::yes) {
      TRY(insert_role_permission(transaction, environment, role.id, built_in.name));
    }
  }
  return audit::record(transaction, environment, context, random,
                       {.event = audit::Event::role_created,
                        .subject_type = "role",
                        .subject_id = role.id.text(),
                        .detail = role.name});
}

Result<Unit, Error> record_change(Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, const Context& context, Random& random,
                                  UserId user, std::string detail) {
  return audit::record(transaction, environment, context, random,
                       {.event = audit::Event::membership_updated,
                        .subject_type = "user",
                        .subject_id = user.text(),
                        .organization = organization,
                        .detail = std::move(detail)});
}

struct Assignment {
  RoleId role;
  std::string_view name;
};
Result<Unit, Error> assign(Transaction& transaction, EnvironmentId environment, OrgId organization,
                           const Context& context, Random& random, UserId user,
                           const Assignment& assignment) {
  if (!TRY(insert_membership_role(transaction, environment, organization, user, assignment.role))) {
    if (!TRY(orgs::find_membership(transaction, environment, organization, user)).has_value()) {
      return unknown_member();
    }
    return Unit{};  // has it already
  }
  return record_change(transaction, environment, organization, context, random, user,
                       "role assigned: " + std::string(assignment.name));
}

}  // namespace

Result<Unit, Error> create_default_roles(Transaction& transaction, EnvironmentId environment,
                                         const Context& context, Random& random) {
  TRY(create_permissions(transaction, environment, context, random));
  TRY(create_role(transaction, environment, context, random,
                  {.id = RoleId::make(random, context.now),
                   .organization = std::nullopt,
                   .name = "admin",
                   .display_name = "Admin",
                   .description = "May do everything in the organization",
                   .extends = std::nullopt,
                   .is_default_creator = true,
                   .is_default_member = false},
                  Permissions::all));
  return create_role(transaction, environment, context, random,
                     {.id = RoleId::make(random, context.now),
                      .organization = std::nullopt,
                      .name = "member",
                      .display_name = "Member",
                      .description = "May see the organization and who belongs to it",
                      .extends = std::nullopt,
                      .is_default_creator = false,
                      .is_default_member = true},
                     Permissions::for_members);
}

Result<Unit, Error> assign_default_role(Transaction& transaction, EnvironmentId environment,
                                        OrgId organization, const Context& context, Random& random,
                                        UserId user, DefaultRole which) {
  const auto role = TRY(find_default_role(transaction, environment, which));
  if (!role.has_value()) return unknown_role();
  return assign(transaction, environment, organization, context, random, user,
                {.role = role->id, .name = role->name});
}

Result<Unit, Error> assign_role(Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name) {
  const auto role = TRY(find_role(transaction, environment, organization, role_name));
  if (!role.has_value()) return unknown_role();
  return assign(transaction, environment, organization, context, random, user,
                {.role = *role, .name = role_name});
}

Result<Unit, Error> remove_role(Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name) {
  const auto role = TRY(find_role(transaction, environment, organization, role_name));
  if (!role.has_value()) return unknown_role();
  if (!TRY(delete_membership_role(transaction, environment, organization, user, *role))) {
    if (!TRY(orgs::find_membership(transaction, environment, organization, user)).has_value()) {
      return unknown_member();
    }
    return Unit{};  // did not have it
  }
  return record_change(transaction, environment, organization, context, random, user,
                       "role removed: " + std::string(role_name));
}

}  // namespace gatehouse::rbac
