#include "server/login/passwordless_store.h"

#include "server/core/ensure.h"
#include "server/core/enum_names.h"

namespace gatehouse::login {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr auto kept_after_expiry = days(1);
constexpr EnumNames<PasswordlessKind, 3> kinds({"code", "link", "code_and_link"});
constexpr EnumNames<PasswordlessTemplate, 2> templates({"sign_in", "sign_up"});

#define GATEHOUSE_PASSWORDLESS_COLUMNS                                              \
  "id, email, kind, template, link_uri, state, lifetime_ms, tries, created_at_ms, " \
  "expires_at_ms, verified_at_ms"

constexpr Sql insert_sql{
    "login.insert_passwordless",
    "INSERT INTO passwordless_requests (id, environment_id, email, kind, template, link_uri, "
    "state, lifetime_ms, tries, tries_since_ms, created_at_ms, expires_at_ms, verified_at_ms) "
    "VALUES ($2, $1, $3, $4, $5, $6, $7, $8, 0, NULL, $9, $10, NULL)"};

constexpr Sql find_sql{"login.find_passwordless",
                       "SELECT " GATEHOUSE_PASSWORDLESS_COLUMNS
                       " FROM passwordless_requests WHERE environment_id = $1 AND id = $2"};

constexpr Sql renew_sql{"login.renew_passwordless",
                        "UPDATE passwordless_requests SET expires_at_ms = $3 "
                        "WHERE environment_id = $1 AND id = $2 AND verified_at_ms IS NULL "
                        "AND tries < $4"};

// $4: when a window must have begun to go on.
constexpr Sql take_try_sql{
    "login.take_passwordless_try",
    "UPDATE passwordless_requests SET "
    "tries = CASE WHEN tries_since_ms > $4 THEN tries + 1 ELSE 1 END, "
    "tries_since_ms = CASE WHEN tries_since_ms > $4 THEN tries_since_ms ELSE $3 END "
    "WHERE environment_id = $1 AND id = $2 AND verified_at_ms IS NULL AND expires_at_ms > $3 "
    "AND tries < $5"};

constexpr Sql mark_verified_sql{
    "login.mark_passwordless_verified",
    "UPDATE passwordless_requests SET verified_at_ms = $3 "
    "WHERE environment_id = $1 AND id = $2 AND verified_at_ms IS NULL AND expires_at_ms > $3 "
    "AND tries <= $4 RETURNING " GATEHOUSE_PASSWORDLESS_COLUMNS};

constexpr Sql reclaim_sql{
    "login.reclaim_passwordless",
    "DELETE FROM passwordless_requests WHERE id IN (SELECT id FROM passwordless_requests "
    "WHERE expires_at_ms < $1 ORDER BY expires_at_ms LIMIT $2)"};

PasswordlessRequest from_row(const Row& row) {
  auto email = users::Email::parse(row.text(1));
  ENSURE(email.has_value());  // we stored one
  PasswordlessRequest request{.id = row.id<AuthRequestId>(0),
                              .email = *std::move(email),
                              .kind = kinds.stored(row.text(2)),
                              .mail_template = std::nullopt,
                              .link_uri = row.optional_string(4),
                              .state = row.optional_string(5),
                              .lifetime = Duration(row.integer(6)),
                              .tries = static_cast<int>(row.integer(7)),
                              .created_at = row.instant(8),
                              .expires_at = row.instant(9),
                              .verified_at = row.optional_instant(10)};
  if (!row.is_null(3)) request.mail_template = templates.stored(row.text(3));
  return request;
}

}  // namespace

Result<Unit, Error> insert_passwordless(Transaction& transaction, EnvironmentId environment,
                                        const PasswordlessRequest& request) {
  std::optional<std::string_view> mail_template;
  if (request.mail_template.has_value()) mail_template = templates.name(*request.mail_template);
  TRY(transaction.execute(insert_sql,
                          {environment, request.id, request.email.text(), kinds.name(request.kind),
                           mail_template, request.link_uri, request.state, request.lifetime.count(),
                           request.created_at, request.expires_at}));
  return Unit{};
}

Result<std::optional<PasswordlessRequest>, Error> find_passwordless(Transaction& transaction,
                                                                    EnvironmentId environment,
                                                                    AuthRequestId request) {
  return transaction.find(find_sql, {environment, request}, from_row);
}

Result<bool, Error> renew_passwordless(Transaction& transaction, EnvironmentId environment,
                                       AuthRequestId request, Instant expires_at) {
  return TRY(transaction.execute(renew_sql,
                                 {environment, request, expires_at, passwordless_tries_max})) == 1;
}

Result<bool, Error> take_passwordless_try(Transaction& transaction, EnvironmentId environment,
                                          AuthRequestId request, Instant now) {
  return TRY(transaction.execute(take_try_sql,
                                 {environment, request, now, now - passwordless_tries_window,
                                  passwordless_tries_max})) == 1;
}

Result<std::optional<PasswordlessRequest>, Error> mark_passwordless_verified(
    Transaction& transaction, EnvironmentId environment, AuthRequestId request, Instant now,
    int tries) {
  return transaction.find(mark_verified_sql, {environment, request, now, tries}, from_row);
}

Result<std::int64_t, Error> reclaim_passwordless(Transaction& transaction, Instant now,
                                                 std::int64_t rows_max) {
  return transaction.execute(reclaim_sql, {now - kept_after_expiry, rows_max});
}

}  // namespace gatehouse::login
