#include "server/sessions/refresh_store.h"

#include "server/sessions/session_store.h"
#include "server/users/user_store.h"

namespace gatehouse::sessions {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_family_sql{
    "sessions.insert_family",
    "INSERT INTO refresh_families (id, environment_id, session_id, application_id, user_id, "
    "organization_id, scope, nonce, generation, rotated_at_ms, created_at_ms, ended_at_ms, "
    "end_reason) "
    "SELECT $2, s.environment_id, s.id, a.id, s.user_id, $5, $6, $7, 1, $8, $8, NULL, NULL "
    "FROM sessions s JOIN applications a ON a.environment_id = s.environment_id "
    "LEFT JOIN memberships m ON m.organization_id = $5 AND m.user_id = s.user_id "
    "AND m.environment_id = s.environment_id AND m.status = 'ACTIVE' "
    "WHERE s.environment_id = $1 AND s.id = $3 AND s.ended_at_ms IS NULL "
    "AND s.expires_at_ms > $8 AND s.idle_expires_at_ms > $8 AND a.id = $4 "
    "AND ($5 IS NULL OR m.user_id IS NOT NULL)"};

constexpr Sql find_family_sql{
    "sessions.find_family",
    "SELECT f.id, f.application_id, f.organization_id, f.scope, f.nonce, f.generation, "
    "f.rotated_at_ms, f.ended_at_ms, m.user_id, " GATEHOUSE_SESSION_COLUMNS
    ", " GATEHOUSE_USER_COLUMNS
    " FROM refresh_families f "
    "JOIN sessions s ON s.id = f.session_id AND s.environment_id = f.environment_id "
    "JOIN users u ON u.id = s.user_id AND u.environment_id = s.environment_id "
    "LEFT JOIN memberships m ON m.organization_id = f.organization_id AND m.user_id = s.user_id "
    "AND m.environment_id = f.environment_id AND m.status = 'ACTIVE' "
    "WHERE f.environment_id = $1 AND f.id = $2"};
constexpr int family_columns = 9;

constexpr Sql rotate_sql{
    "sessions.rotate_family",
    "UPDATE refresh_families SET generation = generation + 1, rotated_at_ms = $4 "
    "WHERE environment_id = $1 AND id = $2 AND generation = $3 AND ended_at_ms IS NULL"};

constexpr Sql end_family_sql{"sessions.end_family",
                             "UPDATE refresh_families SET ended_at_ms = $3, end_reason = $4 "
                             "WHERE environment_id = $1 AND id = $2 AND ended_at_ms IS NULL"};

constexpr Sql end_of_session_sql{
    "sessions.end_families_of_session",
    "UPDATE refresh_families SET ended_at_ms = $3, end_reason = $4 "
    "WHERE environment_id = $1 AND session_id = $2 AND ended_at_ms IS NULL"};

constexpr Sql end_of_client_sql{
    "sessions.end_families_of_client",
    "UPDATE refresh_families SET ended_at_ms = $4, end_reason = $5 "
    "WHERE environment_id = $1 AND session_id = $2 AND application_id = $3 "
    "AND ended_at_ms IS NULL"};

constexpr Sql find_client_sql{
    "sessions.find_client",
    "SELECT client_id, type FROM applications WHERE environment_id = $1 AND id = $2"};

constexpr Sql revoke_token_sql{
    "sessions.revoke_token",
    "INSERT INTO revoked_tokens (environment_id, token_id, expires_at_ms) VALUES ($1, $2, $3) "
    "ON CONFLICT (environment_id, token_id) DO NOTHING"};

constexpr Sql find_revoked_sql{
    "sessions.find_revoked_token",
    "SELECT token_id FROM revoked_tokens WHERE environment_id = $1 AND token_id = $2"};

constexpr Sql reclaim_revoked_sql{
    "sessions.reclaim_revoked_tokens",
    "DELETE FROM revoked_tokens WHERE (environment_id, token_id) IN "
    "(SELECT environment_id, token_id FROM revoked_tokens WHERE expires_at_ms <= $1 "
    "ORDER BY expires_at_ms LIMIT $2)"};

FamilyFacts facts_from_row(const Row& row) {
  LiveSession of{.session = session_from_row(row, family_columns),
                 .user = users::user_from_row(row, family_columns + session_columns)};
  const auto organization = row.optional_id<OrgId>(2);
  return {.family = {.id = row.id<FamilyId>(0),
                     .session = of.session.id,
                     .application = row.id<ApplicationId>(1),
                     .user = of.user.id,
                     .organization = organization,
                     .scope = row.string(3)},
          .nonce = std::string(row.blob(4)),
          .generation = row.integer(5),
          .rotated_at = row.instant(6),
          .has_ended = !row.is_null(7),
          .is_member = !organization.has_value() || !row.is_null(8),
          .of = std::move(of)};
}

}  // namespace

Result<bool, Error> insert_family(Transaction& transaction, EnvironmentId environment,
                                  const FamilyRow& row, const NewFamily& wanted, Instant now) {
  const auto changed = TRY(transaction.execute(
      insert_family_sql, {environment, row.id, wanted.session, wanted.application,
                          wanted.organization, wanted.scope, Blob{row.nonce}, now}));
  return changed == 1;
}

Result<std::optional<FamilyFacts>, Error> find_family(Transaction& transaction,
                                                      EnvironmentId environment, FamilyId family) {
  return transaction.find(find_family_sql, {environment, family}, facts_from_row);
}

Result<bool, Error> rotate_family(Transaction& transaction, EnvironmentId environment,
                                  FamilyId family, std::int64_t head, Instant now) {
  return TRY(transaction.execute(rotate_sql, {environment, family, head, now})) == 1;
}

Result<bool, Error> update_family_ended(Transaction& transaction, EnvironmentId environment,
                                        FamilyId family, EndReason reason, Instant now) {
  const auto changed =
      TRY(transaction.execute(end_family_sql, {environment, family, now, end_reason_name(reason)}));
  return changed == 1;
}

Result<Unit, Error> end_families_of_session(Transaction& transaction, EnvironmentId environment,
                                            SessionId session, EndReason reason, Instant now) {
  return transaction.send(end_of_session_sql, {environment, session, now, end_reason_name(reason)});
}

Result<Unit, Error> end_family(Transaction& transaction, EnvironmentId environment, FamilyId family,
                               EndReason reason, Instant now) {
  static_cast<void>(TRY(update_family_ended(transaction, environment, family, reason, now)));
  return Unit{};
}

Result<Unit, Error> end_families_of(Transaction& transaction, EnvironmentId environment,
                                    SessionId session, ApplicationId application, EndReason reason,
                                    Instant now) {
  return transaction.send(end_of_client_sql,
                          {environment, session, application, now, end_reason_name(reason)});
}

Result<ClientFacts, Error> find_client(Transaction& transaction, EnvironmentId environment,
                                       ApplicationId application) {
  auto found =
      TRY(transaction.find(find_client_sql, {environment, application}, [](const Row& row) {
        const bool is_public = row.text(1) == applications::type_name(applications::Type::spa) ||
                               row.text(1) == applications::type_name(applications::Type::native);
        return ClientFacts{.client_id = row.string(0),
                           .kind = is_public ? RefreshUse::ClientKind::public_
                                             : RefreshUse::ClientKind::confidential};
      }));
  if (!found.has_value()) return Error(ErrorCode::internal, "a refresh family without its client");
  return *std::move(found);
}

Result<Unit, Error> revoke_token(Transaction& transaction, EnvironmentId environment, TokenId token,
                                 Instant expires_at) {
  return transaction.send(revoke_token_sql, {environment, token, expires_at});
}

Result<bool, Error> is_token_revoked(Transaction& transaction, EnvironmentId environment,
                                     TokenId token) {
  const auto found = TRY(transaction.find(find_revoked_sql, {environment, token},
                                          [](const Row& row) { return row.id<TokenId>(0); }));
  return found.has_value();
}

Result<std::int64_t, Error> reclaim_revoked_tokens(Transaction& transaction, Instant now,
                                                   std::int64_t rows_max) {
  return transaction.execute(reclaim_revoked_sql, {now, rows_max});
}

}  // namespace gatehouse::sessions
