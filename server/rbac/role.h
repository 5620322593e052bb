// Roles, who has them, and what they allow. A role of the environment exists in every organization;
// a role of an organization only there. A role may extend one other: its effective permissions are
// its own and those it inherits, over at most `extends_depth_max` steps.
//
// Where both kinds bear the same name, the organization's is meant by it in that organization.
// definition.h makes and changes roles, permission.h permissions.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/orgs/organization.h"

namespace gatehouse::rbac {

inline constexpr int extends_depth_max = 10;
inline constexpr std::size_t roles_of_member_max = 100;

struct Role {
  RoleId id;
  std::optional<OrgId> organization;  // absent: a role of the environment
  std::string name;
  std::string display_name;
  std::string description;
  std::optional<std::string> extends;  // name of the role it extends
  // Who is given it unasked: in the environment or, for whoever looks from an organization, there.
  bool is_default_creator;
  bool is_default_member;
  std::int64_t dependents_count = 0;  // roles that extend it directly
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
// changes nothing, whatever has been made of the roles since. No events: nobody listens yet.
Result<Unit, Error> create_default_roles(storage::Transaction& transaction,
                                         EnvironmentId environment, const Context& context,
                                         Random& random);

// The acts below are audited as changes of the membership; events of memberships tell more than
// roles and are written by whoever calls.

// Gives a member the environment's default role for creators, or the default role for members: the
// organization's own if it has chosen one, else the environment's. Idempotent. Errors: not_found
// (role, membership).
enum class DefaultRole { creator, member };
Result<Unit, Error> assign_default_role(storage::Transaction& transaction,
                                        EnvironmentId environment, OrgId organization,
                                        const Context& context, Random& random, UserId user,
                                        DefaultRole which);
// By name; idempotent. Errors: not_found (role, membership).
Result<Unit, Error> assign_role(storage::Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name);
// Takes away whatever the member has of that name, the environment's and the organization's.
Result<Unit, Error> remove_role(storage::Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                UserId user, std::string_view role_name);
// Afterwards the member has exactly the roles named; none is allowed. Errors: not_found (a role,
// the membership), invalid_argument (more than `roles_of_member_max`); then nothing was changed.
struct MemberRoles {
  UserId user;
  std::vector<std::string> role_names;
};
Result<Unit, Error> set_roles(storage::Transaction& transaction, EnvironmentId environment,
                              OrgId organization, const Context& context, Random& random,
                              const MemberRoles& wanted);

// Store.

// Every role of the environment and of its organizations, at most 1,000.
Result<std::vector<Role>, Error> list_roles(storage::Transaction& transaction,
                                            EnvironmentId environment);
Result<Grants, Error> load_grants(storage::Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, UserId user);
// Whatever the state of the membership; by name. Empty for who is no member.
Result<std::vector<Role>, Error> list_roles_of_member(storage::Transaction& transaction,
                                                      EnvironmentId environment, OrgId organization,
                                                      UserId user);

}  // namespace gatehouse::rbac
