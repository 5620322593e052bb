#include "server/sessions/origin.h"

namespace gatehouse::sessions {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql upsert_sql{
    "sessions.set_origin",
    "INSERT INTO session_origins (session_id, environment_id, connection_id, issuer, subject, "
    "name_id, name_id_format, session_index) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
    "ON CONFLICT (session_id) DO UPDATE SET connection_id = excluded.connection_id, "
    "issuer = excluded.issuer, subject = excluded.subject, name_id = excluded.name_id, "
    "name_id_format = excluded.name_id_format, session_index = excluded.session_index"};

constexpr Sql find_sql{
    "sessions.find_origin",
    "SELECT connection_id, issuer, subject, name_id, name_id_format, session_index "
    "FROM session_origins WHERE environment_id = $1 AND session_id = $2"};

constexpr Sql list_sql{
    "sessions.list_of_origin",
    "SELECT s.id FROM session_origins o JOIN sessions s ON s.id = o.session_id "
    "AND s.environment_id = o.environment_id "
    "WHERE o.environment_id = $1 AND o.connection_id = $2 AND ($3 = '' OR o.subject = $3) "
    "AND ($4 = '' OR o.name_id = $4) AND ($5 = '' OR o.session_index = $5) "
    "AND s.ended_at_ms IS NULL AND s.expires_at_ms > $6 AND s.idle_expires_at_ms > $6 "
    "ORDER BY s.id LIMIT 100"};

}  // namespace

Result<Unit, Error> set_origin(Transaction& transaction, EnvironmentId environment,
                               SessionId session, const Origin& origin) {
  TRY(transaction.execute(upsert_sql,
                          {session, environment, origin.connection, origin.issuer, origin.subject,
                           origin.name_id, origin.name_id_format, origin.session_index}));
  return Unit{};
}

Result<std::optional<Origin>, Error> find_origin(Transaction& transaction,
                                                 EnvironmentId environment, SessionId session) {
  return transaction.find(find_sql, {environment, session}, [](const Row& row) {
    return Origin{.connection = row.id<ConnectionId>(0),
                  .issuer = row.string(1),
                  .subject = row.string(2),
                  .name_id = row.string(3),
                  .name_id_format = row.string(4),
                  .session_index = row.string(5)};
  });
}

Result<std::vector<SessionId>, Error> list_sessions_of_origin(Transaction& transaction,
                                                              EnvironmentId environment,
                                                              const OriginQuery& query,
                                                              Instant now) {
  ENSURE(!query.subject.empty() || !query.name_id.empty() || !query.session_index.empty());
  return transaction.list(
      list_sql,
      {environment, query.connection, query.subject, query.name_id, query.session_index, now},
      [](const Row& row) { return row.id<SessionId>(0); });
}

}  // namespace gatehouse::sessions
