// Who belongs to an organization: the acts of the management API on people, each with everything
// that hangs on it. Joining gives roles, leaving ends sessions, and whoever leaves the last
// organization may go altogether.
//
// Inviting somebody by mail is two acts in one transaction: join() or create_in_organization() with
// the status pending_invite, then login::invite().

#pragma once

#include "server/members/view.h"

namespace gatehouse::members {

// A role as callers name it: by name or, where that is empty, by id.
struct RoleReference {
  std::string name;
  std::optional<RoleId> id = std::nullopt;
};

struct Joining {
  orgs::Provisioning provisioning = orgs::Provisioning::direct_provision;
  orgs::MembershipStatus status = orgs::MembershipStatus::active;
  std::vector<RoleReference> roles = {};  // none: the default role for members
  Metadata metadata = {};
  std::optional<std::string> inviter_email = std::nullopt;
};

// Makes a user who belongs to the organization. Errors: those of users::create and join.
Result<UserId, Error> create_in_organization(storage::Transaction& transaction,
                                             EnvironmentId environment, OrgId organization,
                                             const Context& context, Random& random,
                                             const users::NewUser& user, const Joining& joining);

// Adds somebody who exists. Errors: those of orgs::add_member, not_found (a role).
Result<Unit, Error> join(storage::Transaction& transaction, EnvironmentId environment,
                         OrgId organization, const Context& context, Random& random, UserId user,
                         const Joining& joining);

// What is absent stays as it is.
struct MembershipChange {
  std::optional<std::vector<RoleReference>> roles = std::nullopt;  // instead of those they have
  std::optional<Metadata> metadata = std::nullopt;                 // instead of what was there
};
// Told as user.organization_membership_updated. Errors: not_found (membership, role),
// invalid_argument.
Result<Unit, Error> change(storage::Transaction& transaction, EnvironmentId environment,
                           OrgId organization, const Context& context, Random& random, UserId user,
                           const MembershipChange& change);

// Beside what they have; roles that they have already are no error. The same event and errors.
Result<Unit, Error> assign_roles(storage::Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, const Context& context, Random& random,
                                 UserId user, std::span<const RoleReference> roles);
// The last one too. The same event; errors: not_found (membership, role).
Result<Unit, Error> remove_role(storage::Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name);

// Ends the user's sessions in the organization and the membership. Whoever belongs to no other
// organization then is deleted, or kept. Told as user.organization_membership_deleted. Errors:
// not_found (membership).
enum class LastMembership { deletes_user, keeps_user };
Result<Unit, Error> leave(storage::Transaction& transaction, EnvironmentId environment,
                          OrgId organization, const Context& context, Random& random, UserId user,
                          LastMembership last);

// Ends all sessions and every membership, each told of as above, and deletes the user. Errors:
// not_found.
Result<Unit, Error> delete_user(storage::Transaction& transaction, EnvironmentId environment,
                                const Context& context, Random& random, UserId user);

}  // namespace gatehouse::members
