// The statements behind the acts of directory.h, on the rows of `directories` and what hangs on
// them.

#pragma once

#include "server/directories/directory.h"

namespace gatehouse::directories {

// False if the organization is not there or has its full number.
Result<bool, Error> insert_directory(storage::Transaction& transaction, EnvironmentId environment,
                                     const Directory& directory);
// All of the organization, or the one. Without secrets and role assignments.
Result<std::vector<Directory>, Error> select_directories(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization,
                                                         std::optional<DirectoryId> id);
Result<Unit, Error> update_directory(storage::Transaction& transaction, EnvironmentId environment,
                                     const Directory& directory);
// Each returns whether it changed something.
Result<bool, Error> set_enabled(storage::Transaction& transaction, EnvironmentId environment,
                                DirectoryId id, Instant now);
Result<bool, Error> set_disabled(storage::Transaction& transaction, EnvironmentId environment,
                                 DirectoryId id, Instant now);
Result<bool, Error> remove_disabled(storage::Transaction& transaction, EnvironmentId environment,
                                    DirectoryId id);

// False if the directory has its full number.
Result<bool, Error> insert_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  const DirectorySecret& secret, std::string_view hash);
Result<Unit, Error> remove_secrets(storage::Transaction& transaction, EnvironmentId environment,
                                   DirectoryId id);
Result<std::vector<DirectorySecret>, Error> select_secrets(storage::Transaction& transaction,
                                                           EnvironmentId environment,
                                                           OrgId organization);

struct AssignedRole {
  DirectoryId directory;
  RoleAssignment assignment;
};
Result<std::vector<AssignedRole>, Error> select_assignments(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            OrgId organization);
Result<Unit, Error> remove_assignments(storage::Transaction& transaction, EnvironmentId environment,
                                       DirectoryId id);
// Of the organization, else of the environment.
Result<std::optional<RoleId>, Error> find_role(storage::Transaction& transaction,
                                               EnvironmentId environment, OrgId organization,
                                               std::string_view name);
// False if the directory has no such group.
struct NewAssignment {
  DirectoryGroupId group;
  RoleId role;
  int position;
};
Result<bool, Error> insert_assignment(storage::Transaction& transaction, EnvironmentId environment,
                                      DirectoryId id, const NewAssignment& wanted);

}  // namespace gatehouse::directories
