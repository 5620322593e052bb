#include "server/members/member.h"

#include "server/members/member_store.h"
#include "server/sessions/session.h"

namespace gatehouse::members {
namespace {

using storage::Transaction;

Error role_not_found(const RoleReference& role) {
  const std::string which = role.name.empty() && role.id.has_value() ? role.id->text() : role.name;
  return refusal(ErrorCode::not_found, "role not found: " + which, "roles");
}

// The names by which rbac knows the roles.
Result<std::vector<std::string>, Error> names_of(Transaction& transaction,
                                                 EnvironmentId environment, OrgId organization,
                                                 std::span<const RoleReference> roles) {
  std::vector<std::string> names;
  for (const RoleReference& role : roles) {
    if (role.name.empty() && !role.id.has_value()) {
      return refusal(ErrorCode::invalid_argument, "a role must have a name", "roles");
    }
    const auto name = TRY(find_role_name(transaction, environment, organization, role));
    if (!name.has_value()) return role_not_found(role);
    names.push_back(*name);
  }
  return names;
}

Result<Unit, Error> check_membership(Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, UserId user) {
  if (TRY(orgs::find_membership(transaction, environment, organization, user)).has_value()) {
    return Unit{};
  }
  return refusal(ErrorCode::not_found, "membership not found");
}

Result<Unit, Error> tell_of_update(Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, const Context& context, Random& random,
                                   UserId user) {
  return orgs::tell_of_membership(
      transaction, environment, context, random,
      {.type = "user.organization_membership_updated", .organization = organization, .user = user});
}

}  // namespace

Result<UserId, Error> create_in_organization(Transaction& transaction, EnvironmentId environment,
                                             OrgId organization, const Context& context,
                                             Random& random, const users::NewUser& user,
                                             const Joining& joining) {
  const auto made = TRY(users::create_detailed(transaction, environment, context, random, user));
  TRY(join(transaction, environment, organization, context, random, made.user.id, joining));
  return made.user.id;
}

Result<Unit, Error> join(Transaction& transaction, EnvironmentId environment, OrgId organization,
                         const Context& context, Random& random, UserId user,
                         const Joining& joining) {
  TRY(orgs::add_member(transaction, environment, organization, context, random,
                       orgs::NewMember{.user = user,
                                       .provisioning = joining.provisioning,
                                       .status = joining.status,
                                       .metadata = joining.metadata,
                                       .inviter_email = joining.inviter_email}));
  if (joining.roles.empty()) {
    return rbac::assign_default_role(transaction, environment, organization, context, random, user,
                                     rbac::DefaultRole::member);
  }
  const auto names = TRY(names_of(transaction, environment, organization, joining.roles));
  for (const std::string& name : names) {
    TRY(rbac::assign_role(transaction, environment, organization, context, random, user, name));
  }
  return Unit{};
}

Result<Unit, Error> change(Transaction& transaction, EnvironmentId environment, OrgId organization,
                           const Context& context, Random& random, UserId user,
                           const MembershipChange& change) {
  TRY(check_membership(transaction, environment, organization, user));
  if (!change.roles.has_value() && !change.metadata.has_value()) return Unit{};
  if (change.roles.has_value()) {
    auto names = TRY(names_of(transaction, environment, organization, *change.roles));
    TRY(rbac::set_roles(transaction, environment, organization, context, random,
                        {.user = user, .role_names = std::move(names)}));
  }
  if (change.metadata.has_value()) {
    TRY(orgs::set_member_metadata(transaction, environment, organization, context, random,
                                  {.user = user, .metadata = *change.metadata}));
  }
  return tell_of_update(transaction, environment, organization, context, random, user);
}

Result<Unit, Error> assign_roles(Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, const Context& context, Random& random,
                                 UserId user, std::span<const RoleReference> roles) {
  TRY(check_membership(transaction, environment, organization, user));
  const auto names = TRY(names_of(transaction, environment, organization, roles));
  for (const std::string& name : names) {
    TRY(rbac::assign_role(transaction, environment, organization, context, random, user, name));
  }
  return tell_of_update(transaction, environment, organization, context, random, user);
}

Result<Unit, Error> remove_role(Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name) {
  TRY(check_membership(transaction, environment, organization, user));
  const RoleReference role{.name = std::string(role_name)};
  TRY(names_of(transaction, environment, organization, {&role, 1}));
  TRY(rbac::remove_role(transaction, environment, organization, context, random, user, role_name));
  return tell_of_update(transaction, environment, organization, context, random, user);
}

Result<Unit, Error> leave(Transaction& transaction, EnvironmentId environment, OrgId organization,
                          const Context& context, Random& random, UserId user,
                          LastMembership last) {
  TRY(check_membership(transaction, environment, organization, user));
  TRY(sessions::end_all_in_organization(transaction, environment, organization, context, random,
                                        sessions::EndReason::revoked, user));
  TRY(orgs::remove_member(transaction, environment, organization, context, random, user));
  if (last == LastMembership::keeps_user) return Unit{};
  const auto others = TRY(orgs::list_memberships_of_user(transaction, environment, user));
  if (!others.empty()) return Unit{};
  return delete_user(transaction, environment, context, random, user);
}

Result<Unit, Error> delete_user(Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, UserId user) {
  TRY(sessions::end_all_of_user(transaction, environment, context, random, user,
                                sessions::EndReason::revoked));
  // The list has a limit.
  while (true) {
    const auto memberships = TRY(orgs::list_memberships_of_user(transaction, environment, user));
    if (memberships.empty()) break;
    for (const orgs::Membership& membership : memberships) {
      TRY(orgs::remove_member(transaction, environment, membership.organization, context, random,
                              user));
    }
  }
  return users::delete_user(transaction, environment, context, random, user);
}

}  // namespace gatehouse::members
