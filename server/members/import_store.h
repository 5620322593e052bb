// The statements of the import. They write one row each from values that were looked up before:
// SQLite keeps a journal for every statement that may change several rows, and going back to its
// beginning takes the longer the more the transaction has changed.

#pragma once

#include "server/members/import.h"

namespace gatehouse::members {

// nullopt: the environment has no such organization.
Result<std::optional<ImportTarget>, Error> find_target(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       OrgId organization);
Result<std::optional<ImportTarget>, Error> find_target_by_external_id(
    storage::Transaction& transaction, EnvironmentId environment, std::string_view external_id);

// False if there is such a membership already. Organization, user and role are known to be of the
// environment, and the organization to have no limit.
Result<bool, Error> insert_imported_member(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           UserId user, Instant now);
Result<Unit, Error> insert_imported_role(storage::Transaction& transaction,
                                         EnvironmentId environment, OrgId organization, UserId user,
                                         RoleId role);

}  // namespace gatehouse::members
