// The statements behind the acts of membership.h on the rows of `memberships`.

#pragma once

#include "server/orgs/membership.h"

namespace gatehouse::orgs {

// Of what membership_status_name() wrote.
[[nodiscard]] MembershipStatus membership_status_from_name(std::string_view name);

// Inserts a membership if organization and user are both of the environment and the organization
// has a seat left. False if there is one already, nothing to join, or no seat.
Result<bool, Error> insert_membership(storage::Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, const NewMember& wanted, Instant now);
// Each returns whether there was such a membership.
Result<bool, Error> delete_membership(storage::Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, UserId user);
Result<bool, Error> update_metadata(storage::Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const MemberMetadata& wanted, Instant now);
Result<bool, Error> update_last_used(storage::Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, UserId user, Instant now);

}  // namespace gatehouse::orgs
