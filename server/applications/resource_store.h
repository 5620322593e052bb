// The SQL of resources, for the files of this module alone.

#pragma once

#include "server/applications/resource.h"

namespace gatehouse::applications {

// The rows alone, without scopes. False if the URI or the identifier is taken.
Result<bool, Error> insert_resource(storage::Transaction& transaction, EnvironmentId environment,
                                    const Resource& resource);
// Everything but type and created_at. False if the URI or the identifier is taken, or there is no
// such resource.
Result<bool, Error> update_resource_row(storage::Transaction& transaction,
                                        EnvironmentId environment, const Resource& resource);
Result<bool, Error> remove_resource(storage::Transaction& transaction, EnvironmentId environment,
                                    ResourceId resource);
Result<std::optional<Resource>, Error> find_resource(storage::Transaction& transaction,
                                                     EnvironmentId environment,
                                                     ResourceId resource);
// limit + 1 of them, nearest to the position first, without scopes.
Result<std::vector<Resource>, Error> list_resource_rows(storage::Transaction& transaction,
                                                        EnvironmentId environment,
                                                        Resource::Type type,
                                                        const PageQuery& query);
Result<std::int64_t, Error> count_resources(storage::Transaction& transaction,
                                            EnvironmentId environment, Resource::Type type);

}  // namespace gatehouse::applications
