#include <array>

#include "server/api_tokens/invariants.h"
#include "server/storage/invariant.h"

namespace gatehouse::api_tokens {
namespace {

using storage::Invariant;

constexpr std::array<Invariant, 3> invariants{{
    {{"api_tokens.fsck_organization",
      "SELECT 'apit_' || t.id FROM api_tokens t LEFT JOIN organizations o "
      "ON o.id = t.organization_id AND o.environment_id = t.environment_id "
      "WHERE o.id IS NULL LIMIT 100"},
     "an API token has no organization in its environment"},
    {{"api_tokens.fsck_member",
      "SELECT 'apit_' || t.id FROM api_tokens t LEFT JOIN memberships m "
      "ON m.organization_id = t.organization_id AND m.user_id = t.user_id "
      "AND m.environment_id = t.environment_id "
      "WHERE t.user_id IS NOT NULL AND m.user_id IS NULL LIMIT 100"},
     "an API token of a user outlived their membership"},
    {{"api_tokens.fsck_form",
      "SELECT 'apit_' || id FROM api_tokens WHERE LENGTH(token_hash) <> 32 "
      "OR LENGTH(suffix) <> 4 OR description = '' OR updated_at_ms < created_at_ms - 60000 "
      "OR expires_at_ms <= created_at_ms OR invalidated_at_ms < created_at_ms - 60000 LIMIT 100"},
     "an API token has impossible times or an impossible form"},
}};

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  return storage::find_violations(transaction, invariants);
}

}  // namespace gatehouse::api_tokens
