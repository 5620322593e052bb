#include "server/oidc/claim_facts_store.h"

namespace gatehouse::oidc {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql find_sql{
    "oidc.find_claim_facts",
    "SELECT u.metadata, u.profile, o.display_name, o.slug, o.metadata, o.created_at_ms, "
    "m.metadata, m.created_at_ms FROM users u "
    "LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = $3 "
    "LEFT JOIN organizations o ON o.id = m.organization_id "
    "WHERE u.environment_id = $1 AND u.id = $2"};

Json stored_json(std::string_view text) {
  auto json = Json::parse(text);
  ENSURE(json.ok());  // we wrote it
  return std::move(json).value();
}

ClaimRow claim_from_row(const Row& row) {
  ClaimRow claim{.user_metadata = stored_json(row.text(0)),
                 .profile = users::profile_from_text(row.text(1)),
                 .organization = std::nullopt};
  if (row.is_null(6)) return claim;
  claim.organization = {.display_name = row.string(2),
                        .slug = row.optional_string(3),
                        .metadata = stored_json(row.text(4)),
                        .created_at = row.instant(5),
                        .membership_metadata = stored_json(row.text(6)),
                        .joined_at = row.instant(7)};
  return claim;
}

}  // namespace

Result<std::optional<ClaimRow>, Error> find_claim_row(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const ClaimKey& key) {
  return transaction.find(find_sql, {environment, key.user, key.organization}, claim_from_row);
}

}  // namespace gatehouse::oidc
