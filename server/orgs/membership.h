// Memberships as the management API makes and changes them. The acts of organization.h on
// memberships are short forms of these.

#pragma once

#include "server/orgs/organization.h"

namespace gatehouse::orgs {

struct NewMember {
  UserId user;
  Provisioning provisioning = Provisioning::direct_provision;
  MembershipStatus status = MembershipStatus::active;
  Metadata metadata = {};
  std::optional<std::string> inviter_email = std::nullopt;  // as the caller says
};
// Audited, and told as user.organization_membership_created. Errors: already_exists (a member
// already), not_found (organization, user), resource_exhausted (the organization has as many
// members and invited people as it is allowed: decided by the statement that inserts),
// invalid_argument (metadata, inviter_email).
Result<Unit, Error> add_member(storage::Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               const NewMember& wanted);

struct MemberMetadata {
  UserId user;
  Metadata metadata;  // instead of what was there
};
// Audited; the event is the caller's, see tell_of_membership. Errors: not_found, invalid_argument.
Result<Unit, Error> set_member_metadata(storage::Transaction& transaction,
                                        EnvironmentId environment, OrgId organization,
                                        const Context& context, Random& random,
                                        const MemberMetadata& wanted);

struct MembershipEvent {
  std::string_view type;  // "user.organization_membership_updated", …
  OrgId organization;
  UserId user;
};
// Records the event in the caller's transaction, with organization and user as they are then.
// ENSUREs that both exist.
Result<Unit, Error> tell_of_membership(storage::Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       const MembershipEvent& event);

}  // namespace gatehouse::orgs
