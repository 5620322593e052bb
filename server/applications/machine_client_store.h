// The SQL of machine clients, for the files of this module alone.

#pragma once

#include <span>

#include "server/applications/machine_client.h"
#include "server/storage/invariant.h"

namespace gatehouse::applications {

// The row alone, without secrets. False if there is no such owner, or a resource has as many
// registered clients as may be.
Result<bool, Error> insert_machine_client(storage::Transaction& transaction,
                                          EnvironmentId environment, const MachineClient& client);
// What a change may touch, and updated_at.
Result<bool, Error> update_machine_client_row(storage::Transaction& transaction,
                                              EnvironmentId environment,
                                              const MachineClient& client);
// Takes the row for this transaction: what is counted after it stays counted.
Result<bool, Error> touch_machine_client(storage::Transaction& transaction,
                                         EnvironmentId environment, MachineClientId client,
                                         Instant now);
Result<bool, Error> remove_machine_client(storage::Transaction& transaction,
                                          EnvironmentId environment, MachineClientId client);

// False if there are machine_secrets_max.
Result<bool, Error> insert_machine_secret(storage::Transaction& transaction,
                                          EnvironmentId environment, MachineClientId client,
                                          const SecretRecord& secret);
// False if it is not there, or the last one.
Result<bool, Error> remove_machine_secret(storage::Transaction& transaction,
                                          EnvironmentId environment, MachineClientId client,
                                          ClientSecretId secret);

Result<std::optional<MachineClient>, Error> find_machine_client_row(
    storage::Transaction& transaction, EnvironmentId environment, MachineClientId client);
// limit + 1 of them, nearest to the position first.
Result<std::vector<MachineClient>, Error> list_clients_of_organization(
    storage::Transaction& transaction, EnvironmentId environment, OrgId organization,
    const PageQuery& query);
Result<std::vector<MachineClient>, Error> list_clients_of_resource(
    storage::Transaction& transaction, EnvironmentId environment, ResourceId resource, int limit);

// nullopt if there is no such organization.
Result<std::optional<std::int64_t>, Error> count_clients_of_organization(
    storage::Transaction& transaction, EnvironmentId environment, OrgId organization);
struct ClientCounts {
  std::int64_t all = 0;
  std::int64_t registered = 0;
};
// nullopt if there is no such resource.
Result<std::optional<ClientCounts>, Error> count_clients_of_resource(
    storage::Transaction& transaction, EnvironmentId environment, ResourceId resource);

[[nodiscard]] std::span<const storage::Invariant> machine_client_invariants();

}  // namespace gatehouse::applications
