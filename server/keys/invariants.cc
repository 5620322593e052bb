#include "server/keys/invariants.h"

#include <map>

#include "server/keys/key_store.h"
#include "server/keys/sealed_key.h"

namespace gatehouse::keys {
namespace {

// The job that removes retired keys runs far more often than that.
constexpr Duration removal_delay_max = days(2);

struct Counts {
  int current = 0;
  int next = 0;
};

void check_counts(const std::vector<SigningKeyRow>& rows, std::vector<std::string>& findings) {
  std::map<crypto::SignatureAlgorithm, Counts> counts;
  counts[crypto::SignatureAlgorithm::rs256];
  for (const SigningKeyRow& row : rows) {
    if (row.state == KeyState::retired) continue;
    Counts& of_algorithm = counts[row.algorithm];
    ++(row.state == KeyState::current ? of_algorithm.current : of_algorithm.next);
  }
  for (const auto& [algorithm, count] : counts) {
    const std::string name(crypto::algorithm_name(algorithm));
    if (count.current != 1) {
      findings.push_back(name + ": " + std::to_string(count.current) + " current keys, not 1");
    }
    if (count.next != 1) {
      findings.push_back(name + ": " + std::to_string(count.next) + " next keys, not 1");
    }
  }
}

void check_row(const SigningKeyRow& row, EnvironmentId environment,
               const crypto::SealingKey& sealing_key, Instant now,
               std::vector<std::string>& findings) {
  const std::string name = "signing key " + row.id.text();
  const auto key = open_public_key(sealing_key, environment, row);
  if (!key.ok()) {
    findings.push_back(key.error().detail);
  } else if (jose::jwk_json(key.value()) != row.public_jwk) {
    findings.push_back(name + ": public_jwk is not the public half of the key");
  }
  if (row.state != KeyState::retired) return;
  if (*row.remove_at < *row.retired_at + row.longest_token) {
    findings.push_back(name + ": is removed before its last token expires");
  }
  if (now > *row.remove_at + removal_delay_max) {
    findings.push_back(name + ": retired, and long due to be removed");
  }
}

}  // namespace

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         const crypto::SealingKey& sealing_key,
                                                         Instant now) {
  const std::vector<SigningKeyRow> rows = TRY(list_keys(transaction, environment));
  std::vector<std::string> findings;
  check_counts(rows, findings);
  for (const SigningKeyRow& row : rows) {
    check_row(row, environment, sealing_key, now, findings);
  }
  return findings;
}

}  // namespace gatehouse::keys
