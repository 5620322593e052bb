#include <array>

#include "server/rbac/invariants.h"
#include "server/rbac/role.h"
#include "server/storage/invariant.h"

namespace gatehouse::rbac {
namespace {

using storage::Invariant;
using storage::Row;
using storage::Sql;

constexpr std::array<Invariant, 7> invariants{{
    {{"rbac.fsck_default_creator",
      "SELECT 'env_' || e.id FROM environments e WHERE NOT EXISTS (SELECT 1 FROM roles r "
      "WHERE r.environment_id = e.id AND r.organization_id IS NULL "
      "AND r.is_default_creator = 1) LIMIT 100"},
     "an environment has no default role for creators of organizations"},
    {{"rbac.fsck_default_member",
      "SELECT 'env_' || e.id FROM environments e WHERE NOT EXISTS (SELECT 1 FROM roles r "
      "WHERE r.environment_id = e.id AND r.organization_id IS NULL "
      "AND r.is_default_member = 1) LIMIT 100"},
     "an environment has no default role for members"},
    {{"rbac.fsck_assignment",
      "SELECT 'org_' || mr.organization_id || ' usr_' || mr.user_id || ' role_' || mr.role_id "
      "FROM membership_roles mr LEFT JOIN roles r ON r.id = mr.role_id "
      "AND r.environment_id = mr.environment_id "
      "AND (r.organization_id IS NULL OR r.organization_id = mr.organization_id) "
      "LEFT JOIN memberships m ON m.organization_id = mr.organization_id "
      "AND m.user_id = mr.user_id AND m.environment_id = mr.environment_id "
      "WHERE r.id IS NULL OR m.user_id IS NULL LIMIT 100"},
     "a member has a role of another organization or environment"},
    {{"rbac.fsck_permission",
      "SELECT 'role_' || rp.role_id || ' perm_' || rp.permission_id FROM role_permissions rp "
      "LEFT JOIN roles r ON r.id = rp.role_id AND r.environment_id = rp.environment_id "
      "LEFT JOIN permissions p ON p.id = rp.permission_id "
      "AND p.environment_id = rp.environment_id "
      "WHERE r.id IS NULL OR p.id IS NULL LIMIT 100"},
     "a role has a permission of another environment"},
    {{"rbac.fsck_base",
      "SELECT 'role_' || r.id FROM roles r LEFT JOIN roles b ON b.id = r.extends_id "
      "AND b.environment_id = r.environment_id "
      "AND (b.organization_id IS NULL OR b.organization_id = r.organization_id) "
      "WHERE r.extends_id IS NOT NULL AND b.id IS NULL LIMIT 100"},
     "a role extends one of another organization or environment"},
    {{"rbac.fsck_organization_default",
      "SELECT 'org_' || d.organization_id || ' role_' || d.member_role_id "
      "FROM organization_default_roles d "
      "LEFT JOIN organizations o ON o.id = d.organization_id "
      "AND o.environment_id = d.environment_id "
      "LEFT JOIN roles r ON r.id = d.member_role_id AND r.environment_id = d.environment_id "
      "AND (r.organization_id IS NULL OR r.organization_id = d.organization_id) "
      "WHERE o.id IS NULL OR r.id IS NULL LIMIT 100"},
     "an organization's default role is one of another organization or environment"},
    {{"rbac.fsck_organization_flags",
      "SELECT 'role_' || id FROM roles WHERE organization_id IS NOT NULL "
      "AND (is_default_creator = 1 OR is_default_member = 1) LIMIT 100"},
     "a role of an organization is a default of the environment"},
}};

// Also finds circles, which never end.
constexpr Sql too_deep_sql{
    "rbac.fsck_depth",
    "WITH RECURSIVE chain (role, base, depth) AS ("
    "SELECT id, extends_id, 0 FROM roles WHERE extends_id IS NOT NULL "
    "UNION ALL "
    "SELECT c.role, r.extends_id, c.depth + 1 FROM chain c JOIN roles r ON r.id = c.base "
    "WHERE c.depth < $1) "
    "SELECT DISTINCT 'role_' || role FROM chain WHERE depth = $1 AND base IS NOT NULL LIMIT 100"};

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  auto problems = TRY(storage::find_violations(transaction, invariants));
  TRY(transaction.query(too_deep_sql, {extends_depth_max}, [&](const Row& row) {
    problems.push_back("a role extends others in a circle or too deeply: " + row.string(0));
  }));
  return problems;
}

}  // namespace gatehouse::rbac
