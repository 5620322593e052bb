#include "server/keys/rotate.h"

#include <algorithm>

#include "server/core/ensure.h"
#include "server/keys/key_changes.h"
#include "server/keys/plan.h"

namespace gatehouse::keys {
namespace {

using storage::Transaction;

// Each attempt loses only if others created keys between our reading and our writing.
constexpr int attempts_max = 5;

const SigningKeyRow& row_of(const std::vector<SigningKeyRow>& rows, KeyId id) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const SigningKeyRow& row) { return row.id == id; });
  ENSURE(found != rows.end());
  return *found;
}

// Carries out what is due in the transaction's own view. nullopt if that takes a key which was not
// generated beforehand; nothing has been changed then.
Result<std::optional<KeyChanges>, Error> apply(Transaction& transaction, const Context& context,
                                               const KeyDeps& deps, const KeyPolicy& policy,
                                               FreshKeys fresh) {
  const auto rows = TRY(list_keys(transaction, context.environment));
  const KeyPlan plan = plan_rotation(rows, policy, context.now);
  std::vector<crypto::SigningKey> taken;
  for (const Creation& creation : plan.create) {
    auto key = fresh.take(creation.algorithm);
    if (!key.has_value()) return std::optional<KeyChanges>();
    taken.push_back(*std::move(key));
  }
  KeyEditor editor(transaction, context, deps);
  for (const KeyId id : plan.remove) TRY(editor.remove(row_of(rows, id), "expired or unused"));
  for (const Retirement& each : plan.retire) {
    TRY(editor.retire(row_of(rows, each.key), each.remove_at));
  }
  for (const KeyId id : plan.activate) TRY(editor.activate(row_of(rows, id), policy));
  for (const Raise& each : plan.raise) {
    TRY(raise_longest_token(transaction, context.environment, each.key, each.longest_token));
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    TRY(editor.create(plan.create[i], taken[i], policy));
  }
  return std::optional(std::move(editor.changes()));
}

}  // namespace

Result<KeyChanges, Error> ensure_keys(const Context& context, const KeyDeps& deps,
                                      const KeyPolicy& policy) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    const auto rows = TRY(storage::read(deps.database, context, [&](Transaction& transaction) {
      return list_keys(transaction, context.environment);
    }));
    const KeyPlan plan = plan_rotation(rows, policy, context.now);
    if (plan.empty()) return KeyChanges();
    FreshKeys fresh;
    for (const Creation& creation : plan.create) fresh.add(deps.source, creation.algorithm, policy);
    auto changes = TRY(storage::write(deps.database, context, [&](Transaction& transaction) {
      return apply(transaction, context, deps, policy, fresh);
    }));
    if (changes.has_value()) return *std::move(changes);
  }
  return Error(ErrorCode::aborted, "the signing keys change faster than they can be planned");
}

}  // namespace gatehouse::keys
