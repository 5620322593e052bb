#include "server/audit/record.h"
#include "server/users/identity.h"

namespace gatehouse::users {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql find_sql{"users.find_by_identity",
                       "SELECT user_id FROM user_identities WHERE environment_id = $1 "
                       "AND connection_id = $2 AND issuer = $3 AND subject = $4"};

// Nothing if it is somebody else's.
constexpr Sql upsert_sql{
    "users.link_identity",
    "INSERT INTO user_identities (environment_id, connection_id, issuer, subject, user_id, email, "
    "attributes, created_at_ms, last_used_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) "
    "ON CONFLICT (environment_id, connection_id, issuer, subject) DO UPDATE SET "
    "email = excluded.email, attributes = excluded.attributes, "
    "last_used_at_ms = excluded.last_used_at_ms "
    "WHERE user_identities.user_id = excluded.user_id"};

constexpr Sql list_sql{
    "users.list_identities",
    "SELECT connection_id, issuer, subject, user_id, COALESCE(email, ''), attributes, "
    "created_at_ms, last_used_at_ms FROM user_identities "
    "WHERE environment_id = $1 AND user_id = $2 ORDER BY created_at_ms, connection_id LIMIT $3"};

Identity identity_from_row(const Row& row) {
  return {.key = {row.id<ConnectionId>(0), row.string(1), row.string(2)},
          .user = row.id<UserId>(3),
          .email = row.string(4),
          .attributes = row.string(5),
          .created_at = row.instant(6),
          .last_used_at = row.instant(7)};
}

}  // namespace

Result<std::optional<UserId>, Error> find_by_identity(Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const IdentityKey& key) {
  return transaction.find(find_sql, {environment, key.connection, key.issuer, key.subject},
                          [](const Row& row) { return row.id<UserId>(0); });
}

Result<Unit, Error> link_identity(Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random,
                                  const Identity& identity) {
  const IdentityKey& key = identity.key;
  ENSURE(!key.issuer.empty() && !key.subject.empty());
  const auto owner = TRY(find_by_identity(transaction, environment, key));
  if (!owner.has_value()) {
    const auto others = TRY(list_identities(transaction, environment, identity.user));
    if (others.size() >= identities_per_user_max) {
      return Error(ErrorCode::resource_exhausted, "the user has too many identities");
    }
  }
  const std::optional<std::string> email =
      identity.email.empty() ? std::nullopt : std::optional(identity.email);
  const auto changed = TRY(
      transaction.execute(upsert_sql, {environment, key.connection, key.issuer, key.subject,
                                       identity.user, email, identity.attributes, context.now}));
  if (changed == 0) return Error(ErrorCode::already_exists, "the identity is somebody else's");
  if (owner.has_value()) return Unit{};
  return audit::record(transaction, environment, context, random,
                       {.event = audit::Event::identity_linked,
                        .subject_type = "user",
                        .subject_id = identity.user.text(),
                        .detail = key.connection.text()});
}

Result<std::vector<Identity>, Error> list_identities(Transaction& transaction,
                                                     EnvironmentId environment, UserId user) {
  return transaction.list(list_sql,
                          {environment, user, static_cast<std::int64_t>(identities_per_user_max)},
                          identity_from_row);
}

}  // namespace gatehouse::users
