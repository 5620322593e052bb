// Deleting an organization together with what else its end means: nobody stays signed in to it, and
// people who belong to nothing else are gone.

#pragma once

#include "server/storage/database.h"

namespace gatehouse::members {

// Ends every session in the organization; every member leaves it, as in leave(), which deletes
// those who belong to no other organization; then the organization goes, with its roles, links and
// whatever else is its own. Cannot be undone. Errors: not_found.
Result<Unit, Error> delete_organization(storage::Transaction& transaction,
                                        EnvironmentId environment, OrgId organization,
                                        const Context& context, Random& random);

}  // namespace gatehouse::members
