// Roles and permissions. A role of the environment exists in every organization; a role of an
// organization only there. A role may extend one other: its effective permissions are its own and
// those it inherits, over at most `extends_depth_max` steps.

#pragma once

#include <string>
#include <vector>

#include "server/orgs/organization.h"

namespace gatehouse::rbac {

inline constexpr int extends_depth_max = 10;

struct Role {
  RoleId id;
  std::optional<OrgId> organization;  // absent: a role of the environment
  std::string name;
  std::string display_name;
  std::string description;
  std::optional<std::string> extends;  // name of the role it extends
  bool is_default_creator;
  bool is_default_member;
};

// What a person may do in one organization, as tokens carry it. Both lists are sorted and name
// nothing twice; both are empty for whoever is not an active member.
struct Grants {
  std::vector<std::string> roles;
  std::vector<std::string> permissions;  // effective
};

// Makes the roles that every environment is born with: `admin` (given to whoever creates an
// organization) and `member` (given to whoever joins one), with the built-in permissions
// `sk_org_…`: admin has all of them, member reads settings and users. Done once; repeating it
// changes nothing, whatever has been made of the roles since.
Result<Unit, Error> create_default_roles(storage::Transaction& transaction,
                                         EnvironmentId environment, const Context& context,
                                         Random& random);

// Gives a member the environment's default role for creators or for members; idempotent. Errors:
// not_found (role, membership).
enum class DefaultRole { creator, member };
Result<Unit, Error> assign_default_role(storage::Transaction& transaction,
                                        EnvironmentId environment, OrgId organization,
                                        const Context& context, Random& random, UserId user,
                                        DefaultRole which);
// By name; idempotent. Errors: not_found (role, membership).
Result<Unit, Error> assign_role(storage::Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name);
Result<Unit, Error> remove_role(storage::Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name);

// Store.
Result<std::vector<Role>, Error> list_roles(storage::Transaction& transaction,
                                            EnvironmentId environment);
Result<Grants, Error> load_grants(storage::Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, UserId user);

}  // namespace gatehouse::rbac
