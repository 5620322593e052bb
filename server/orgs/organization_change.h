// What every change of an organization leaves behind: an audit record and an event that shows the
// organization as it is afterwards.

#pragma once

#include "server/audit/record.h"
#include "server/orgs/organization.h"

namespace gatehouse::orgs {

[[nodiscard]] Error organization_not_found();

// For organization.created and .updated; `what` is what changed, in a few words, for the log.
Result<Unit, Error> tell_of_organization(storage::Transaction& transaction,
                                         EnvironmentId environment, const Context& context,
                                         Random& random, audit::Event event,
                                         const Organization& organization, std::string_view what);

// organization.updated, after a statement that changed its row. Returns it as it is now.
Result<Organization, Error> tell_of_update(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           const Context& context, Random& random,
                                           std::string_view what);

}  // namespace gatehouse::orgs
