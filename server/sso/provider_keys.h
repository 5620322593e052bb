// The key of an environment as a SAML service provider: requests are signed with it, and assertions
// are encrypted for it. It is made when it is first needed, and kept.

#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "server/crypto/seal.h"
#include "server/environments/environment.h"
#include "server/xml/signature.h"

namespace gatehouse::sso {

inline constexpr std::string_view provider_key_seal_label = "service provider keys";

class ProviderKeys {
 public:
  ProviderKeys(storage::Database& database, Random& random, const crypto::SealingKey& seal)
      : database_(database), random_(random), seal_(seal) {}

  // The key of the environment of `context`, made if there is none yet (up to a second, on a
  // worker). Of two who make one at the same time, both get the one that was stored. Any thread.
  // Errors: the database's; failed_precondition if another master key has sealed it.
  using Key = std::shared_ptr<const xml::KeyPair>;
  Result<Key, Error> get(const Context& context, const environments::Environment& environment);
  // The same without making one: null if there is none, and so nothing was encrypted for it.
  Result<Key, Error> find(const Context& context);

 private:
  storage::Database& database_;
  Random& random_;
  const crypto::SealingKey& seal_;
  std::mutex mutex_;
  std::unordered_map<EnvironmentId, Key> kept_;  // guarded by it
};

}  // namespace gatehouse::sso
