// The facts that custom claims are made of, loaded for one person. See claims/facts.h.

#pragma once

#include "server/encoding/json.h"
#include "server/orgs/organization.h"
#include "server/rbac/role.h"

namespace gatehouse::oidc {

// What is known of the person already.
struct ClaimSubject {
  const users::User& user;
  std::optional<OrgId> organization;
  std::optional<std::string> organization_external_id;
  const rbac::Grants& grants;
};
// One statement beyond that. Errors: not_found (the user is not of the environment).
Result<Json, Error> load_claim_facts(storage::Transaction& transaction, EnvironmentId environment,
                                     const ClaimSubject& subject);

}  // namespace gatehouse::oidc
