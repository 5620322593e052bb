#include "server/keys/plan.h"

#include <algorithm>

namespace gatehouse::keys {
namespace {

using crypto::SignatureAlgorithm;

const SigningKeyRow* find_key(std::span<const SigningKeyRow> keys, SignatureAlgorithm algorithm,
                              KeyState state) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const SigningKeyRow& key) {
    return key.algorithm == algorithm && key.state == state;
  });
  return found == keys.end() ? nullptr : &*found;
}

Retirement retirement_of(const SigningKeyRow& key, const KeyPolicy& policy, Instant now) {
  return {.key = key.id,
          .remove_at = now + std::max(key.longest_token, policy.longest_token) + policy.slack};
}

bool may_become_current(const SigningKeyRow& key, const KeyPolicy& policy, Instant now) {
  return now >= key.active_from && now >= key.publish_from + policy.publish_lead;
}

void plan_wanted(std::span<const SigningKeyRow> keys, SignatureAlgorithm algorithm,
                 const KeyPolicy& policy, Instant now, KeyPlan& plan) {
  const SigningKeyRow* current = find_key(keys, algorithm, KeyState::current);
  const SigningKeyRow* next = find_key(keys, algorithm, KeyState::next);
  const Instant after_a_period = now + policy.rotation_period;
  if (current == nullptr) {
    // The first keys; or the current one was lost, and the next one is the best known there is.
    if (next == nullptr) {
      plan.create.push_back({algorithm, KeyState::current, now});
    } else {
      plan.activate.push_back(next->id);
    }
    plan.create.push_back({algorithm, KeyState::next, after_a_period});
    return;
  }
  if (next == nullptr) {
    const Instant due =
        std::max(current->active_from + policy.rotation_period, now + policy.publish_lead);
    plan.create.push_back({algorithm, KeyState::next, due});
  } else if (may_become_current(*next, policy, now)) {
    plan.retire.push_back(retirement_of(*current, policy, now));
    plan.activate.push_back(next->id);
    plan.create.push_back({algorithm, KeyState::next, after_a_period});
    return;
  }
  if (policy.longest_token > current->longest_token) {
    plan.raise.push_back({.key = current->id, .longest_token = policy.longest_token});
  }
}

}  // namespace

bool KeyPlan::empty() const {
  return remove.empty() && retire.empty() && activate.empty() && raise.empty() && create.empty();
}

KeyPlan plan_rotation(std::span<const SigningKeyRow> keys, const KeyPolicy& policy, Instant now) {
  KeyPlan plan;
  for (const SigningKeyRow& key : keys) {
    const bool is_wanted = std::find(policy.algorithms.begin(), policy.algorithms.end(),
                                     key.algorithm) != policy.algorithms.end();
    if (key.state == KeyState::retired) {
      if (now >= *key.remove_at) plan.remove.push_back(key.id);
    } else if (!is_wanted && key.state == KeyState::current) {
      plan.retire.push_back(retirement_of(key, policy, now));
    } else if (!is_wanted) {
      plan.remove.push_back(key.id);  // it has signed nothing
    }
  }
  for (const SignatureAlgorithm algorithm : policy.algorithms) {
    plan_wanted(keys, algorithm, policy, now, plan);
  }
  return plan;
}

}  // namespace gatehouse::keys
