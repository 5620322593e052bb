// The single changes that rotations consist of, each with its audit record. For rotate.cc and
// emergency.cc.

#pragma once

#include <optional>
#include <vector>

#include "server/audit/record.h"
#include "server/keys/plan.h"
#include "server/keys/rotate.h"

namespace gatehouse::keys {

// Keys that were generated before the transaction that may need them.
class FreshKeys {
 public:
  // One more key of that algorithm.
  void add(KeySource& source, crypto::SignatureAlgorithm algorithm, const KeyPolicy& policy);
  // A key that nobody has taken yet; nullopt if there is none of that algorithm.
  [[nodiscard]] std::optional<crypto::SigningKey> take(crypto::SignatureAlgorithm algorithm);

 private:
  std::vector<crypto::SigningKey> keys_;
};

// Changes one environment's keys in one transaction, and remembers what was done. Lives for the
// length of that transaction.
class KeyEditor {
 public:
  KeyEditor(storage::Transaction& transaction, const Context& context, const KeyDeps& deps)
      : transaction_(transaction), context_(context), deps_(deps) {}

  // Published from now on; signs too if it is created as current.
  Result<KeyId, Error> create(const Creation& creation, const crypto::SigningKey& key,
                              const KeyPolicy& policy);
  Result<Unit, Error> activate(const SigningKeyRow& key, const KeyPolicy& policy);
  Result<Unit, Error> retire(const SigningKeyRow& key, Instant remove_at);
  // `why` stands in the audit record.
  Result<Unit, Error> remove(const SigningKeyRow& key, std::string_view why);

  [[nodiscard]] KeyChanges& changes() { return changes_; }

 private:
  Result<Unit, Error> note(audit::Event event, KeyId key, std::string detail);

  storage::Transaction& transaction_;
  const Context& context_;
  const KeyDeps& deps_;
  KeyChanges changes_;
};

}  // namespace gatehouse::keys
