// Giving roles to members and taking them away.

#include "server/rbac/role.h"

#include <algorithm>

#include "server/audit/record.h"
#include "server/rbac/role_store.h"

namespace gatehouse::rbac {
namespace {

using storage::Transaction;

Error unknown_role() { return refusal(ErrorCode::not_found, "role not found"); }
Error unknown_member() { return refusal(ErrorCode::not_found, "membership not found"); }

Result<Unit, Error> require_member(Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, UserId user) {
  const auto membership = TRY(orgs::find_membership(transaction, environment, organization, user));
  if (!membership.has_value()) return unknown_member();
  return Unit{};
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
    return require_member(transaction, environment, organization, user);  // or has it already
  }
  return record_change(transaction, environment, organization, context, random, user,
                       "role assigned: " + std::string(assignment.name));
}

}  // namespace

Result<Unit, Error> assign_default_role(Transaction& transaction, EnvironmentId environment,
                                        OrgId organization, const Context& context, Random& random,
                                        UserId user, DefaultRole which) {
  const auto role = TRY(find_default_role(transaction, environment, organization, which));
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
  if (!TRY(delete_membership_roles(transaction, environment, organization, user, role_name))) {
    const auto role = TRY(find_role(transaction, environment, organization, role_name));
    if (!role.has_value()) return unknown_role();
    return require_member(transaction, environment, organization, user);  // or did not have it
  }
  return record_change(transaction, environment, organization, context, random, user,
                       "role removed: " + std::string(role_name));
}

Result<Unit, Error> set_roles(Transaction& transaction, EnvironmentId environment,
                              OrgId organization, const Context& context, Random& random,
                              const MemberRoles& wanted) {
  if (wanted.role_names.size() > roles_of_member_max) {
    return refusal(ErrorCode::invalid_argument, "too many roles", "roles");
  }
  TRY(require_member(transaction, environment, organization, wanted.user));
  std::vector<RoleId> roles;
  std::string detail = "roles set:";
  for (const std::string& name : wanted.role_names) {
    const auto role = TRY(find_role(transaction, environment, organization, name));
    if (!role.has_value()) return unknown_role();
    roles.push_back(*role);
    detail += " " + name;
  }
  const auto held = TRY(list_roles_of_member(transaction, environment, organization, wanted.user));
  for (const Role& role : held) {
    if (std::ranges::find(roles, role.id) != roles.end()) continue;
    TRY(delete_membership_role(transaction, environment, organization, wanted.user, role.id));
  }
  for (const RoleId role : roles) {
    TRY(insert_membership_role(transaction, environment, organization, wanted.user, role));
  }
  return record_change(transaction, environment, organization, context, random, wanted.user,
                       std::move(detail));
}

}  // namespace gatehouse::rbac
