#include <array>

#include "server/connections/invariants.h"
#include "server/storage/invariant.h"

namespace gatehouse::connections {
namespace {

using storage::Invariant;

constexpr std::array<Invariant, 5> invariants{{
    {{"connections.fsck_organization",
      "SELECT 'conn_' || c.id FROM connections c JOIN organizations o ON o.id = c.organization_id "
      "WHERE o.environment_id <> c.environment_id LIMIT 100"},
     "a connection is of another environment than its organization"},
    {{"connections.fsck_enabled",
      "SELECT 'conn_' || id FROM connections WHERE enabled = 1 AND status <> 'COMPLETED' "
      "LIMIT 100"},
     "an enabled connection is not complete"},
    {{"connections.fsck_type",
      "SELECT 'conn_' || id FROM connections WHERE organization_id IS NOT NULL "
      "AND type NOT IN ('OIDC', 'SAML') LIMIT 100"},
     "an organization has a connection of a type that only environments have"},
    {{"connections.fsck_secret",
      "SELECT 'conn_' || id FROM connections "
      "WHERE (sealed_client_secret IS NULL) <> (client_secret_hint = '') LIMIT 100"},
     "a connection has a client secret without its hint, or the reverse"},
    {{"connections.fsck_domain",
      "SELECT 'conn_' || c.id FROM connection_domains a JOIN connections c ON c.id = "
      "a.connection_id JOIN domains d ON d.id = a.domain_id WHERE c.organization_id IS NULL "
      "OR c.organization_id <> d.organization_id OR a.environment_id <> c.environment_id "
      "LIMIT 100"},
     "a connection is for a domain of another organization"},
}};

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  return storage::find_violations(transaction, invariants);
}

}  // namespace gatehouse::connections
