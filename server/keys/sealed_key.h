// What the column sealed_key holds: the private key (PKCS#8) of a key that may sign, the public JWK
// of a retired one. Either is bound to its environment, its id and its algorithm, so what we sign
// with and what we publish was written by this server, for this very row, or does not open.

#pragma once

#include "server/core/random.h"
#include "server/crypto/seal.h"
#include "server/jose/jwk.h"
#include "server/keys/signing_key.h"

namespace gatehouse::keys {

// A key that may sign, ready to be stored.
struct KeyOwner {
  EnvironmentId environment;
  KeyId key;
};
[[nodiscard]] std::string seal_private_key(const crypto::SealingKey& sealing_key, Random& random,
                                           const KeyOwner& owner, const crypto::SigningKey& key);
[[nodiscard]] std::string seal_public_key(const crypto::SealingKey& sealing_key, Random& random,
                                          const KeyOwner& owner, const crypto::PublicKey& key);

// The private key of a current or next key. Errors: failed_precondition if another master key has
// sealed it, internal if the row is damaged or contradicts itself. The detail names the key.
Result<crypto::SigningKey, Error> open_private_key(const crypto::SealingKey& sealing_key,
                                                   EnvironmentId environment,
                                                   const SigningKeyRow& row);

// The public key of a key in whatever state, under its kid. Errors: as above.
Result<jose::PublicJwk, Error> open_public_key(const crypto::SealingKey& sealing_key,
                                               EnvironmentId environment, const SigningKeyRow& row);

}  // namespace gatehouse::keys
