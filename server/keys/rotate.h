// Carrying out the rotation of an environment's signing keys (plan.h), and rotating in an
// emergency.
//
// Keys are generated here, outside any transaction: RSA takes up to a second. Call this when an
// environment is made, when its policy changes, at start and from a job, never for a request that
// waits for a token; then let KeyRings reload.

#pragma once

#include <string>
#include <vector>

#include "server/core/random.h"
#include "server/crypto/seal.h"
#include "server/keys/key_source.h"
#include "server/keys/signing_key.h"
#include "server/storage/database.h"

namespace gatehouse::keys {

struct KeyDeps {
  storage::Database& database;
  Random& random;
  KeySource& source;
  const crypto::SealingKey& sealing_key;  // seals the private keys at rest
};

// What was done, by key.
struct KeyChanges {
  std::vector<KeyId> created;
  std::vector<KeyId> activated;
  std::vector<KeyId> retired;
  std::vector<KeyId> removed;

  [[nodiscard]] bool any() const {
    return !created.empty() || !activated.empty() || !retired.empty() || !removed.empty();
  }
};

// Does what is due in the environment of `context`, at `context.now`, in one transaction with its
// audit records. Safe to call at the same time from anywhere: what another call has just done is
// seen, and nothing is done twice. Errors: the storage layer's; aborted if others change the keys
// all the time.
Result<KeyChanges, Error> ensure_keys(const Context& context, const KeyDeps& deps,
                                      const KeyPolicy& policy);

// Which keys of the algorithm are no longer to be trusted.
enum class EmergencyScope {
  current_key,  // the key that signs: the next one takes over
  every_key,    // all, retired ones too, as after the loss of the master key: fresh ones take over
};

struct Emergency {
  crypto::SignatureAlgorithm algorithm;
  EmergencyScope scope;
};

struct EmergencyOutcome {
  KeyChanges changes;
  KeyId signs_now;
  // Whether applications refuse new tokens until they are restarted, because the key that signs now
  // was not published for the policy's lead.
  bool new_tokens_need_restart;
  // For the operator, in plain words; never empty, since applications that are running go on
  // trusting the withdrawn key until they are restarted.
  std::string warning;
};

// Withdraws keys at once: they are deleted, so tokens that they signed are worth nothing from here
// on wherever the key set is fetched. Errors: failed_precondition if the environment has no current
// key of that algorithm; the storage layer's.
Result<EmergencyOutcome, Error> rotate_in_emergency(const Context& context, const KeyDeps& deps,
                                                    const KeyPolicy& policy,
                                                    const Emergency& emergency);

}  // namespace gatehouse::keys
