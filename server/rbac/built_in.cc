// The roles and permissions that every environment is born with.

#include <array>

#include "server/audit/record.h"
#include "server/rbac/definition_store.h"
#include "server/rbac/permission_store.h"

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

Result<Unit, Error> create_permissions(Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random) {
  for (const BuiltInPermission& built_in : built_in_permissions) {
    const Permission permission{.id = PermissionId::make(random, context.now),
                                .name = std::string(built_in.name),
                                .description = std::string(built_in.description),
                                .created_at = context.now,
                                .updated_at = context.now};
    if (!TRY(insert_permission(transaction, environment, permission))) continue;
    TRY(audit::record(transaction, environment, context, random,
                      {.event = audit::Event::permission_created,
                       .subject_type = "permission",
                       .subject_id = permission.id.text(),
                       .detail = permission.name}));
  }
  return Unit{};
}

// A role that is there already keeps what it has: it may have been changed on purpose.
enum class Permissions { all, for_members };
Result<Unit, Error> create_built_in_role(Transaction& transaction, EnvironmentId environment,
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

}  // namespace

Result<Unit, Error> create_default_roles(Transaction& transaction, EnvironmentId environment,
                                         const Context& context, Random& random) {
  TRY(create_permissions(transaction, environment, context, random));
  TRY(create_built_in_role(transaction, environment, context, random,
                           {.id = RoleId::make(random, context.now),
                            .organization = std::nullopt,
                            .name = "admin",
                            .display_name = "Admin",
                            .description = "May do everything in the organization",
                            .extends = std::nullopt,
                            .is_default_creator = true,
                            .is_default_member = false},
                           Permissions::all));
  return create_built_in_role(transaction, environment, context, random,
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

}  // namespace gatehouse::rbac
