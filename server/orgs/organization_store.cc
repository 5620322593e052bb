#include "server/orgs/organization_store.h"

#include <algorithm>
#include <limits>

namespace gatehouse::orgs {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr int list_rows_max = 500;

constexpr Sql insert_sql{
    "orgs.insert",
    "INSERT INTO organizations (id, environment_id, display_name, external_id, slug, logo_url, "
    "region, metadata, has_sso, has_dir_sync, has_domain_verification, has_session_policy, "
    "created_at_ms, updated_at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) "
    "ON CONFLICT DO NOTHING"};

constexpr Sql find_sql{"orgs.find",
                       "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
                       " FROM organizations o WHERE o.environment_id = $1 AND o.id = $2"};

constexpr Sql find_by_external_id_sql{
    "orgs.find_by_external_id",
    "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
    " FROM organizations o WHERE o.environment_id = $1 AND o.external_id = $2"};

constexpr Sql list_older_sql{"orgs.list_older",
                             "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
                             " FROM organizations o WHERE o.environment_id = $1 AND o.id < $2 "
                             "ORDER BY o.id DESC LIMIT $3"};

constexpr Sql list_newer_sql{"orgs.list_newer",
                             "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
                             " FROM organizations o WHERE o.environment_id = $1 AND o.id > $2 "
                             "ORDER BY o.id ASC LIMIT $3"};

constexpr Sql count_sql{"orgs.count",
                        "SELECT COUNT(*) FROM organizations WHERE environment_id = $1"};

// $2 is a pattern of LIKE in small letters. The inner statements read an index only.
#define GATEHOUSE_ORGANIZATION_MATCHES "s.environment_id = $1 AND s.search_text LIKE $2 ESCAPE '\\'"

constexpr Sql search_older_sql{
    "orgs.search_older", "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
                         " FROM organizations o WHERE o.environment_id = $1 AND o.id IN ("
                         "SELECT s.id FROM organizations s WHERE " GATEHOUSE_ORGANIZATION_MATCHES
                         " AND s.id < $3 ORDER BY s.id DESC LIMIT $4) ORDER BY o.id DESC"};

constexpr Sql search_newer_sql{
    "orgs.search_newer", "SELECT " GATEHOUSE_ORGANIZATION_COLUMNS
                         " FROM organizations o WHERE o.environment_id = $1 AND o.id IN ("
                         "SELECT s.id FROM organizations s WHERE " GATEHOUSE_ORGANIZATION_MATCHES
                         " AND s.id > $3 ORDER BY s.id ASC LIMIT $4) ORDER BY o.id ASC"};

constexpr Sql search_count_sql{
    "orgs.search_count",
    "SELECT COUNT(*) FROM organizations s WHERE " GATEHOUSE_ORGANIZATION_MATCHES};

// An empty text stands for "none": no organization has one, and NULLIF takes it away.
constexpr Sql update_sql{
    "orgs.update",
    "UPDATE organizations SET display_name = COALESCE($3, display_name), "
    "external_id = NULLIF(COALESCE($4, external_id), ''), "
    "slug = NULLIF(COALESCE($5, slug), ''), logo_url = NULLIF(COALESCE($6, logo_url), ''), "
    "metadata = COALESCE($7, metadata), updated_at_ms = $8 "
    "WHERE environment_id = $1 AND id = $2 "
    "AND NOT EXISTS (SELECT 1 FROM organizations o WHERE o.environment_id = $1 AND o.id <> $2 "
    "AND o.external_id = $4) "
    "AND NOT EXISTS (SELECT 1 FROM organizations o WHERE o.environment_id = $1 AND o.id <> $2 "
    "AND o.slug = $5)"};

// $2 is the organization itself, or 0.
constexpr Sql find_taken_sql{
    "orgs.find_taken",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM organizations o WHERE o.environment_id = $1 "
    "AND o.id <> $2 AND o.external_id = $3) THEN 1 ELSE 0 END, "
    "CASE WHEN EXISTS (SELECT 1 FROM organizations o WHERE o.environment_id = $1 "
    "AND o.id <> $2 AND o.slug = $4) THEN 1 ELSE 0 END"};

constexpr Sql delete_sql{"orgs.delete",
                         "DELETE FROM organizations WHERE environment_id = $1 AND id = $2"};

constexpr Sql list_member_ids_sql{
    "orgs.list_member_ids",
    "SELECT user_id FROM memberships WHERE environment_id = $1 AND organization_id = $2 "
    "ORDER BY user_id LIMIT $3"};

Region region_from_name(std::string_view name) {
  ENSURE(name == "US" || name == "EU");
  return name == "US" ? Region::us : Region::eu;
}

std::optional<std::string_view> stored_region(const std::optional<Region>& region) {
  if (!region.has_value()) return std::nullopt;
  return region_name(*region);
}

FeatureSet features_from_row(const Row& row, int first) {
  FeatureSet features;
  constexpr std::array columns{Feature::sso, Feature::dir_sync, Feature::domain_verification,
                               Feature::session_policy};
  for (const Feature feature : columns) {
    if (row.integer(first) != 0) features.add(feature);
    ++first;
  }
  return features;
}

Metadata metadata_from_row(const Row& row, int column) {
  auto metadata = metadata_from_json(row.text(column));
  ENSURE(metadata.ok());  // only metadata_to_json writes it
  return std::move(metadata).value();
}

// What finds text in small letters that contains `text`. Only those of ASCII are folded, as by the
// expression of `search_text`.
std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return pattern + '%';
}

bool wants_older(const PageQuery& query) { return query.direction == PageQuery::Direction::older; }

std::int64_t position(const PageQuery& query) {
  constexpr std::int64_t beyond_newest = std::numeric_limits<std::int64_t>::max();
  return query.from.value_or(wants_older(query) ? beyond_newest : 0);
}

Page<Organization> page_of(const PageQuery& query, std::vector<Organization> found,
                           std::int64_t total) {
  auto page = make_page(query, std::move(found),
                        [](const Organization& organization) { return organization.id.number(); });
  page.total = total;
  return page;
}

std::int64_t count_from_row(const Row& row) { return row.integer(0); }

}  // namespace

Organization organization_from_row(const Row& row, int first) {
  std::optional<Region> region;
  if (!row.is_null(first + 6)) region = region_from_name(row.text(first + 6));
  return {.id = row.id<OrgId>(first),
          .environment = row.id<EnvironmentId>(first + 1),
          .display_name = row.string(first + 2),
          .external_id = row.optional_string(first + 3),
          .slug = row.optional_string(first + 4),
          .logo_url = row.optional_string(first + 5),
          .region = region,
          .metadata = metadata_from_row(row, first + 7),
          .features = features_from_row(row, first + 8),
          .created_at = row.instant(first + 12),
          .updated_at = row.instant(first + 13)};
}

namespace {
Organization whole_row(const Row& row) { return organization_from_row(row); }
}  // namespace

Result<bool, Error> insert_organization(Transaction& transaction, EnvironmentId environment,
                                        const Organization& organization) {
  const auto flag = [&](Feature feature) { return organization.features.has(feature) ? 1 : 0; };
  const auto changed = TRY(transaction.execute(
      insert_sql, {organization.id, environment, organization.display_name,
                   organization.external_id, organization.slug, organization.logo_url,
                   stored_region(organization.region), metadata_to_json(organization.metadata),
                   flag(Feature::sso), flag(Feature::dir_sync), flag(Feature::domain_verification),
                   flag(Feature::session_policy), organization.created_at}));
  return changed == 1;
}

Result<bool, Error> update_row(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const OrganizationChange& cleaned, Instant now) {
  std::optional<std::string> metadata;
  if (cleaned.metadata.has_value()) metadata = metadata_to_json(*cleaned.metadata);
  const auto changed = TRY(transaction.execute(
      update_sql, {environment, organization, cleaned.display_name, cleaned.external_id,
                   cleaned.slug, cleaned.logo_url, metadata, now}));
  return changed == 1;
}

Result<Taken, Error> find_taken(Transaction& transaction, EnvironmentId environment,
                                std::optional<OrgId> except,
                                const std::optional<std::string>& external_id,
                                const std::optional<std::string>& slug) {
  const std::int64_t itself = except.has_value() ? except->number() : 0;
  const auto found = TRY(transaction.find(
      find_taken_sql, {environment, itself, external_id, slug}, [](const Row& row) {
        return Taken{.external_id = row.integer(0) != 0, .slug = row.integer(1) != 0};
      }));
  ENSURE(found.has_value());
  return *found;
}

Result<bool, Error> delete_row(Transaction& transaction, EnvironmentId environment,
                               OrgId organization) {
  return TRY(transaction.execute(delete_sql, {environment, organization})) == 1;
}

Result<std::optional<Organization>, Error> find_organization(Transaction& transaction,
                                                             EnvironmentId environment,
                                                             OrgId organization) {
  return transaction.find(find_sql, {environment, organization}, whole_row);
}

Result<std::optional<Organization>, Error> find_organization_by_external_id(
    Transaction& transaction, EnvironmentId environment, std::string_view external_id) {
  return transaction.find(find_by_external_id_sql, {environment, external_id}, whole_row);
}

Result<std::vector<Organization>, Error> list_organizations(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            std::optional<OrgId> before,
                                                            int limit) {
  const std::int64_t below =
      before.has_value() ? before->number() : std::numeric_limits<std::int64_t>::max();
  return transaction.list(list_older_sql, {environment, below, std::clamp(limit, 1, list_rows_max)},
                          whole_row);
}

Result<Page<Organization>, Error> list_organizations(Transaction& transaction,
                                                     EnvironmentId environment,
                                                     const PageQuery& query) {
  const Sql& sql = wants_older(query) ? list_older_sql : list_newer_sql;
  auto found =
      TRY(transaction.list(sql, {environment, position(query), query.limit + 1}, whole_row));
  const auto total = TRY(transaction.find(count_sql, {environment}, count_from_row));
  return page_of(query, std::move(found), total.value_or(0));
}

Result<Page<Organization>, Error> search_organizations(Transaction& transaction,
                                                       EnvironmentId environment,
                                                       std::string_view text,
                                                       const PageQuery& query) {
  const std::string pattern = like_pattern(text);
  const Sql& sql = wants_older(query) ? search_older_sql : search_newer_sql;
  auto found = TRY(
      transaction.list(sql, {environment, pattern, position(query), query.limit + 1}, whole_row));
  // A first page that has everything is its own count.
  const auto count = static_cast<std::int64_t>(found.size());
  if (!query.from.has_value() && count <= query.limit) {
    return page_of(query, std::move(found), count);
  }
  const auto total =
      TRY(transaction.find(search_count_sql, {environment, pattern}, count_from_row));
  return page_of(query, std::move(found), total.value_or(0));
}

Result<std::vector<UserId>, Error> list_member_ids(Transaction& transaction,
                                                   EnvironmentId environment, OrgId organization,
                                                   int limit) {
  return transaction.list(list_member_ids_sql, {environment, organization, limit},
                          [](const Row& row) { return row.id<UserId>(0); });
}

}  // namespace gatehouse::orgs
