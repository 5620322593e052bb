#include <array>

#include "server/orgs/invariants.h"
#include "server/storage/invariant.h"

namespace gatehouse::orgs {
namespace {

using storage::Invariant;

constexpr std::array<Invariant, 3> invariants{{
    {{"orgs.fsck_member_user",
      "SELECT 'org_' || m.organization_id || ' usr_' || m.user_id FROM memberships m "
      "LEFT JOIN users u ON u.id = m.user_id AND u.environment_id = m.environment_id "
      "WHERE u.id IS NULL LIMIT 100"},
     "a membership has no user in its environment"},
    {{"orgs.fsck_member_organization",
      "SELECT 'org_' || m.organization_id || ' usr_' || m.user_id FROM memberships m "
      "LEFT JOIN organizations o "
      "ON o.id = m.organization_id AND o.environment_id = m.environment_id "
      "WHERE o.id IS NULL LIMIT 100"},
     "a membership has no organization in its environment"},
    {{"orgs.fsck_name",
      "SELECT 'org_' || id FROM organizations "
      "WHERE display_name = '' OR display_name <> TRIM(display_name) LIMIT 100"},
     "an organization has no proper name"},
}};

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  return storage::find_violations(transaction, invariants);
}

}  // namespace gatehouse::orgs
