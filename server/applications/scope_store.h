// The SQL of scopes, for the files of this module alone.

#pragma once

#include <span>

#include "server/applications/resource.h"
#include "server/storage/invariant.h"

namespace gatehouse::applications {

// False if the name is taken, or scopes_per_environment_max are there.
Result<bool, Error> insert_scope(storage::Transaction& transaction, EnvironmentId environment,
                                 const Scope& scope, Instant now);
Result<bool, Error> update_scope_row(storage::Transaction& transaction, EnvironmentId environment,
                                     const Scope& scope, Instant now);
Result<bool, Error> remove_scope(storage::Transaction& transaction, EnvironmentId environment,
                                 ScopeId scope);
Result<std::optional<Scope>, Error> find_scope(storage::Transaction& transaction,
                                               EnvironmentId environment, ScopeId scope);
Result<std::optional<Scope>, Error> find_scope_by_name(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       std::string_view name);

// The scopes of a resource, in their order; those it had are gone.
Result<Unit, Error> replace_resource_scopes(storage::Transaction& transaction,
                                            EnvironmentId environment, ResourceId resource,
                                            std::span<const Scope> scopes);
Result<std::vector<Scope>, Error> list_resource_scopes(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       ResourceId resource);

[[nodiscard]] std::span<const storage::Invariant> scope_invariants();

}  // namespace gatehouse::applications
