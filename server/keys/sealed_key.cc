#include "server/keys/sealed_key.h"

namespace gatehouse::keys {
namespace {

enum class Half { private_key, public_key };

std::string place_of(const KeyOwner& owner, crypto::SignatureAlgorithm algorithm, Half half) {
  return "signing_keys|sealed_key|" + owner.environment.text() + "|" + owner.key.text() + "|" +
         std::string(crypto::algorithm_name(algorithm)) +
         (half == Half::private_key ? "|private" : "|public");
}

Error about(const SigningKeyRow& row, const Error& reason) {
  return {reason.code, "signing key " + row.id.text() + ": " + reason.detail};
}

Error contradiction(const SigningKeyRow& row) {
  return {ErrorCode::internal, "signing key " + row.id.text() + ": not the key that its row says"};
}

Result<Secret, Error> open(const crypto::SealingKey& sealing_key, EnvironmentId environment,
                           const SigningKeyRow& row, Half half) {
  const KeyOwner owner{.environment = environment, .key = row.id};
  auto opened = sealing_key.open(row.sealed_key, place_of(owner, row.algorithm, half));
  if (!opened.ok()) return about(row, opened.error());
  return opened;
}

}  // namespace

std::string seal_private_key(const crypto::SealingKey& sealing_key, Random& random,
                             const KeyOwner& owner, const crypto::SigningKey& key) {
  return sealing_key.seal(random, key.export_pkcs8(),
                          place_of(owner, key.algorithm(), Half::private_key));
}

std::string seal_public_key(const crypto::SealingKey& sealing_key, Random& random,
                            const KeyOwner& owner, const crypto::PublicKey& key) {
  return sealing_key.seal(random, Secret(jose::jwk_json({.kid = owner.key.text(), .key = key})),
                          place_of(owner, key.algorithm(), Half::public_key));
}

Result<crypto::SigningKey, Error> open_private_key(const crypto::SealingKey& sealing_key,
                                                   EnvironmentId environment,
                                                   const SigningKeyRow& row) {
  const Secret der = TRY(open(sealing_key, environment, row, Half::private_key));
  auto key = crypto::SigningKey::import_pkcs8(der);
  if (!key.ok() || key.value().algorithm() != row.algorithm) return contradiction(row);
  return key;
}

Result<jose::PublicJwk, Error> open_public_key(const crypto::SealingKey& sealing_key,
                                               EnvironmentId environment,
                                               const SigningKeyRow& row) {
  if (row.state != KeyState::retired) {
    const crypto::SigningKey key = TRY(open_private_key(sealing_key, environment, row));
    return jose::PublicJwk{.kid = row.id.text(), .key = key.public_key()};
  }
  const Secret json = TRY(open(sealing_key, environment, row, Half::public_key));
  auto jwk = jose::parse_jwk(json.reveal());
  if (!jwk.ok() || jwk.value().key.algorithm() != row.algorithm ||
      jwk.value().kid != row.id.text()) {
    return contradiction(row);
  }
  return jwk;
}

}  // namespace gatehouse::keys
