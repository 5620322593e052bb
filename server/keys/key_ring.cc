#include "server/keys/key_ring.h"

#include <algorithm>

#include "server/keys/key_store.h"
#include "server/keys/sealed_key.h"

namespace gatehouse::keys {
namespace {

// Some clients take the first key when a token names none: let it be the one that signs. RSA stands
// before the rest for the same sake.
int rank_of(const SigningKeyRow& row) {
  const int state_rank = row.state == KeyState::current ? 0 : row.state == KeyState::next ? 1 : 2;
  return static_cast<int>(row.algorithm) * 3 + state_rank;
}

}  // namespace

Result<KeyRing, Error> KeyRing::open(const crypto::SealingKey& sealing_key,
                                     EnvironmentId environment,
                                     std::span<const SigningKeyRow> rows) {
  std::vector<const SigningKeyRow*> ordered;
  for (const SigningKeyRow& row : rows) ordered.push_back(&row);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto* a, const auto* b) { return rank_of(*a) < rank_of(*b); });
  std::vector<jose::TokenSigner> signers;
  std::vector<jose::PublicJwk> published;
  for (const SigningKeyRow* row : ordered) {
    if (row->state == KeyState::retired) {
      published.push_back(TRY(open_public_key(sealing_key, environment, *row)));
      continue;
    }
    const crypto::SigningKey key = TRY(open_private_key(sealing_key, environment, *row));
    published.push_back({.kid = row->id.text(), .key = key.public_key()});
    if (row->state == KeyState::current) signers.emplace_back(key, row->id.text());
  }
  return KeyRing(std::move(signers), published);
}

KeyRing::KeyRing(std::vector<jose::TokenSigner> signers, std::span<const jose::PublicJwk> published)
    : signers_(std::move(signers)),
      published_(published),
      jwks_(std::make_shared<const std::string>(jose::jwks_json(published))) {}

const jose::TokenSigner* KeyRing::signer(crypto::SignatureAlgorithm algorithm) const {
  for (const jose::TokenSigner& signer : signers_) {
    if (signer.algorithm() == algorithm) return &signer;
  }
  return nullptr;
}

KeyRings::KeyRings(storage::Database& database, const crypto::SealingKey& sealing_key)
    : database_(database), sealing_key_(sealing_key), rings_(std::make_shared<const Map>()) {}

std::shared_ptr<const KeyRing> KeyRings::snapshot(EnvironmentId environment) const {
  const std::shared_ptr<const Map> rings = rings_.load(std::memory_order_acquire);
  const auto found = rings->find(environment);
  return found == rings->end() ? nullptr : found->second;
}

Result<Unit, Error> KeyRings::reload(const Context& context) {
  const std::lock_guard lock(reloading_);
  return load(context);
}

Result<Unit, Error> KeyRings::load(const Context& context) {
  const auto rows = TRY(storage::read(database_, context, [&](storage::Transaction& transaction) {
    return list_keys(transaction, context.environment);
  }));
  KeyRing ring = TRY(KeyRing::open(sealing_key_, context.environment, rows));
  put(context.environment, std::make_shared<const KeyRing>(std::move(ring)));
  Contents contents;
  for (const SigningKeyRow& row : rows) contents.emplace_back(row.id, row.state);
  loaded_.insert_or_assign(context.environment, std::move(contents));
  return Unit{};
}

Result<bool, Error> KeyRings::refresh(const Context& context) {
  const std::lock_guard lock(reloading_);
  const auto states = TRY(storage::read(database_, context, [](storage::Transaction& transaction) {
    return list_key_states(transaction);
  }));
  std::unordered_map<EnvironmentId, Contents> now;
  for (const auto& [environment, contents] : loaded_) now.emplace(environment, Contents());
  for (const KeyStateRow& row : states) now[row.environment].emplace_back(row.id, row.state);
  bool is_changed = false;
  std::optional<Error> first_error;  // of one environment, which the others do not wait for
  for (const auto& [environment, contents] : now) {
    const auto known = loaded_.find(environment);
    if (known != loaded_.end() && known->second == contents) continue;
    Context there = context;
    there.environment = environment;
    auto outcome = load(there);
    if (!outcome.ok() && !first_error.has_value()) first_error = std::move(outcome).error();
    is_changed = true;
  }
  if (first_error.has_value()) return *std::move(first_error);
  return is_changed;
}

void KeyRings::drop(EnvironmentId environment) {
  const std::lock_guard lock(reloading_);
  loaded_.erase(environment);
  put(environment, nullptr);
}

void KeyRings::put(EnvironmentId environment, std::shared_ptr<const KeyRing> ring) {
  auto changed = std::make_shared<Map>(*rings_.load(std::memory_order_acquire));
  if (ring == nullptr) {
    changed->erase(environment);
  } else {
    changed->insert_or_assign(environment, std::move(ring));
  }
  rings_.store(std::move(changed), std::memory_order_release);
}

}  // namespace gatehouse::keys
