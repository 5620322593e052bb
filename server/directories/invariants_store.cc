#include <array>

#include "server/directories/invariants.h"
#include "server/storage/invariant.h"

namespace gatehouse::directories {
namespace {

using storage::Invariant;

constexpr auto invariants = std::to_array<Invariant>({
    {{"directories.fsck_organization",
      "SELECT 'dir_' || d.id FROM directories d JOIN organizations o ON o.id = d.organization_id "
      "WHERE o.environment_id <> d.environment_id LIMIT 100"},
     "a directory is of another environment than its organization"},
    {{"directories.fsck_enabled",
      "SELECT 'dir_' || id FROM directories WHERE enabled = 1 AND status <> 'COMPLETED' LIMIT 100"},
     "an enabled directory is not set up"},
    {{"directories.fsck_secret",
      "SELECT 'sec_' || s.id FROM directory_secrets s JOIN directories d ON d.id = s.directory_id "
      "WHERE length(s.hash) <> 32 OR length(s.suffix) <> 4 "
      "OR s.environment_id <> d.environment_id LIMIT 100"},
     "a directory secret is not stored as a SHA-256 and four characters"},
    {{"directories.fsck_member",
      "SELECT 'dirgroup_' || m.group_id || ' diruser_' || m.user_id "
      "FROM directory_group_members m JOIN directory_groups g ON g.id = m.group_id "
      "JOIN directory_users u ON u.id = m.user_id WHERE g.directory_id <> u.directory_id "
      "OR m.environment_id <> g.environment_id LIMIT 100"},
     "a group has a member of another directory"},
    {{"directories.fsck_role",
      "SELECT 'dirgroup_' || a.group_id || ' role_' || a.role_id "
      "FROM directory_role_assignments a JOIN directory_groups g ON g.id = a.group_id "
      "JOIN directories d ON d.id = g.directory_id JOIN roles r ON r.id = a.role_id "
      "WHERE r.environment_id <> d.environment_id OR r.organization_id <> d.organization_id "
      "LIMIT 100"},
     "a group brings a role of another organization"},
    {{"directories.fsck_user_twice",
      "SELECT 'diruser_' || MIN(id) || ' diruser_' || MAX(id) FROM directory_users "
      "GROUP BY directory_id, external_id HAVING COUNT(*) > 1 LIMIT 100"},
     "a directory has one user twice"},
});

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  return storage::find_violations(transaction, invariants);
}

}  // namespace gatehouse::directories
