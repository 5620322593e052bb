// The statements behind the acts of organization.h on the rows of `memberships`.

#pragma once

#include "server/orgs/organization.h"

namespace gatehouse::orgs {

// Inserts an active membership if organization and user are both of the environment. False if there
// is one already, or nothing to join.
struct NewMembership {
  UserId user;
  Provisioning provisioning;
  Instant now;
};
Result<bool, Error> insert_membership(storage::Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, const NewMembership& wanted);
// Each returns whether there was such a membership.
Result<bool, Error> delete_membership(storage::Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, UserId user);
Result<bool, Error> update_last_used(storage::Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, UserId user, Instant now);

}  // namespace gatehouse::orgs
