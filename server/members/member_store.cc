#include "server/members/member_store.h"

namespace gatehouse::members {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql find_role_by_name_sql{
    "members.find_role_by_name",
    "SELECT name FROM roles WHERE environment_id = $1 AND name = $3 "
    "AND (organization_id IS NULL OR organization_id = $2) LIMIT 1"};
constexpr Sql find_role_by_id_sql{"members.find_role_by_id",
                                  "SELECT name FROM roles WHERE environment_id = $1 AND id = $3 "
                                  "AND (organization_id IS NULL OR organization_id = $2)"};

}  // namespace

Result<std::optional<std::string>, Error> find_role_name(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization,
                                                         const RoleReference& role) {
  const auto map = [](const Row& row) { return row.string(0); };
  if (role.name.empty() && role.id.has_value()) {
    return transaction.find(find_role_by_id_sql, {environment, organization, *role.id}, map);
  }
  return transaction.find(find_role_by_name_sql, {environment, organization, role.name}, map);
}

}  // namespace gatehouse::members
