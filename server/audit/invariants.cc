#include "server/audit/invariants.h"

#include <iterator>

#include "server/audit/audit_store.h"

namespace gatehouse::audit {

Result<std::vector<std::string>, Error> check_invariants(storage::Transaction& transaction) {
  std::vector<std::string> findings;
  const auto environments = TRY(list_sealed_environments(transaction));
  for (const EnvironmentId environment : environments) {
    std::vector<std::string> found = TRY(verify_seals(transaction, environment));
    findings.insert(findings.end(), std::make_move_iterator(found.begin()),
                    std::make_move_iterator(found.end()));
  }
  return findings;
}

}  // namespace gatehouse::audit
