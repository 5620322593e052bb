#include "server/oidc/claim_facts.h"

#include "server/oidc/grants/grant.h"

namespace gatehouse::oidc::grants {

Result<Unit, Error> add_claim_facts(storage::Transaction& transaction, EnvironmentId environment,
                                    const AuthenticatedClient& client, PersonGrant& grant) {
  if (client.entry().custom_claims.empty()) return Unit{};
  grant.claim_facts =
      TRY(load_claim_facts(transaction, environment,
                           {.user = grant.user,
                            .organization = grant.organization,
                            .organization_external_id = grant.organization_external_id,
                            .grants = grant.grants}));
  return Unit{};
}

}  // namespace gatehouse::oidc::grants
