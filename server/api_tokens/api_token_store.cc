#include "server/api_tokens/api_token_store.h"

#include <limits>

#include "server/core/ensure.h"

namespace gatehouse::api_tokens {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

// Of an organization `o`, as a member `m` of it that is a user `u`: whether a token may be theirs.
#define GATEHOUSE_MEMBER_HAS_ACCESS "m.status = 'ACTIVE' AND u.state = 'active'"

// Whether the token `t` works at $2. The one place that says so for every statement here.
#define GATEHOUSE_API_TOKEN_IS_LIVE                                                    \
  "t.invalidated_at_ms IS NULL AND (t.expires_at_ms IS NULL OR t.expires_at_ms > $2) " \
  "AND (t.user_id IS NULL OR EXISTS (SELECT 1 FROM memberships m "                     \
  "JOIN users u ON u.id = m.user_id WHERE m.organization_id = t.organization_id "      \
  "AND m.user_id = t.user_id AND m.environment_id = t.environment_id "                 \
  "AND " GATEHOUSE_MEMBER_HAS_ACCESS "))"

// What api_tokens_from_rows reads: a row for each role of the member, one row without any.
#define GATEHOUSE_API_TOKEN_COLUMNS                                                     \
  "t.id, t.organization_id, o.external_id, t.user_id, u.external_id, u.email, r.name, " \
  "t.custom_claims, t.description, t.suffix, t.created_at_ms, t.expires_at_ms"
#define GATEHOUSE_API_TOKEN_JOINS                                         \
  "JOIN organizations o ON o.id = t.organization_id "                     \
  "LEFT JOIN users u ON u.id = t.user_id "                                \
  "LEFT JOIN membership_roles mr "                                        \
  "ON mr.organization_id = t.organization_id AND mr.user_id = t.user_id " \
  "LEFT JOIN roles r ON r.id = mr.role_id "                               \
  "AND (r.organization_id IS NULL OR r.organization_id = t.organization_id) "

constexpr Sql insert_sql{
    "api_tokens.insert",
    "INSERT INTO api_tokens (id, environment_id, organization_id, user_id, token_hash, suffix, "
    "description, custom_claims, created_at_ms, updated_at_ms, expires_at_ms, invalidated_at_ms) "
    "SELECT $2, o.environment_id, o.id, $4, $5, $6, $7, $8, $9, $9, $10, NULL "
    "FROM organizations o WHERE o.environment_id = $1 AND o.id = $3 "
    "AND (CAST($4 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM memberships m "
    "JOIN users u ON u.id = m.user_id WHERE m.environment_id = $1 AND m.organization_id = $3 AND "
    "m.user_id = $4 "
    "AND " GATEHOUSE_MEMBER_HAS_ACCESS "))"};

constexpr Sql find_by_hash_sql{
    "api_tokens.find_by_hash",
    "SELECT " GATEHOUSE_API_TOKEN_COLUMNS " FROM api_tokens t " GATEHOUSE_API_TOKEN_JOINS
    "WHERE t.environment_id = $1 AND t.token_hash = $3 AND " GATEHOUSE_API_TOKEN_IS_LIVE
    " ORDER BY r.name"};

constexpr Sql find_by_id_sql{
    "api_tokens.find_by_id",
    "SELECT " GATEHOUSE_API_TOKEN_COLUMNS " FROM api_tokens t " GATEHOUSE_API_TOKEN_JOINS
    "WHERE t.environment_id = $1 AND t.id = $3 AND " GATEHOUSE_API_TOKEN_IS_LIVE
    " ORDER BY r.name"};

// $4 and $5: what to leave as it is has NULL; the empty description stands for none.
constexpr Sql update_sql{
    "api_tokens.update",
    "UPDATE api_tokens AS t SET custom_claims = COALESCE($4, custom_claims), "
    "description = NULLIF(COALESCE($5, description), ''), updated_at_ms = $2 "
    "WHERE t.environment_id = $1 AND t.id = $3 AND " GATEHOUSE_API_TOKEN_IS_LIVE};

constexpr Sql invalidate_by_hash_sql{
    "api_tokens.invalidate_by_hash",
    "UPDATE api_tokens SET invalidated_at_ms = $2, updated_at_ms = $2 "
    "WHERE environment_id = $1 AND token_hash = $3 AND invalidated_at_ms IS NULL "
    "RETURNING id, organization_id"};

constexpr Sql invalidate_by_id_sql{
    "api_tokens.invalidate_by_id",
    "UPDATE api_tokens SET invalidated_at_ms = $2, updated_at_ms = $2 "
    "WHERE environment_id = $1 AND id = $3 AND invalidated_at_ms IS NULL "
    "RETURNING id, organization_id"};

constexpr Sql is_stored_by_hash_sql{
    "api_tokens.is_stored_by_hash",
    "SELECT id FROM api_tokens WHERE environment_id = $1 AND token_hash = $2"};

constexpr Sql is_stored_by_id_sql{
    "api_tokens.is_stored_by_id",
    "SELECT id FROM api_tokens WHERE environment_id = $1 AND id = $2"};

// $4 is a user, or 0 for all of them: ids are positive.
constexpr Sql find_scope_sql{
    "api_tokens.find_scope",
    "SELECT (SELECT COUNT(*) FROM api_tokens t WHERE t.organization_id = o.id "
    "AND t.environment_id = $1 AND ($4 = 0 OR t.user_id = $4) AND " GATEHOUSE_API_TOKEN_IS_LIVE
    "), (SELECT COUNT(*) FROM users u WHERE u.environment_id = $1 AND u.id = $4) "
    "FROM organizations o WHERE o.environment_id = $1 AND o.id = $3"};

constexpr Sql list_older_sql{
    "api_tokens.list_older",
    "SELECT " GATEHOUSE_API_TOKEN_COLUMNS
    " FROM (SELECT * FROM api_tokens t WHERE t.environment_id = $1 AND t.organization_id = $3 "
    "AND ($4 = 0 OR t.user_id = $4) AND t.id < $5 AND " GATEHOUSE_API_TOKEN_IS_LIVE
    " ORDER BY t.id DESC LIMIT $6) t " GATEHOUSE_API_TOKEN_JOINS "ORDER BY t.id DESC, r.name"};

constexpr Sql list_newer_sql{
    "api_tokens.list_newer",
    "SELECT " GATEHOUSE_API_TOKEN_COLUMNS
    " FROM (SELECT * FROM api_tokens t WHERE t.environment_id = $1 AND t.organization_id = $3 "
    "AND ($4 = 0 OR t.user_id = $4) AND t.id > $5 AND " GATEHOUSE_API_TOKEN_IS_LIVE
    " ORDER BY t.id ASC LIMIT $6) t " GATEHOUSE_API_TOKEN_JOINS "ORDER BY t.id ASC, r.name"};

constexpr Sql reclaim_expired_sql{
    "api_tokens.reclaim_expired",
    "DELETE FROM api_tokens WHERE id IN (SELECT id FROM api_tokens WHERE expires_at_ms <= $1 "
    "ORDER BY expires_at_ms LIMIT $2)"};

constexpr Sql reclaim_invalidated_sql{
    "api_tokens.reclaim_invalidated",
    "DELETE FROM api_tokens WHERE id IN (SELECT id FROM api_tokens WHERE invalidated_at_ms <= $1 "
    "ORDER BY invalidated_at_ms LIMIT $2)"};

Claims claims_from_json(std::string_view text) {
  auto claims = metadata_from_json(text);
  ENSURE(claims.ok());  // we wrote it
  return std::move(claims).value();
}

// Takes the next row of GATEHOUSE_API_TOKEN_COLUMNS: another role of the last token, or the next.
void add_row(std::vector<ApiToken>& tokens, const Row& row) {
  const auto id = row.id<ApiTokenId>(0);
  if (tokens.empty() || tokens.back().id != id) {
    tokens.push_back({.id = id,
                      .organization = row.id<OrgId>(1),
                      .organization_external_id = row.optional_string(2),
                      .user = row.optional_id<UserId>(3),
                      .user_external_id = row.optional_string(4),
                      .email = row.optional_string(5),
                      .roles = {},
                      .claims = claims_from_json(row.text(7)),
                      .description = row.optional_string(8),
                      .suffix = row.string(9),
                      .created_at = row.instant(10),
                      .expires_at = row.optional_instant(11)});
  }
  if (!row.is_null(6)) tokens.back().roles.push_back(row.string(6));
}

std::int64_t number_or_zero(std::optional<UserId> user) {
  return user.has_value() ? user->number() : 0;
}

}  // namespace

Result<bool, Error> insert_token(Transaction& transaction, EnvironmentId environment,
                                 const NewApiToken& wanted, const TokenRow& row) {
  const std::string claims = metadata_to_json(wanted.claims);
  const auto changed = TRY(transaction.execute(
      insert_sql, {environment, row.id, wanted.organization, wanted.user, Blob{row.hash},
                   row.suffix, wanted.description, claims, row.now, wanted.expires_at}));
  return changed == 1;
}

Result<std::optional<ApiToken>, Error> find_live(Transaction& transaction,
                                                 EnvironmentId environment, const TokenKey& key,
                                                 Instant now) {
  std::vector<ApiToken> found;
  const auto each = [&](const Row& row) { add_row(found, row); };
  if (key.id.has_value()) {
    TRY(transaction.query(find_by_id_sql, {environment, now, *key.id}, each));
  } else {
    TRY(transaction.query(find_by_hash_sql, {environment, now, Blob{key.hash}}, each));
  }
  ENSURE(found.size() <= 1);
  if (found.empty()) return std::optional<ApiToken>();
  return std::optional(std::move(found.front()));
}

Result<bool, Error> update_token(Transaction& transaction, EnvironmentId environment,
                                 ApiTokenId token, const ApiTokenChange& change, Instant now) {
  std::optional<std::string> claims;
  if (!change.claims.empty()) claims = metadata_to_json(change.claims);
  const auto changed =
      TRY(transaction.execute(update_sql, {environment, now, token, claims, change.description}));
  return changed == 1;
}

Result<std::optional<EndedToken>, Error> update_invalidated(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const TokenKey& key, Instant now) {
  const auto map = [](const Row& row) {
    return EndedToken{.id = row.id<ApiTokenId>(0), .organization = row.id<OrgId>(1)};
  };
  if (key.id.has_value()) {
    return transaction.find(invalidate_by_id_sql, {environment, now, *key.id}, map);
  }
  return transaction.find(invalidate_by_hash_sql, {environment, now, Blob{key.hash}}, map);
}

Result<bool, Error> is_stored(Transaction& transaction, EnvironmentId environment,
                              const TokenKey& key) {
  const auto map = [](const Row& row) { return row.integer(0); };
  const auto found =
      key.id.has_value()
          ? TRY(transaction.find(is_stored_by_id_sql, {environment, *key.id}, map))
          : TRY(transaction.find(is_stored_by_hash_sql, {environment, Blob{key.hash}}, map));
  return found.has_value();
}

Result<std::optional<Scope>, Error> find_scope(Transaction& transaction, EnvironmentId environment,
                                               OrgId organization, std::optional<UserId> user,
                                               Instant now) {
  return transaction.find(find_scope_sql, {environment, now, organization, number_or_zero(user)},
                          [&](const Row& row) {
                            const bool is_there = !user.has_value() || row.integer(1) == 1;
                            return Scope{.live_tokens = row.integer(0),
                                         .user = is_there ? Scope::Has::yes : Scope::Has::no};
                          });
}

Result<std::vector<ApiToken>, Error> list_live(Transaction& transaction, EnvironmentId environment,
                                               const ApiTokenFilter& filter, const PageQuery& query,
                                               Instant now) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t from =
      query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  std::vector<ApiToken> found;
  TRY(transaction.query(
      is_older ? list_older_sql : list_newer_sql,
      {environment, now, filter.organization, number_or_zero(filter.user), from, query.limit + 1},
      [&](const Row& row) { add_row(found, row); }));
  return found;
}

Result<std::int64_t, Error> reclaim(Transaction& transaction, Instant now, Duration keep,
                                    std::int64_t rows_max) {
  const Instant until = now - keep;
  const auto expired = TRY(transaction.execute(reclaim_expired_sql, {until, rows_max}));
  const auto ended = TRY(transaction.execute(reclaim_invalidated_sql, {until, rows_max - expired}));
  return expired + ended;
}

}  // namespace gatehouse::api_tokens
