// The statement behind the acts of member.h.

#pragma once

#include "server/members/member.h"

namespace gatehouse::members {

// The name of a role that members of the organization may have; nullopt if there is none such.
Result<std::optional<std::string>, Error> find_role_name(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization,
                                                         const RoleReference& role);

}  // namespace gatehouse::members
