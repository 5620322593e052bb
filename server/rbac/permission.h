// Permissions of an environment, and which roles have them. Only roles of the environment are named
// here: the permissions of an organization's role are changed with the role (definition.h).

#pragma once

#include "server/rbac/role.h"

namespace gatehouse::rbac {

inline constexpr std::size_t name_bytes_max = 64;  // of permissions and of roles
inline constexpr std::size_t description_characters_max = 2000;
inline constexpr std::size_t permissions_of_role_max = 100;
inline constexpr int permissions_max = 2000;  // of an environment

struct Permission {
  PermissionId id;
  std::string name;
  std::string description;
  Instant created_at;
  Instant updated_at;

  // Whether the hosted pages ask for it. Names that begin with "sk_" are kept for those.
  [[nodiscard]] bool is_built_in() const { return name.starts_with("sk_"); }
};

// A permission as a role has it.
struct RolePermission {
  RoleId role;
  Permission permission;
  std::string from;  // name of the role it comes from: this one, or one that it extends
};
enum class Reach { own, effective };

struct PermissionText {
  std::string name;
  std::string description;
};

// Acts, each audited and told as an event. Errors: invalid_argument (letters, digits, "_" and ":",
// at most 64; a name that is taken or kept for built-in ones; UTF-8, at most 2,000 characters of
// description), not_found, failed_precondition (a built-in permission), resource_exhausted.
Result<Permission, Error> create_permission(storage::Transaction& transaction,
                                            EnvironmentId environment, const Context& context,
                                            Random& random, const PermissionText& wanted);
// Changes the description of the permission that has `wanted.name`; names stay.
Result<Permission, Error> update_permission(storage::Transaction& transaction,
                                            EnvironmentId environment, const Context& context,
                                            Random& random, const PermissionText& wanted);
// Takes it from every role.
Result<Unit, Error> delete_permission(storage::Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      std::string_view name);

// Adds to a role of the environment. Names that no permission has are passed over; what the role
// has already, too. Returns all that the role has of its own then. Errors: not_found (role),
// invalid_argument (no permission's name could look like that), resource_exhausted.
struct RoleGrant {
  std::string role_name;
  std::vector<std::string> permission_names;
};
Result<std::vector<Permission>, Error> add_permissions(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       const Context& context, Random& random,
                                                       const RoleGrant& grant);
// Errors: not_found (role; permission; the role does not have it).
struct RolePermissionName {
  std::string role_name;
  std::string permission_name;
};
Result<Unit, Error> remove_permission(storage::Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      const RolePermissionName& which);

// Errors: not_found.
Result<Permission, Error> get_permission(storage::Transaction& transaction,
                                         EnvironmentId environment, std::string_view name);
enum class PermissionKind { any, built_in, own };
Result<Page<Permission>, Error> list_permissions(storage::Transaction& transaction,
                                                 EnvironmentId environment, PermissionKind kind,
                                                 const PageQuery& query);
// Of a role of the environment, by name. Errors: not_found.
Result<std::vector<Permission>, Error> list_permissions_of(storage::Transaction& transaction,
                                                           EnvironmentId environment,
                                                           std::string_view role_name, Reach reach);
// What the member's roles allow, whatever the state of the membership; by name.
Result<std::vector<Permission>, Error> list_permissions_of_member(storage::Transaction& transaction,
                                                                  EnvironmentId environment,
                                                                  OrgId organization, UserId user);

}  // namespace gatehouse::rbac
