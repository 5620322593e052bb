// The SQL of the audit log, for the files of this module alone.

#pragma once

#include <limits>

#include "server/audit/query.h"
#include "server/core/function_ref.h"

namespace gatehouse::audit {

Result<Unit, Error> insert_record(storage::Transaction& transaction, EnvironmentId environment,
                                  const StoredRecord& row);

Result<std::vector<StoredRecord>, Error> list_records(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Filter& filter);

// A stretch of record numbers: (after, through].
struct IdRange {
  std::int64_t after;
  std::int64_t through;
  std::int64_t records_max = std::numeric_limits<std::int64_t>::max();
};
// Hands each record of the range to `each`, in id order.
Result<Unit, Error> visit_records(storage::Transaction& transaction, EnvironmentId environment,
                                  const IdRange& range,
                                  FunctionRef<void(const StoredRecord&)> each);

struct Seal {
  std::int64_t number;    // 1, 2, …: links of the environment's chain
  std::int64_t first_id;  // of the records it covers
  std::int64_t last_id;
  std::int64_t record_count;
  Instant sealed_at;
  std::string hash;
};
Result<std::optional<Seal>, Error> find_last_seal(storage::Transaction& transaction,
                                                  EnvironmentId environment);
// In order, those beyond `after_number`, at most `count_max`.
Result<std::vector<Seal>, Error> list_seals(storage::Transaction& transaction,
                                            EnvironmentId environment, std::int64_t after_number,
                                            std::int64_t count_max);
// False if a seal of that number exists.
Result<bool, Error> insert_seal(storage::Transaction& transaction, EnvironmentId environment,
                                const Seal& seal);
// Every environment that has a seal.
// tidy: allow store-parameters: the question is which environments there are
Result<std::vector<EnvironmentId>, Error> list_sealed_environments(
    storage::Transaction& transaction);

}  // namespace gatehouse::audit
