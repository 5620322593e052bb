#include "server/sessions/logout_delivery_store.h"

#include <algorithm>

namespace gatehouse::sessions {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr std::size_t error_bytes_max = 200;

constexpr Sql list_targets_sql{
    "sessions.list_logout_targets",
    "SELECT c.application_id, r.uri FROM session_clients c "
    "JOIN application_redirects r ON r.application_id = c.application_id "
    "AND r.environment_id = c.environment_id AND r.kind = 'back_channel_logout' "
    "WHERE c.environment_id = $1 AND c.session_id = $2 "
    "ORDER BY c.application_id, r.uri LIMIT 1000"};

constexpr Sql insert_sql{
    "sessions.insert_logout_delivery",
    "INSERT INTO logout_deliveries (id, environment_id, application_id, session_id, user_id, uri, "
    "created_at_ms, attempts, next_attempt_at_ms, lease_until_ms, delivered_at_ms, failed_at_ms, "
    "last_error) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $7, 0, NULL, NULL, NULL)"};

// The lease is asked for twice: on a database with several writers two nodes may choose the same
// rows, and the later one then finds them leased.
constexpr Sql lease_sql{
    "sessions.lease_logout_deliveries",
    "UPDATE logout_deliveries SET lease_until_ms = $2, attempts = attempts + 1 "
    "WHERE lease_until_ms <= $1 AND id IN (SELECT d.id FROM logout_deliveries d "
    "WHERE d.delivered_at_ms IS NULL AND d.failed_at_ms IS NULL AND d.next_attempt_at_ms <= $1 "
    "AND d.lease_until_ms <= $1 ORDER BY d.next_attempt_at_ms, d.id LIMIT $3) "
    "RETURNING id, environment_id, application_id, session_id, user_id, uri, attempts"};

constexpr Sql delivered_sql{
    "sessions.note_logout_delivered",
    "UPDATE logout_deliveries SET delivered_at_ms = $3, lease_until_ms = 0, last_error = NULL "
    "WHERE environment_id = $1 AND id = $2 AND delivered_at_ms IS NULL"};

constexpr Sql retry_sql{
    "sessions.retry_logout_delivery",
    "UPDATE logout_deliveries SET next_attempt_at_ms = $3, lease_until_ms = 0, last_error = $4 "
    "WHERE environment_id = $1 AND id = $2 AND delivered_at_ms IS NULL AND failed_at_ms IS NULL"};

constexpr Sql give_up_sql{
    "sessions.give_up_logout_delivery",
    "UPDATE logout_deliveries SET failed_at_ms = $3, lease_until_ms = 0, last_error = $4 "
    "WHERE environment_id = $1 AND id = $2 AND delivered_at_ms IS NULL AND failed_at_ms IS NULL"};

constexpr Sql reclaim_sql{
    "sessions.reclaim_logout_deliveries",
    "DELETE FROM logout_deliveries WHERE id IN (SELECT id FROM logout_deliveries "
    "WHERE (delivered_at_ms IS NOT NULL OR failed_at_ms IS NOT NULL) AND created_at_ms <= $1 "
    "ORDER BY created_at_ms LIMIT $2)"};

struct Target {
  ApplicationId application;
  std::string uri;
};

// Errors may quote what a server answered: printable ASCII of a bounded length is kept.
std::string storable_error(std::string_view error) {
  std::string text(error.substr(0, error_bytes_max));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

}  // namespace

Result<Unit, Error> queue_logout_deliveries(Transaction& transaction, EnvironmentId environment,
                                            Random& random, const SessionEnd& end) {
  const auto targets =
      TRY(transaction.list(list_targets_sql, {environment, end.session}, [](const Row& row) {
        return Target{.application = row.id<ApplicationId>(0), .uri = row.string(1)};
      }));
  for (const Target& target : targets) {
    TRY(transaction.execute(insert_sql,
                            {DeliveryId::make(random, end.now), environment, target.application,
                             end.session, end.user, target.uri, end.now}));
  }
  return Unit{};
}

Result<std::vector<LogoutDelivery>, Error> lease_logout_deliveries(Transaction& transaction,
                                                                   Instant now, Duration lease,
                                                                   int limit) {
  const auto delivery_from_row = [](const Row& row) {
    return LogoutDelivery{.id = row.id<DeliveryId>(0),
                          .environment = row.id<EnvironmentId>(1),
                          .application = row.id<ApplicationId>(2),
                          .session = row.id<SessionId>(3),
                          .user = row.id<UserId>(4),
                          .uri = row.string(5),
                          .attempts = static_cast<int>(row.integer(6))};
  };
  auto leased = TRY(transaction.list(lease_sql, {now, now + lease, limit}, delivery_from_row));
  std::ranges::sort(leased, {}, &LogoutDelivery::id);  // RETURNING knows no order
  return leased;
}

Result<Unit, Error> note_delivered(Transaction& transaction, EnvironmentId environment,
                                   DeliveryId delivery, Instant now) {
  TRY(transaction.execute(delivered_sql, {environment, delivery, now}));
  return Unit{};
}

Result<Unit, Error> note_delivery_failed(Transaction& transaction, EnvironmentId environment,
                                         DeliveryId delivery, Instant now,
                                         std::optional<Instant> next_attempt,
                                         std::string_view error) {
  const std::string kept = storable_error(error);
  if (next_attempt.has_value()) {
    TRY(transaction.execute(retry_sql, {environment, delivery, *next_attempt, kept}));
  } else {
    TRY(transaction.execute(give_up_sql, {environment, delivery, now, kept}));
  }
  return Unit{};
}

Result<std::int64_t, Error> reclaim_logout_deliveries(Transaction& transaction, Instant now,
                                                      Duration keep, std::int64_t rows_max) {
  return transaction.execute(reclaim_sql, {now - keep, rows_max});
}

}  // namespace gatehouse::sessions
