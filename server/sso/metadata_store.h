// Which connections have metadata to be followed.

#pragma once

#include "server/storage/database.h"

namespace gatehouse::sso {

// SAML connections, by id, at most `limit` from the first that comes after `after`.
Result<std::vector<ConnectionId>, Error> list_saml_connections(storage::Transaction& transaction,
                                                               EnvironmentId environment,
                                                               std::optional<ConnectionId> after,
                                                               int limit);

}  // namespace gatehouse::sso
