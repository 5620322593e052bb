// The statements behind the acts of connection.h, on the rows of `connections` and what hangs on
// them.

#pragma once

#include "server/connections/connection.h"

namespace gatehouse::connections {

// False if the organization is not there or has its full number, or if the key id is taken.
Result<bool, Error> insert_connection(storage::Transaction& transaction, EnvironmentId environment,
                                      const Connection& connection);
Result<std::optional<Connection>, Error> find_connection(storage::Transaction& transaction,
                                                         EnvironmentId environment, Owner owner,
                                                         ConnectionId id);
// Whoever's it is.
Result<std::optional<Connection>, Error> find_by_id(storage::Transaction& transaction,
                                                    EnvironmentId environment, ConnectionId id);
// Everything but the state of being enabled. False if the key id is taken.
Result<bool, Error> update_connection(storage::Transaction& transaction, EnvironmentId environment,
                                      const Connection& connection);
// Each returns whether it changed something. Enabling does only if the connection is complete.
Result<bool, Error> set_enabled(storage::Transaction& transaction, EnvironmentId environment,
                                ConnectionId id, Instant now);
Result<bool, Error> set_disabled(storage::Transaction& transaction, EnvironmentId environment,
                                 ConnectionId id, Instant now);
Result<bool, Error> remove_connection(storage::Transaction& transaction, EnvironmentId environment,
                                      ConnectionId id);
Result<bool, Error> has_key(storage::Transaction& transaction, EnvironmentId environment,
                            Owner owner, std::string_view key_id);

Result<Unit, Error> remove_domains(storage::Transaction& transaction, EnvironmentId environment,
                                   ConnectionId id);
// False if the connection's organization has no such domain. True if it was there.
Result<bool, Error> insert_domain(storage::Transaction& transaction, EnvironmentId environment,
                                  ConnectionId id, DomainId domain);
Result<std::vector<orgs::Domain>, Error> select_domains(storage::Transaction& transaction,
                                                        EnvironmentId environment, ConnectionId id);

}  // namespace gatehouse::connections
