// The table signing_keys.

#pragma once

#include <vector>

#include "server/keys/signing_key.h"
#include "server/storage/database.h"

namespace gatehouse::keys {

// All keys of the environment, oldest first.
Result<std::vector<SigningKeyRow>, Error> list_keys(storage::Transaction& transaction,
                                                    EnvironmentId environment);

// The keys of all environments in so far as they decide what a ring holds, by environment and id.
struct KeyStateRow {
  EnvironmentId environment;
  KeyId id;
  KeyState state;
};
// tidy: allow store-parameters: the question is which environments have other keys by now
Result<std::vector<KeyStateRow>, Error> list_key_states(storage::Transaction& transaction);

// Errors: already_exists if the environment has a current (or next) key of that algorithm.
Result<Unit, Error> insert_key(storage::Transaction& transaction, EnvironmentId environment,
                               const SigningKeyRow& key);

// The next key becomes current from `now` on. Errors: aborted if it is not a next key (any more).
Result<Unit, Error> activate_key(storage::Transaction& transaction, EnvironmentId environment,
                                 KeyId key, Duration longest_token, Instant now);

struct Retirement {
  KeyId key;
  Instant remove_at;
};

// The current key signs no more; `sealed_public_key` takes the place of its private key. Errors:
// aborted if it is not the current key (any more).
Result<Unit, Error> retire_key(storage::Transaction& transaction, EnvironmentId environment,
                               const Retirement& retirement, std::string_view sealed_public_key,
                               Instant now);

// Notes that the current key signs longer-lived tokens than it did. Never shortens.
Result<Unit, Error> raise_longest_token(storage::Transaction& transaction,
                                        EnvironmentId environment, KeyId key,
                                        Duration longest_token);

// Deletes the key, whatever its state. Errors: aborted if it is gone already.
Result<Unit, Error> remove_key(storage::Transaction& transaction, EnvironmentId environment,
                               KeyId key);

}  // namespace gatehouse::keys
