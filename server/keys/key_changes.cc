#include "server/keys/key_changes.h"

#include <algorithm>

#include "server/keys/sealed_key.h"

namespace gatehouse::keys {
namespace {

crypto::SigningKeyKind kind_for(crypto::SignatureAlgorithm algorithm, const KeyPolicy& policy) {
  switch (algorithm) {
    case crypto::SignatureAlgorithm::rs256: return policy.rsa_kind;
    case crypto::SignatureAlgorithm::es256: return crypto::SigningKeyKind::p256;
    case crypto::SignatureAlgorithm::eddsa: return crypto::SigningKeyKind::ed25519;
  }
  ensure_failed("unknown SignatureAlgorithm");
}

}  // namespace

void FreshKeys::add(KeySource& source, crypto::SignatureAlgorithm algorithm,
                    const KeyPolicy& policy) {
  keys_.push_back(source.make(kind_for(algorithm, policy)));
}

std::optional<crypto::SigningKey> FreshKeys::take(crypto::SignatureAlgorithm algorithm) {
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const auto& key) { return key.algorithm() == algorithm; });
  if (found == keys_.end()) return std::nullopt;
  crypto::SigningKey key = *found;
  keys_.erase(found);
  return key;
}

Result<KeyId, Error> KeyEditor::create(const Creation& creation, const crypto::SigningKey& key,
                                       const KeyPolicy& policy) {
  const KeyId id = KeyId::make(deps_.random, context_.now);
  const KeyOwner owner{.environment = context_.environment, .key = id};
  const SigningKeyRow row{
      .id = id,
      .algorithm = key.algorithm(),
      .state = creation.state,
      .created_at = context_.now,
      .publish_from = context_.now,
      .active_from = creation.active_from,
      .retired_at = std::nullopt,
      .remove_at = std::nullopt,
      .longest_token = policy.longest_token,
      .sealed_key = seal_private_key(deps_.sealing_key, deps_.random, owner, key),
      .public_jwk = jose::jwk_json({.kid = id.text(), .key = key.public_key()})};
  TRY(insert_key(transaction_, context_.environment, row));
  std::string detail(crypto::algorithm_name(key.algorithm()));
  detail += " ";
  detail += key_state_name(creation.state);
  TRY(note(audit::Event::signing_key_created, id, std::move(detail)));
  changes_.created.push_back(id);
  return id;
}

Result<Unit, Error> KeyEditor::activate(const SigningKeyRow& key, const KeyPolicy& policy) {
  TRY(activate_key(transaction_, context_.environment, key.id, policy.longest_token, context_.now));
  TRY(note(audit::Event::signing_key_activated, key.id,
           std::string(crypto::algorithm_name(key.algorithm))));
  changes_.activated.push_back(key.id);
  return Unit{};
}

Result<Unit, Error> KeyEditor::retire(const SigningKeyRow& key, Instant remove_at) {
  const jose::PublicJwk jwk = TRY(open_public_key(deps_.sealing_key, context_.environment, key));
  const std::string sealed =
      seal_public_key(deps_.sealing_key, deps_.random,
                      {.environment = context_.environment, .key = key.id}, jwk.key);
  TRY(retire_key(transaction_, context_.environment, {.key = key.id, .remove_at = remove_at},
                 sealed, context_.now));
  TRY(note(audit::Event::signing_key_retired, key.id,
           std::string(crypto::algorithm_name(key.algorithm))));
  changes_.retired.push_back(key.id);
  return Unit{};
}

Result<Unit, Error> KeyEditor::remove(const SigningKeyRow& key, std::string_view why) {
  TRY(remove_key(transaction_, context_.environment, key.id));
  std::string detail(crypto::algorithm_name(key.algorithm));
  detail += " ";
  detail += why;
  TRY(note(audit::Event::signing_key_removed, key.id, std::move(detail)));
  changes_.removed.push_back(key.id);
  return Unit{};
}

Result<Unit, Error> KeyEditor::note(audit::Event event, KeyId key, std::string detail) {
  return audit::record(transaction_, context_.environment, context_, deps_.random,
                       {.event = event,
                        .subject_type = "signing_key",
                        .subject_id = key.text(),
                        .detail = std::move(detail)});
}

}  // namespace gatehouse::keys
