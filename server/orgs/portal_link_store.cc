#include "server/orgs/portal_link_store.h"

#include "server/crypto/hash.h"
#include "server/orgs/organization_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

// Of a table that the statement calls `l`.
#define GATEHOUSE_PORTAL_LINK_COLUMNS                                       \
  "l.id, l.organization_id, l.features, l.created_at_ms, l.expires_at_ms, " \
  "l.session_expires_at_ms"
constexpr int portal_link_columns = 6;

constexpr Sql insert_sql{
    "orgs.insert_portal_link",
    "INSERT INTO portal_links (id, environment_id, organization_id, token_hash, features, "
    "created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)"};

constexpr Sql list_sql{
    "orgs.list_portal_links",
    "SELECT " GATEHOUSE_PORTAL_LINK_COLUMNS
    " FROM portal_links l WHERE l.environment_id = $1 AND l.organization_id = $2 "
    "AND ((l.opened_at_ms IS NULL AND l.expires_at_ms > $3) OR l.session_expires_at_ms > $3) "
    "ORDER BY l.id DESC LIMIT 100"};

constexpr Sql delete_sql{"orgs.delete_portal_link",
                         "DELETE FROM portal_links "
                         "WHERE environment_id = $1 AND organization_id = $2 AND id = $3"};

constexpr Sql delete_all_sql{
    "orgs.delete_portal_links",
    "DELETE FROM portal_links WHERE environment_id = $1 AND organization_id = $2"};

constexpr Sql find_by_token_sql{
    "orgs.find_portal_link",
    "SELECT " GATEHOUSE_PORTAL_LINK_COLUMNS ", " GATEHOUSE_ORGANIZATION_COLUMNS
    " FROM portal_links l JOIN organizations o "
    "ON o.id = l.organization_id AND o.environment_id = l.environment_id "
    "WHERE l.environment_id = $1 AND l.token_hash = $2 AND l.opened_at_ms IS NULL "
    "AND l.expires_at_ms > $3"};

constexpr Sql find_by_session_sql{
    "orgs.find_portal_session",
    "SELECT " GATEHOUSE_PORTAL_LINK_COLUMNS ", " GATEHOUSE_ORGANIZATION_COLUMNS
    " FROM portal_links l JOIN organizations o "
    "ON o.id = l.organization_id AND o.environment_id = l.environment_id "
    "WHERE l.environment_id = $1 AND l.session_hash = $2 AND l.session_expires_at_ms > $3"};

constexpr Sql open_sql{
    "orgs.open_portal_link",
    "UPDATE portal_links SET opened_at_ms = $3, session_hash = $4, session_expires_at_ms = $5 "
    "WHERE environment_id = $1 AND token_hash = $2 AND opened_at_ms IS NULL AND expires_at_ms > $3 "
    "RETURNING id, organization_id"};

constexpr Sql reclaim_sql{
    "orgs.reclaim_portal_links",
    "DELETE FROM portal_links WHERE id IN (SELECT id FROM portal_links WHERE expires_at_ms <= $1 "
    "AND (session_expires_at_ms IS NULL OR session_expires_at_ms <= $1) "
    "ORDER BY expires_at_ms LIMIT $2)"};

PortalLink link_from_row(const Row& row) {
  auto features = feature_set_from_json(row.text(2));
  ENSURE(features.ok());  // only feature_set_to_json writes it
  return {.id = row.id<PortalLinkId>(0),
          .organization = row.id<OrgId>(1),
          .features = features.value(),
          .created_at = row.instant(3),
          .expires_at = row.instant(4),
          .session_expires_at = row.optional_instant(5)};
}

FoundPortalLink found_from_row(const Row& row) {
  return {.link = link_from_row(row),
          .organization = organization_from_row(row, portal_link_columns)};
}

}  // namespace

Result<Unit, Error> insert_portal_link(Transaction& transaction, EnvironmentId environment,
                                       const PortalLink& link, std::string_view token_hash) {
  TRY(transaction.execute(insert_sql,
                          {link.id, environment, link.organization, Blob{token_hash},
                           feature_set_to_json(link.features), link.created_at, link.expires_at}));
  return Unit{};
}

Result<std::vector<PortalLink>, Error> load_portal_links(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, Instant now) {
  return transaction.list(list_sql, {environment, organization, now}, link_from_row);
}

Result<bool, Error> delete_portal_link_row(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, PortalLinkId link) {
  return TRY(transaction.execute(delete_sql, {environment, organization, link})) == 1;
}

Result<std::int64_t, Error> delete_portal_link_rows(Transaction& transaction,
                                                    EnvironmentId environment, OrgId organization) {
  return transaction.execute(delete_all_sql, {environment, organization});
}

Result<std::optional<PortalLinkKey>, Error> update_opened(Transaction& transaction,
                                                          EnvironmentId environment,
                                                          std::string_view token_hash,
                                                          const PortalSessionStart& start) {
  return transaction.find(
      open_sql,
      {environment, Blob{token_hash}, start.now, Blob{start.session_hash}, start.expires_at},
      [](const Row& row) {
        return PortalLinkKey{.link = row.id<PortalLinkId>(0), .organization = row.id<OrgId>(1)};
      });
}

Result<std::optional<FoundPortalLink>, Error> find_portal_link(Transaction& transaction,
                                                               EnvironmentId environment,
                                                               std::string_view token,
                                                               Instant now) {
  const std::string hash = crypto::sha256(token);
  return transaction.find(find_by_token_sql, {environment, Blob{hash}, now}, found_from_row);
}

Result<std::optional<FoundPortalLink>, Error> check_portal_session(Transaction& transaction,
                                                                   EnvironmentId environment,
                                                                   std::string_view session_token,
                                                                   Instant now) {
  const std::string hash = crypto::sha256(session_token);
  return transaction.find(find_by_session_sql, {environment, Blob{hash}, now}, found_from_row);
}

Result<std::int64_t, Error> reclaim_portal_links(Transaction& transaction, Instant now,
                                                 std::int64_t rows_max) {
  return transaction.execute(reclaim_sql, {now, rows_max});
}

}  // namespace gatehouse::orgs
