// Rotation in an emergency; declared in rotate.h.

#include <algorithm>
#include <optional>

#include "server/core/ensure.h"
#include "server/keys/key_changes.h"
#include "server/keys/rotate.h"

namespace gatehouse::keys {
namespace {

using storage::Transaction;

bool is_withdrawn(const SigningKeyRow& row, const Emergency& emergency) {
  if (row.algorithm != emergency.algorithm) return false;
  return emergency.scope == EmergencyScope::every_key || row.state == KeyState::current;
}

std::string warning_for(const EmergencyOutcome& outcome) {
  std::string text =
      "The key is withdrawn, and tokens that it signed are refused here. Applications keep the key "
      "set that they have fetched: each one trusts the withdrawn key until it is restarted. "
      "Restart "
      "every application of this environment now.";
  if (outcome.new_tokens_need_restart) {
    text +=
        " The key that signs now was published too short a time ago to be known everywhere: until "
        "they are restarted, applications refuse every new token.";
  }
  return text;
}

struct Remaining {
  bool had_current = false;
  std::optional<SigningKeyRow> next;
};

Result<Remaining, Error> withdraw(KeyEditor& editor, const std::vector<SigningKeyRow>& rows,
                                  const Emergency& emergency) {
  Remaining remaining;
  for (const SigningKeyRow& row : rows) {
    if (row.algorithm != emergency.algorithm) continue;
    remaining.had_current = remaining.had_current || row.state == KeyState::current;
    if (is_withdrawn(row, emergency)) {
      TRY(editor.remove(row, "withdrawn in an emergency"));
    } else if (row.state == KeyState::next) {
      remaining.next = row;
    }
  }
  return remaining;
}

// A key of `fresh`, which has enough of them.
crypto::SigningKey take(FreshKeys& fresh, const Emergency& emergency) {
  auto key = fresh.take(emergency.algorithm);
  ENSURE(key.has_value());
  return *std::move(key);
}

Result<EmergencyOutcome, Error> apply(Transaction& transaction, const Context& context,
                                      const KeyDeps& deps, const KeyPolicy& policy,
                                      const Emergency& emergency, FreshKeys fresh) {
  const auto rows = TRY(list_keys(transaction, context.environment));
  KeyEditor editor(transaction, context, deps);
  const Remaining remaining = TRY(withdraw(editor, rows, emergency));
  if (!remaining.had_current) {
    return Error(ErrorCode::failed_precondition, "no key of this algorithm signs here");
  }
  const auto& next = remaining.next;
  const KeyId signs_now =
      next.has_value() ? next->id
                       : TRY(editor.create({emergency.algorithm, KeyState::current, context.now},
                                           take(fresh, emergency), policy));
  if (next.has_value()) TRY(editor.activate(*next, policy));
  const Instant active_from = context.now + std::max(policy.rotation_period, policy.publish_lead);
  TRY(editor.create({emergency.algorithm, KeyState::next, active_from}, take(fresh, emergency),
                    policy));
  EmergencyOutcome outcome{
      .changes = std::move(editor.changes()),
      .signs_now = signs_now,
      .new_tokens_need_restart =
          !next.has_value() || context.now < next->publish_from + policy.publish_lead,
      .warning = {}};
  outcome.warning = warning_for(outcome);
  return outcome;
}

}  // namespace

Result<EmergencyOutcome, Error> rotate_in_emergency(const Context& context, const KeyDeps& deps,
                                                    const KeyPolicy& policy,
                                                    const Emergency& emergency) {
  FreshKeys fresh;  // two are enough, whatever is found: one to sign, one to be next
  fresh.add(deps.source, emergency.algorithm, policy);
  fresh.add(deps.source, emergency.algorithm, policy);
  return storage::write(deps.database, context, [&](Transaction& transaction) {
    return apply(transaction, context, deps, policy, emergency, fresh);
  });
}

}  // namespace gatehouse::keys
