// The statements behind settings.h and session_policy.h, on the rows of `organizations`.

#pragma once

#include "server/orgs/session_policy.h"
#include "server/orgs/settings.h"

namespace gatehouse::orgs {

// By the number of the feature; absent: it stays as it is.
using FeatureSwitches = std::array<std::optional<Switch>, all_features.size()>;

// Each update returns whether there was such an organization.
Result<bool, Error> update_features(storage::Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const FeatureSwitches& switches,
                                    Instant now);
Result<std::optional<UserLimit>, Error> load_user_limit(storage::Transaction& transaction,
                                                        EnvironmentId environment,
                                                        OrgId organization);
Result<bool, Error> update_user_limit(storage::Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, const UserLimit& limit, Instant now);
Result<std::optional<SessionPolicy>, Error> load_session_policy(storage::Transaction& transaction,
                                                                EnvironmentId environment,
                                                                OrgId organization);
Result<bool, Error> store_session_policy(storage::Transaction& transaction,
                                         EnvironmentId environment, OrgId organization,
                                         const SessionPolicy& policy, Instant now);

}  // namespace gatehouse::orgs
