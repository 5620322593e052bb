#include "server/login/auth_log_store.h"

namespace gatehouse::login {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

#define GATEHOUSE_ATTEMPT_INSERT                                                                \
  "INSERT INTO auth_requests (environment_id, id, status, workflow, email, client_id, "         \
  "organization_id, connection_id, connection_type, connection_provider, resource_id, detail, " \
  "created_at_ms, updated_at_ms) VALUES ($1, $2, $3, $4, "                                      \
  "CASE WHEN $5 <> '' THEN $5 ELSE COALESCE((SELECT u.email FROM users u "                      \
  "WHERE u.environment_id = $1 AND u.id = $6), '') END, "                                       \
  "$7, $8, $9, $10, $11, NULL, $12, $13, $13) "

constexpr Sql upsert_sql{
    "login.note_attempt", GATEHOUSE_ATTEMPT_INSERT
    "ON CONFLICT (id) DO UPDATE SET status = excluded.status, "
    "workflow = CASE WHEN $14 = 1 THEN excluded.workflow ELSE auth_requests.workflow END, "
    "email = CASE WHEN excluded.email <> '' THEN excluded.email ELSE auth_requests.email END, "
    "client_id = CASE WHEN excluded.client_id <> '' THEN excluded.client_id "
    "ELSE auth_requests.client_id END, "
    "organization_id = COALESCE(excluded.organization_id, auth_requests.organization_id), "
    "connection_id = COALESCE(excluded.connection_id, auth_requests.connection_id), "
    "connection_type = CASE WHEN excluded.connection_type <> '' THEN excluded.connection_type "
    "ELSE auth_requests.connection_type END, "
    "connection_provider = CASE WHEN excluded.connection_provider <> '' "
    "THEN excluded.connection_provider ELSE auth_requests.connection_provider END, "
    "detail = excluded.detail, updated_at_ms = excluded.updated_at_ms "
    "WHERE auth_requests.environment_id = excluded.environment_id "
    "AND auth_requests.status <> 'SUCCESS'"};

constexpr Sql insert_sql{"login.insert_attempt", GATEHOUSE_ATTEMPT_INSERT};

#define GATEHOUSE_ATTEMPTS                                                                       \
  "SELECT q.id, q.status, q.workflow, q.email, q.client_id, COALESCE(a.name, ''), "              \
  "COALESCE(a.type, ''), q.organization_id, q.connection_id, q.connection_type, "                \
  "q.connection_provider, q.resource_id, COALESCE(r.name, ''), COALESCE(r.type, ''), q.detail, " \
  "q.created_at_ms, q.updated_at_ms FROM auth_requests q "                                       \
  "LEFT JOIN applications a ON a.environment_id = q.environment_id "                             \
  "AND a.client_id = q.client_id "                                                               \
  "LEFT JOIN resources r ON r.id = q.resource_id AND r.environment_id = q.environment_id "
#define GATEHOUSE_ATTEMPT_FILTER                                                         \
  "WHERE q.environment_id = $1 AND q.id > $2 AND q.id < $3 "                             \
  "AND ($4 = '' OR $4 LIKE '%,' || q.status || ',%') AND ($5 = '' OR q.client_id = $5) " \
  "AND (CAST($6 AS BIGINT) IS NULL OR q.resource_id = $6) "

constexpr Sql newest_sql{"login.newest_attempts",
                         GATEHOUSE_ATTEMPTS GATEHOUSE_ATTEMPT_FILTER "ORDER BY q.id DESC LIMIT $7"};
constexpr Sql oldest_sql{"login.oldest_attempts",
                         GATEHOUSE_ATTEMPTS GATEHOUSE_ATTEMPT_FILTER "ORDER BY q.id ASC LIMIT $7"};
constexpr Sql count_sql{"login.count_attempts",
                        "SELECT COUNT(*) FROM auth_requests q " GATEHOUSE_ATTEMPT_FILTER};

// The same three for one address, which has an index of its own.
constexpr Sql newest_of_email_sql{"login.newest_attempts_of_email",
                                  GATEHOUSE_ATTEMPTS GATEHOUSE_ATTEMPT_FILTER
                                  "AND q.email = $8 ORDER BY q.id DESC LIMIT $7"};
constexpr Sql oldest_of_email_sql{"login.oldest_attempts_of_email",
                                  GATEHOUSE_ATTEMPTS GATEHOUSE_ATTEMPT_FILTER
                                  "AND q.email = $8 ORDER BY q.id ASC LIMIT $7"};
constexpr Sql count_of_email_sql{"login.count_attempts_of_email",
                                 "SELECT COUNT(*) FROM auth_requests q " GATEHOUSE_ATTEMPT_FILTER
                                 "AND q.email = $7"};

constexpr Sql reclaim_sql{
    "login.reclaim_attempts",
    "DELETE FROM auth_requests WHERE id IN (SELECT id FROM auth_requests WHERE id < $1 "
    "ORDER BY id LIMIT $2)"};

std::string_view workflow_name(std::optional<Intent> intent) {
  return intent == Intent::sign_up ? "SIGN_UP" : "SIGN_IN";
}

Attempt attempt_of(const Row& row) {
  return {.id = row.id<AuthRequestId>(0),
          .status = row.string(1),
          .workflow = row.string(2),
          .email = row.string(3),
          .client_id = row.string(4),
          .client_name = row.string(5),
          .client_type = row.string(6),
          .organization = row.optional_id<OrgId>(7),
          .connection = row.optional_id<ConnectionId>(8),
          .connection_type = row.string(9),
          .connection_provider = row.string(10),
          .resource = row.optional_id<ResourceId>(11),
          .resource_name = row.string(12),
          .resource_type = row.string(13),
          .detail = row.string(14),
          .created_at = row.instant(15),
          .updated_at = row.instant(16)};
}

}  // namespace

Result<Unit, Error> upsert_attempt(Transaction& transaction, EnvironmentId environment,
                                   const AttemptStep& step, Instant now) {
  ENSURE(step.flow.has_value());
  return transaction.send(
      upsert_sql,
      {environment, step.flow->number(), attempt_status_name(step.status),
       workflow_name(step.intent), step.email, step.user, step.client_id.value_or(std::string()),
       step.organization, step.connection, step.connection_type, step.connection_provider,
       step.detail, now, step.intent.has_value() ? 1 : 0});
}

Result<Unit, Error> insert_attempt(Transaction& transaction, EnvironmentId environment,
                                   AuthRequestId id, const AttemptStep& step, Instant now) {
  return transaction.send(
      insert_sql,
      {environment, id, attempt_status_name(step.status), workflow_name(step.intent), step.email,
       step.user, step.client_id.value_or(std::string()), step.organization, step.connection,
       step.connection_type, step.connection_provider, step.detail, now});
}

Result<std::vector<Attempt>, Error> find_attempts(Transaction& transaction,
                                                  EnvironmentId environment,
                                                  const AttemptSelection& selection,
                                                  Nearest nearest, std::int64_t limit) {
  const bool is_newest = nearest == Nearest::newest;
  if (!selection.email.empty()) {
    return transaction.list(is_newest ? newest_of_email_sql : oldest_of_email_sql,
                            {environment, selection.above, selection.below, selection.statuses,
                             selection.client_id, selection.resource, limit, selection.email},
                            attempt_of);
  }
  return transaction.list(is_newest ? newest_sql : oldest_sql,
                          {environment, selection.above, selection.below, selection.statuses,
                           selection.client_id, selection.resource, limit},
                          attempt_of);
}

Result<std::int64_t, Error> count_attempts(Transaction& transaction, EnvironmentId environment,
                                           const AttemptSelection& selection) {
  const auto number = [](const Row& row) { return row.integer(0); };
  if (!selection.email.empty()) {
    const auto found =
        TRY(transaction.find(count_of_email_sql,
                             {environment, selection.above, selection.below, selection.statuses,
                              selection.client_id, selection.resource, selection.email},
                             number));
    return found.value_or(0);
  }
  const auto found =
      TRY(transaction.find(count_sql,
                           {environment, selection.above, selection.below, selection.statuses,
                            selection.client_id, selection.resource},
                           number));
  return found.value_or(0);
}

Result<std::int64_t, Error> reclaim_attempts(Transaction& transaction, Instant now,
                                             std::int64_t rows_max) {
  return transaction.execute(reclaim_sql, {least_id_number(now - attempts_kept), rows_max});
}

}  // namespace gatehouse::login
