// The statements behind the acts of organization.h on the rows of `organizations`.

#pragma once

#include "server/orgs/organization.h"

namespace gatehouse::orgs {

// False if the external id or the slug is taken.
Result<bool, Error> insert_organization(storage::Transaction& transaction,
                                        EnvironmentId environment,
                                        const Organization& organization);
// Each returns whether there was such an organization.
Result<bool, Error> update_display_name(storage::Transaction& transaction,
                                        EnvironmentId environment, OrgId organization,
                                        std::string_view cleaned, Instant now);
Result<bool, Error> delete_row(storage::Transaction& transaction, EnvironmentId environment,
                               OrgId organization);

}  // namespace gatehouse::orgs
