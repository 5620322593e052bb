#include "server/mail/outbox_store.h"

#include <algorithm>

namespace gatehouse::mail {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql insert_sql{
    "mail.insert",
    "INSERT INTO mail_outbox (id, environment_id, recipient, purpose, state, sealed_content,"
    " due_at_ms, useful_until_ms, created_at_ms)"
    " VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $6)"};

// The conditions stand twice: a database that lets two claims run side by side looks at the outer
// ones again when it gets to the row.
constexpr Sql claim_sql{
    "mail.claim",
    "UPDATE mail_outbox SET due_at_ms = $2, attempts = attempts + 1"
    " WHERE state = 'waiting' AND due_at_ms <= $1 AND id IN"
    " (SELECT id FROM mail_outbox WHERE state = 'waiting' AND due_at_ms <= $1"
    " ORDER BY due_at_ms LIMIT $3)"
    " RETURNING id, environment_id, recipient, purpose, sealed_content, attempts,"
    " useful_until_ms"};

constexpr Sql sent_sql{"mail.sent",
                       "UPDATE mail_outbox SET state = 'sent', sealed_content = NULL,"
                       " ended_at_ms = $3, last_error = NULL"
                       " WHERE id = $1 AND attempts = $2 AND state = 'waiting'"};

constexpr Sql failed_sql{"mail.failed",
                         "UPDATE mail_outbox SET state = 'failed', sealed_content = NULL,"
                         " ended_at_ms = $3, last_error = $4"
                         " WHERE id = $1 AND attempts = $2 AND state = 'waiting'"};

constexpr Sql retry_sql{"mail.retry",
                        "UPDATE mail_outbox SET due_at_ms = $3, last_error = $4"
                        " WHERE id = $1 AND attempts = $2 AND state = 'waiting'"};

constexpr Sql next_due_sql{"mail.next_due",
                           "SELECT due_at_ms FROM mail_outbox WHERE state = 'waiting'"
                           " ORDER BY due_at_ms LIMIT 1"};

constexpr Sql waiting_count_sql{"mail.waiting_count",
                                "SELECT count(*) FROM mail_outbox WHERE state = 'waiting'"};
constexpr Sql failed_count_sql{"mail.failed_count",
                               "SELECT count(*) FROM mail_outbox WHERE state = 'failed'"};

constexpr Sql reclaim_sql{"mail.reclaim",
                          "DELETE FROM mail_outbox WHERE id IN"
                          " (SELECT id FROM mail_outbox WHERE state <> 'waiting'"
                          " AND ended_at_ms < $1 ORDER BY ended_at_ms LIMIT $2)"};

OutboxRow row_of(const Row& row) {
  return {.id = row.id<MailId>(0),
          .environment = row.id<EnvironmentId>(1),
          .recipient = row.string(2),
          .purpose = row.string(3),
          .sealed_content = std::string(row.blob(4)),
          .attempts = row.integer(5),
          .useful_until = row.instant(6)};
}

}  // namespace

Result<Unit, Error> insert_waiting(storage::Transaction& transaction, const OutboxRow& row,
                                   Instant now) {
  return transaction.send(insert_sql, {row.id, row.environment, row.recipient, row.purpose,
                                       storage::Blob{row.sealed_content}, now, row.useful_until});
}

Result<std::vector<OutboxRow>, Error> claim_due(storage::Transaction& transaction,
                                                const ClaimOrder& order) {
  auto claimed =
      TRY(transaction.list(claim_sql, {order.now, order.claimed_until, order.rows_max}, row_of));
  std::ranges::sort(claimed, {}, &OutboxRow::id);  // RETURNING knows no order
  return claimed;
}

Result<bool, Error> mark_sent(storage::Transaction& transaction, const Claim& claim, Instant now) {
  return TRY(transaction.execute(sent_sql, {claim.id, claim.attempts, now})) == 1;
}

Result<bool, Error> mark_failed(storage::Transaction& transaction, const Claim& claim, Instant now,
                                std::string_view error) {
  return TRY(transaction.execute(failed_sql, {claim.id, claim.attempts, now, error})) == 1;
}

Result<bool, Error> retry_at(storage::Transaction& transaction, const Claim& claim, Instant due_at,
                             std::string_view error) {
  return TRY(transaction.execute(retry_sql, {claim.id, claim.attempts, due_at, error})) == 1;
}

Result<std::optional<Instant>, Error> next_due(storage::Transaction& transaction) {
  return transaction.find(next_due_sql, {}, [](const Row& row) { return row.instant(0); });
}

Result<OutboxCounts, Error> outbox_counts(storage::Transaction& transaction) {
  const auto count = [](const Row& row) { return row.integer(0); };
  const auto waiting = TRY(transaction.find(waiting_count_sql, {}, count));
  const auto failed = TRY(transaction.find(failed_count_sql, {}, count));
  return OutboxCounts{.waiting = waiting.value_or(0), .failed = failed.value_or(0)};
}

Result<std::int64_t, Error> reclaim_letters(storage::Transaction& transaction, Instant before,
                                            std::int64_t rows_max) {
  return transaction.execute(reclaim_sql, {before, rows_max});
}

}  // namespace gatehouse::mail
