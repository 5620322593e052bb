#include "server/app/bearer_store.h"

namespace gatehouse::app {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql live_sessions_sql{"app.live_sessions",
                                "SELECT environment_id, id FROM sessions WHERE ended_at_ms IS NULL "
                                "AND idle_expires_at_ms > $1 AND expires_at_ms > $1 LIMIT $2"};
constexpr Sql void_one_time_sql{"app.void_one_time",
                                "UPDATE one_time SET state = 'void' WHERE state = 'live'"};
constexpr Sql end_families_sql{
    "app.end_families",
    "UPDATE refresh_families SET ended_at_ms = $1, end_reason = 'revoked' "
    "WHERE ended_at_ms IS NULL"};
constexpr Sql forget_flows_sql{"app.forget_flows", "DELETE FROM login_flows"};
constexpr Sql forget_proofs_sql{"app.forget_proofs",
                                "DELETE FROM passwordless_requests WHERE verified_at_ms IS NULL"};
constexpr Sql forget_portal_sql{"app.forget_portal_links", "DELETE FROM portal_links"};

}  // namespace

Result<std::vector<LiveSessionRow>, Error> list_live_sessions(Transaction& transaction, Instant now,
                                                              std::int64_t rows_max) {
  return transaction.list(live_sessions_sql, {now, rows_max}, [](const Row& row) {
    return LiveSessionRow{row.id<EnvironmentId>(0), row.id<SessionId>(1)};
  });
}

Result<Voided, Error> void_all_proofs(Transaction& transaction, Instant now) {
  Voided voided;
  voided.one_time = TRY(transaction.execute(void_one_time_sql, {}));
  voided.families = TRY(transaction.execute(end_families_sql, {now}));
  for (const Sql& sql : {forget_flows_sql, forget_proofs_sql, forget_portal_sql}) {
    voided.under_way += TRY(transaction.execute(sql, {}));
  }
  return voided;
}

}  // namespace gatehouse::app
