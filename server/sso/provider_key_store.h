// The statements on service_provider_keys.

#pragma once

#include "server/storage/database.h"

namespace gatehouse::sso {

struct StoredProviderKey {
  std::string sealed_private_key;
  std::string certificate;  // PEM
};

Result<std::optional<StoredProviderKey>, Error> find_provider_key(storage::Transaction& transaction,
                                                                  EnvironmentId environment);
// Does nothing if there is one already.
Result<Unit, Error> insert_provider_key(storage::Transaction& transaction,
                                        EnvironmentId environment, const StoredProviderKey& key,
                                        Instant now);

}  // namespace gatehouse::sso
