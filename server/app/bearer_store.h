// What may have been revoked after a backup was made, across modules: for `gatehouse restore`.

#pragma once

#include <vector>

#include "server/core/id.h"
#include "server/storage/database.h"

namespace gatehouse::app {

struct LiveSessionRow {
  EnvironmentId environment;
  SessionId session;
};
// At most `rows_max`, in no order.
// tidy: allow store-parameters: a restored database is restored for every environment
Result<std::vector<LiveSessionRow>, Error> list_live_sessions(storage::Transaction& transaction,
                                                              Instant now, std::int64_t rows_max);

struct Voided {
  std::int64_t one_time = 0;   // codes and links that had not been used
  std::int64_t families = 0;   // refresh tokens beyond those of live sessions
  std::int64_t under_way = 0;  // sign-ins, proofs of addresses, ways into the portal
};
// Voids every code and link, ends every refresh family, forgets every sign-in and proof that is
// under way, and every link and session of the portal.
// tidy: allow store-parameters: a restored database is restored for every environment
Result<Voided, Error> void_all_proofs(storage::Transaction& transaction, Instant now);

}  // namespace gatehouse::app
