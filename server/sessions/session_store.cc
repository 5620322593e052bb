#include "server/sessions/session_store.h"

#include <algorithm>

#include "server/crypto/hash.h"
#include "server/users/user_store.h"

namespace gatehouse::sessions {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_sql{
    "sessions.insert",
    "INSERT INTO sessions (id, environment_id, user_id, organization_id, token_hash, method, "
    "authenticated_at_ms, created_at_ms, last_active_at_ms, idle_lifetime_ms, idle_expires_at_ms, "
    "expires_at_ms, ended_at_ms, end_reason, client_address, user_agent, connection_id) "
    "SELECT $2, u.environment_id, u.id, $4, $5, $6, $7, $7, $7, $8, $9, $10, NULL, NULL, $11, $12, "
    "$13 "
    "FROM users u WHERE u.environment_id = $1 AND u.id = $3 AND u.state = 'active'"};

// Whether what they find is live is not decided here: one place says that, Session::is_live.
constexpr Sql find_by_token_sql{
    "sessions.find_by_token",
    "SELECT " GATEHOUSE_SESSION_COLUMNS ", " GATEHOUSE_USER_COLUMNS
    " FROM sessions s JOIN users u ON u.id = s.user_id AND u.environment_id = s.environment_id "
    "WHERE s.environment_id = $1 AND s.token_hash = $2"};

constexpr Sql find_by_id_sql{
    "sessions.find_by_id",
    "SELECT " GATEHOUSE_SESSION_COLUMNS ", " GATEHOUSE_USER_COLUMNS
    " FROM sessions s JOIN users u ON u.id = s.user_id AND u.environment_id = s.environment_id "
    "WHERE s.environment_id = $1 AND s.id = $2"};

constexpr Sql update_activity_sql{
    "sessions.update_activity",
    "UPDATE sessions SET last_active_at_ms = $3, idle_expires_at_ms = $4 "
    "WHERE environment_id = $1 AND id = $2 AND ended_at_ms IS NULL AND last_active_at_ms < $3 "
    "AND idle_expires_at_ms > $3 AND expires_at_ms > $3"};

constexpr Sql update_renewed_sql{
    "sessions.update_renewed",
    "UPDATE sessions SET token_hash = $4, organization_id = $5, method = $6, "
    "authenticated_at_ms = $7, last_active_at_ms = $7, idle_lifetime_ms = $8, "
    "idle_expires_at_ms = $9, expires_at_ms = $10, connection_id = $11 "
    "WHERE environment_id = $1 AND id = $2 AND user_id = $3 AND ended_at_ms IS NULL "
    "AND idle_expires_at_ms > $7 AND expires_at_ms > $7"};

constexpr Sql update_organization_sql{
    "sessions.update_organization",
    "UPDATE sessions SET organization_id = $3 "
    "WHERE environment_id = $1 AND id = $2 AND ended_at_ms IS NULL "
    "AND EXISTS (SELECT 1 FROM memberships m WHERE m.organization_id = $3 "
    "AND m.user_id = sessions.user_id AND m.environment_id = $1 AND m.status = 'ACTIVE')"};

constexpr Sql update_ended_sql{"sessions.update_ended",
                               "UPDATE sessions SET ended_at_ms = $3, end_reason = $4 "
                               "WHERE environment_id = $1 AND id = $2 AND ended_at_ms IS NULL "
                               "RETURNING user_id, organization_id"};

constexpr Sql list_live_ids_of_user_sql{
    "sessions.list_live_ids_of_user",
    "SELECT id FROM sessions WHERE environment_id = $1 AND user_id = $2 AND id <> $4 "
    "AND ended_at_ms IS NULL AND expires_at_ms > $3 AND idle_expires_at_ms > $3 "
    "ORDER BY id LIMIT $5"};

// $4 is a member, or 0 for all of them.
constexpr Sql list_live_ids_in_organization_sql{
    "sessions.list_live_ids_in_organization",
    "SELECT id FROM sessions WHERE environment_id = $1 AND organization_id = $2 "
    "AND (user_id = $4 OR $4 = 0) "
    "AND ended_at_ms IS NULL AND expires_at_ms > $3 AND idle_expires_at_ms > $3 "
    "ORDER BY id LIMIT $5"};

constexpr Sql list_live_of_user_sql{
    "sessions.list_live_of_user",
    "SELECT " GATEHOUSE_SESSION_COLUMNS
    " FROM sessions s WHERE s.environment_id = $1 AND s.user_id = $2 "
    "AND s.ended_at_ms IS NULL AND s.expires_at_ms > $3 AND s.idle_expires_at_ms > $3 "
    "ORDER BY s.last_active_at_ms DESC, s.id DESC LIMIT 100"};

constexpr Sql upsert_client_sql{
    "sessions.note_client",
    "INSERT INTO session_clients (environment_id, session_id, application_id, organization_id, "
    "first_at_ms) "
    "SELECT s.environment_id, s.id, a.id, $4, $5 FROM sessions s "
    "JOIN applications a ON a.environment_id = s.environment_id "
    "WHERE s.environment_id = $1 AND s.id = $2 AND s.ended_at_ms IS NULL AND a.id = $3 "
    "ON CONFLICT (session_id, application_id) "
    "DO UPDATE SET organization_id = excluded.organization_id"};

constexpr Sql list_clients_sql{"sessions.list_clients",
                               "SELECT application_id FROM session_clients "
                               "WHERE environment_id = $1 AND session_id = $2 "
                               "ORDER BY first_at_ms, application_id LIMIT 1000"};

// An idle limit is never later than the absolute one, so this finds what passed either.
constexpr Sql reclaim_expired_sql{
    "sessions.reclaim_expired",
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE idle_expires_at_ms <= $1 "
    "ORDER BY idle_expires_at_ms LIMIT $2)"};

constexpr Sql reclaim_ended_sql{
    "sessions.reclaim_ended",
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended_at_ms <= $1 "
    "ORDER BY ended_at_ms LIMIT $2)"};

Method method_from_name(std::string_view name) {
  const auto method = parse_method(name);
  ENSURE(method.has_value());  // we wrote it
  return *method;
}

LiveSession joined_from_row(const Row& row) {
  return {.session = session_from_row(row), .user = users::user_from_row(row, session_columns)};
}

// The last line of both checks.
std::optional<LiveSession> if_good(std::optional<LiveSession> found, Instant now) {
  if (!found.has_value() || !found->session.is_live(now) || !found->user.may_sign_in()) {
    return std::nullopt;
  }
  return found;
}

}  // namespace

std::string_view method_name(Method method) {
  switch (method) {
    case Method::email_code: return "email_code";
    case Method::email_link: return "email_link";
    case Method::single_sign_on: return "single_sign_on";
    case Method::social: return "social";
  }
  ensure_failed("sessions::method_name: not a Method");
}

std::optional<Method> parse_method(std::string_view name) {
  using enum Method;
  for (const Method method : {email_code, email_link, single_sign_on, social}) {
    if (method_name(method) == name) return method;
  }
  return std::nullopt;
}

std::string_view end_reason_name(EndReason reason) {
  switch (reason) {
    case EndReason::signed_out: return "signed_out";
    case EndReason::revoked: return "revoked";
    case EndReason::replaced: return "replaced";
    case EndReason::user_disabled: return "user_disabled";
    case EndReason::reuse_detected: return "reuse_detected";
  }
  ensure_failed("sessions::end_reason_name: not an EndReason");
}

Session session_from_row(const Row& row, int first) {
  return {.id = row.id<SessionId>(first),
          .environment = row.id<EnvironmentId>(first + 1),
          .user = row.id<UserId>(first + 2),
          .organization = row.optional_id<OrgId>(first + 3),
          .method = method_from_name(row.text(first + 4)),
          .authenticated_at = row.instant(first + 5),
          .created_at = row.instant(first + 6),
          .last_active_at = row.instant(first + 7),
          .idle_lifetime = Duration(row.integer(first + 8)),
          .idle_expires_at = row.instant(first + 9),
          .expires_at = row.instant(first + 10),
          .ended_at = row.optional_instant(first + 11),
          .client_address = row.string(first + 12),
          .user_agent = row.string(first + 13),
          .connection = row.optional_id<ConnectionId>(first + 14)};
}

Result<bool, Error> insert_session(Transaction& transaction, EnvironmentId environment,
                                   const Session& session, std::string_view token_hash) {
  const auto changed = TRY(transaction.execute(
      insert_sql, {environment, session.id, session.user, session.organization, Blob{token_hash},
                   method_name(session.method), session.created_at, session.idle_lifetime.count(),
                   session.idle_expires_at, session.expires_at, session.client_address,
                   session.user_agent, session.connection}));
  return changed == 1;
}

Result<std::optional<LiveSession>, Error> check_cookie(Transaction& transaction,
                                                       EnvironmentId environment,
                                                       std::string_view token, Instant now) {
  if (token.size() != session_token_characters) return std::optional<LiveSession>{};
  const std::string hash = crypto::sha256(token);
  return if_good(
      TRY(transaction.find(find_by_token_sql, {environment, Blob{hash}}, joined_from_row)), now);
}

Result<std::optional<LiveSession>, Error> check_id(Transaction& transaction,
                                                   EnvironmentId environment, SessionId session,
                                                   Instant now) {
  return if_good(TRY(transaction.find(find_by_id_sql, {environment, session}, joined_from_row)),
                 now);
}

Result<bool, Error> update_activity(Transaction& transaction, EnvironmentId environment,
                                    SessionId session, Instant now, Instant idle_expires_at) {
  const auto changed =
      TRY(transaction.execute(update_activity_sql, {environment, session, now, idle_expires_at}));
  return changed == 1;
}

Result<bool, Error> update_renewed(Transaction& transaction, EnvironmentId environment,
                                   SessionId session, const NewSession& wanted,
                                   const Renewal& renewal) {
  const Instant expires_at = renewal.now + wanted.absolute_lifetime;
  const Instant idle_expires_at = std::min(renewal.now + wanted.idle_lifetime, expires_at);
  return TRY(transaction.execute(
             update_renewed_sql,
             {environment, session, wanted.user, Blob{renewal.token_hash}, wanted.organization,
              method_name(wanted.method), renewal.now, wanted.idle_lifetime.count(),
              idle_expires_at, expires_at, wanted.connection})) == 1;
}

Result<bool, Error> update_organization(Transaction& transaction, EnvironmentId environment,
                                        SessionId session, OrgId organization) {
  const auto changed =
      TRY(transaction.execute(update_organization_sql, {environment, session, organization}));
  return changed == 1;
}

Result<std::optional<EndedSession>, Error> update_ended(Transaction& transaction,
                                                        EnvironmentId environment,
                                                        SessionId session, EndReason reason,
                                                        Instant now) {
  return transaction.find(
      update_ended_sql, {environment, session, now, end_reason_name(reason)}, [](const Row& row) {
        return EndedSession{.user = row.id<UserId>(0), .organization = row.optional_id<OrgId>(1)};
      });
}

Result<std::vector<SessionId>, Error> list_live_ids_of_user(Transaction& transaction,
                                                            EnvironmentId environment, UserId user,
                                                            Instant now, int limit,
                                                            std::optional<SessionId> except) {
  const std::int64_t excluded = except.has_value() ? except->number() : 0;
  return transaction.list(list_live_ids_of_user_sql, {environment, user, now, excluded, limit},
                          [](const Row& row) { return row.id<SessionId>(0); });
}

Result<std::vector<SessionId>, Error> list_live_ids_in_organization(Transaction& transaction,
                                                                    EnvironmentId environment,
                                                                    OrgId organization, Instant now,
                                                                    int limit,
                                                                    std::optional<UserId> member) {
  const std::int64_t only = member.has_value() ? member->number() : 0;
  return transaction.list(list_live_ids_in_organization_sql,
                          {environment, organization, now, only, limit},
                          [](const Row& row) { return row.id<SessionId>(0); });
}

Result<Unit, Error> note_client(Transaction& transaction, EnvironmentId environment,
                                SessionId session, ApplicationId application,
                                std::optional<OrgId> organization, Instant now) {
  const auto changed = TRY(transaction.execute(
      upsert_client_sql, {environment, session, application, organization, now}));
  if (changed == 0) {
    return Error(ErrorCode::failed_precondition, "no such session that goes on, or application");
  }
  return Unit{};
}

Result<std::vector<ApplicationId>, Error> list_clients(Transaction& transaction,
                                                       EnvironmentId environment,
                                                       SessionId session) {
  return transaction.list(list_clients_sql, {environment, session},
                          [](const Row& row) { return row.id<ApplicationId>(0); });
}

Result<std::vector<Session>, Error> list_live_of_user(Transaction& transaction,
                                                      EnvironmentId environment, UserId user,
                                                      Instant now) {
  return transaction.list(list_live_of_user_sql, {environment, user, now},
                          [](const Row& row) { return session_from_row(row); });
}

Result<std::int64_t, Error> reclaim(Transaction& transaction, Instant now, Duration keep,
                                    std::int64_t rows_max) {
  const Instant until = now - keep;
  const auto expired = TRY(transaction.execute(reclaim_expired_sql, {until, rows_max}));
  const auto ended = TRY(transaction.execute(reclaim_ended_sql, {until, rows_max - expired}));
  return expired + ended;
}

}  // namespace gatehouse::sessions
