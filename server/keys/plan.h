// Planning of key rotation: what is due now, as a pure function of the keys, the policy and the
// time. Carrying it out is rotate.h.
//
// For every algorithm that is wanted there is a current and a next key. The next one becomes
// current when its time has come and it has been published for the policy's lead; the one before it
// retires; a new next one is published the same moment, so it is known for a whole period before it
// signs. However long the server was away, one step at a time is taken, never a key that nobody has
// seen. Only the first key of an algorithm signs at once: before it, there was nothing to sign
// with.

#pragma once

#include <span>
#include <vector>

#include "server/keys/key_store.h"
#include "server/keys/signing_key.h"

namespace gatehouse::keys {

struct Creation {
  crypto::SignatureAlgorithm algorithm;
  KeyState state;  // next or current; published from now on
  Instant active_from;
};

struct Raise {
  KeyId key;
  Duration longest_token;
};

// To be carried out in this order: each algorithm then never has two current or two next keys.
struct KeyPlan {
  std::vector<KeyId> remove;
  std::vector<Retirement> retire;
  std::vector<KeyId> activate;
  std::vector<Raise> raise;
  std::vector<Creation> create;

  [[nodiscard]] bool empty() const;
};

[[nodiscard]] KeyPlan plan_rotation(std::span<const SigningKeyRow> keys, const KeyPolicy& policy,
                                    Instant now);

}  // namespace gatehouse::keys
