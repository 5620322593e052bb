#include "server/audit/query.h"

#include "server/audit/audit_store.h"

namespace gatehouse::audit {

Result<std::vector<StoredRecord>, Error> list(storage::Transaction& transaction,
                                              EnvironmentId environment, const Filter& filter) {
  return list_records(transaction, environment, filter);
}

}  // namespace gatehouse::audit
