#include "server/sessions/session_list_store.h"

#include <algorithm>
#include <limits>

#include "server/core/ensure.h"
#include "server/sessions/session_store.h"

namespace gatehouse::sessions {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

// How a session `s` stands at $2. An idle limit is never later than the absolute one, so it alone
// says when the time was over; what ended later than that was nothing any more.
#define GATEHOUSE_SESSION_STATUS                                                           \
  "CASE WHEN s.ended_at_ms IS NOT NULL AND s.ended_at_ms < s.idle_expires_at_ms THEN "     \
  "CASE WHEN s.end_reason IN ('signed_out', 'replaced') THEN 'logout' ELSE 'revoked' END " \
  "WHEN s.idle_expires_at_ms <= $2 OR s.ended_at_ms IS NOT NULL THEN 'expired' "           \
  "ELSE 'active' END"

// A session `s` with its status, once for each application it signed in to, or alone.
#define GATEHOUSE_SESSION_DETAILS \
  GATEHOUSE_SESSION_COLUMNS ", " GATEHOUSE_SESSION_STATUS ", a.client_id, c.organization_id "
#define GATEHOUSE_SESSION_CLIENTS                       \
  "LEFT JOIN session_clients c ON c.session_id = s.id " \
  "LEFT JOIN applications a ON a.id = c.application_id "

// What a filter lets through. $4 to $7: 1 for each status that is wanted.
#define GATEHOUSE_SESSION_FILTER                                                      \
  "s.created_at_ms >= $8 AND s.created_at_ms < $9 AND CASE " GATEHOUSE_SESSION_STATUS \
  " WHEN 'active' THEN CAST($4 AS BIGINT) WHEN 'expired' THEN $5 "                    \
  "WHEN 'revoked' THEN $6 ELSE $7 END = 1"

constexpr Sql find_sql{"sessions.find_details",
                       "SELECT " GATEHOUSE_SESSION_DETAILS
                       "FROM sessions s " GATEHOUSE_SESSION_CLIENTS
                       "WHERE s.environment_id = $1 AND s.id = $3 ORDER BY c.first_at_ms, a.id"};

constexpr Sql list_older_sql{
    "sessions.list_older",
    "SELECT " GATEHOUSE_SESSION_DETAILS
    "FROM (SELECT * FROM sessions s WHERE s.environment_id = $1 AND s.user_id = $3 "
    "AND " GATEHOUSE_SESSION_FILTER
    " AND s.id < $10 ORDER BY s.id DESC LIMIT $11) s " GATEHOUSE_SESSION_CLIENTS
    "ORDER BY s.id DESC, c.first_at_ms, a.id"};

constexpr Sql list_newer_sql{
    "sessions.list_newer",
    "SELECT " GATEHOUSE_SESSION_DETAILS
    "FROM (SELECT * FROM sessions s WHERE s.environment_id = $1 AND s.user_id = $3 "
    "AND " GATEHOUSE_SESSION_FILTER
    " AND s.id > $10 ORDER BY s.id ASC LIMIT $11) s " GATEHOUSE_SESSION_CLIENTS
    "ORDER BY s.id ASC, c.first_at_ms, a.id"};

constexpr Sql count_sql{
    "sessions.count_of_user",
    "SELECT (SELECT COUNT(*) FROM sessions s WHERE s.environment_id = $1 AND s.user_id = u.id "
    "AND " GATEHOUSE_SESSION_FILTER ") FROM users u WHERE u.environment_id = $1 AND u.id = $3"};

void add_row(std::vector<SessionDetails>& all, const Row& row) {
  const auto id = row.id<SessionId>(0);
  if (all.empty() || all.back().session.id != id) {
    const auto status = parse_status(row.text(session_columns));
    ENSURE(status.has_value());
    all.push_back({.session = session_from_row(row), .status = *status, .clients = {}});
  }
  if (row.is_null(session_columns + 1)) return;
  all.back().clients.push_back({.client_id = row.string(session_columns + 1),
                                .organization = row.optional_id<OrgId>(session_columns + 2)});
}

int wants(const SessionFilter& filter, Status status) {
  return filter.statuses.empty() ||
                 std::ranges::find(filter.statuses, status) != filter.statuses.end()
             ? 1
             : 0;
}

std::int64_t created_from(const SessionFilter& filter) {
  return filter.created_from.has_value() ? to_ms(*filter.created_from) : 0;
}
std::int64_t created_before(const SessionFilter& filter) {
  return filter.created_before.has_value() ? to_ms(*filter.created_before)
                                           : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

Result<std::optional<SessionDetails>, Error> select_details(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            SessionId session, Instant now) {
  std::vector<SessionDetails> found;
  TRY(transaction.query(find_sql, {environment, now, session},
                        [&](const Row& row) { add_row(found, row); }));
  ENSURE(found.size() <= 1);
  if (found.empty()) return std::optional<SessionDetails>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<SessionDetails>, Error> select_of_user(Transaction& transaction,
                                                          EnvironmentId environment, UserId user,
                                                          const SessionFilter& filter,
                                                          const PageQuery& query, Instant now) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t from =
      query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  std::vector<SessionDetails> found;
  TRY(transaction.query(
      is_older ? list_older_sql : list_newer_sql,
      {environment, now, user, wants(filter, Status::active), wants(filter, Status::expired),
       wants(filter, Status::revoked), wants(filter, Status::logout), created_from(filter),
       created_before(filter), from, query.limit + 1},
      [&](const Row& row) { add_row(found, row); }));
  return found;
}

Result<std::optional<std::int64_t>, Error> count_of_user(Transaction& transaction,
                                                         EnvironmentId environment, UserId user,
                                                         const SessionFilter& filter, Instant now) {
  return transaction.find(
      count_sql,
      {environment, now, user, wants(filter, Status::active), wants(filter, Status::expired),
       wants(filter, Status::revoked), wants(filter, Status::logout), created_from(filter),
       created_before(filter)},
      [](const Row& row) { return row.integer(0); });
}

}  // namespace gatehouse::sessions
