// KeyRing: the keys of one environment as requests use them: in memory, opened, immutable. KeyRings
// holds the current snapshot of each environment and lets it be exchanged.
//
// The published set is every key of the environment: next, current, and retired ones whose tokens
// may still be alive. Which algorithms it has is the policy's decision (signing_key.h).

#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/crypto/seal.h"
#include "server/jose/jws.h"
#include "server/keys/signing_key.h"
#include "server/storage/database.h"

namespace gatehouse::keys {

class KeyRing {
 public:
  // Errors: failed_precondition if another master key has sealed a key, internal if one is damaged.
  static Result<KeyRing, Error> open(const crypto::SealingKey& sealing_key,
                                     EnvironmentId environment,
                                     std::span<const SigningKeyRow> rows);

  // What signs tokens of this algorithm now; null if the environment has no such key (yet).
  [[nodiscard]] const jose::TokenSigner* signer(crypto::SignatureAlgorithm algorithm) const;
  // Every published key: what our own tokens are verified with.
  [[nodiscard]] const jose::VerificationKeys& published() const { return published_; }
  // The body of `/keys`, written once, current keys first.
  [[nodiscard]] const std::shared_ptr<const std::string>& jwks() const { return jwks_; }

 private:
  KeyRing(std::vector<jose::TokenSigner> signers, std::span<const jose::PublicJwk> published);

  std::vector<jose::TokenSigner> signers_;  // one for each algorithm
  jose::VerificationKeys published_;
  std::shared_ptr<const std::string> jwks_;
};

class KeyRings {
 public:
  KeyRings(storage::Database& database, const crypto::SealingKey& sealing_key);

  // The keys of an environment; null until it was loaded. Any thread, never waits. Take it once for
  // a request and hold it for as long.
  [[nodiscard]] std::shared_ptr<const KeyRing> snapshot(EnvironmentId environment) const;

  // Reads the keys of the environment of `context` anew. On an error the ring before stays in
  // place. An environment without keys gets an empty ring.
  Result<Unit, Error> reload(const Context& context);

  // Reads which keys all environments have, and loads the rings of those whose keys are others by
  // now: made, rotated or withdrawn by another process. One small query if nothing has changed.
  // Environments that have no ring and no keys are left alone. Returns whether a ring was replaced.
  Result<bool, Error> refresh(const Context& context);

  // Forgets an environment that was deleted.
  void drop(EnvironmentId environment);

 private:
  using Map = std::unordered_map<EnvironmentId, std::shared_ptr<const KeyRing>>;

  // What a ring is made of: each key with its state.
  using Contents = std::vector<std::pair<KeyId, KeyState>>;

  Result<Unit, Error> load(const Context& context);  // `reloading_` is held, as for the next one
  void put(EnvironmentId environment, std::shared_ptr<const KeyRing> ring);

  storage::Database& database_;
  const crypto::SealingKey& sealing_key_;
  std::mutex reloading_;  // one reading and exchange at a time, so that none overtakes another
  std::unordered_map<EnvironmentId, Contents> loaded_;  // guarded by it
  std::atomic<std::shared_ptr<const Map>> rings_;
};

}  // namespace gatehouse::keys
