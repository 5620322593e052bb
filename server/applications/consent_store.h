// The SQL of consents, for the files of this module alone.

#pragma once

#include <span>

#include "server/applications/consent.h"
#include "server/storage/invariant.h"

namespace gatehouse::applications {

// The consent's id: a new one, or that of the consent it replaces. nullopt if there is no such
// person, or no such client of a resource.
Result<std::optional<ConsentId>, Error> put_consent(storage::Transaction& transaction,
                                                    EnvironmentId environment, ConsentId id,
                                                    const NewConsent& wanted, Instant now);
// The client and the person of what was removed; nullopt if there is none of that key.
struct RemovedConsent {
  UserId user;
  MachineClientId client;
};
Result<std::optional<RemovedConsent>, Error> remove_consent(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const ConsentKey& key);

// limit + 1 of them, nearest to the position first. `pattern` is one of LIKE.
Result<std::vector<Consent>, Error> list_consents_of_resource(storage::Transaction& transaction,
                                                              EnvironmentId environment,
                                                              ResourceId resource,
                                                              std::string_view pattern,
                                                              const PageQuery& query);
// nullopt if there is no such resource.
Result<std::optional<std::int64_t>, Error> count_consents_of_resource(
    storage::Transaction& transaction, EnvironmentId environment, ResourceId resource,
    std::string_view pattern);
Result<std::vector<Consent>, Error> list_consents_of_user(storage::Transaction& transaction,
                                                          EnvironmentId environment, UserId user,
                                                          const PageQuery& query);
Result<std::int64_t, Error> count_consents_of_user(storage::Transaction& transaction,
                                                   EnvironmentId environment, UserId user);
Result<std::vector<Consent>, Error> list_consents_of_client(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            MachineClientId client, int limit);

[[nodiscard]] std::span<const storage::Invariant> consent_invariants();

}  // namespace gatehouse::applications
