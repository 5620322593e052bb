#include "server/connections/list.h"
#include "server/orgs/organization.h"

namespace gatehouse::connections {
namespace {

using storage::Params;
using storage::Row;
using storage::Sql;
using storage::Transaction;

// `rows` are the connections of a page. Domains make several rows of one connection, which stand
// one after the other.
#define GATEHOUSE_CONNECTION_SUMMARIES(rows, order)                                    \
  "SELECT c.id, c.organization_id, COALESCE(o.display_name, ''), c.type, c.provider, " \
  "c.provider_key, COALESCE(c.key_id, ''), c.status, c.enabled, c.ui_button_title, "   \
  "c.created_at_ms, d.name FROM (" rows                                                \
  ") c LEFT JOIN organizations o ON o.id = c.organization_id "                         \
  "LEFT JOIN domains d ON d.organization_id = c.organization_id "                      \
  "AND d.type = 'ORGANIZATION_DOMAIN' "                                                \
  "AND d.verification_status IN ('VERIFIED', 'AUTO_VERIFIED') "                        \
  "AND (EXISTS (SELECT 1 FROM connection_domains a WHERE a.connection_id = c.id "      \
  "AND a.domain_id = d.id) OR NOT EXISTS (SELECT 1 FROM connection_domains a "         \
  "WHERE a.connection_id = c.id)) ORDER BY c.id " order ", d.id"

constexpr Sql of_organization_sql{
    "connections.list_of_organization",
    GATEHOUSE_CONNECTION_SUMMARIES("SELECT * FROM connections WHERE environment_id = $1 "
                                   "AND organization_id = $2 AND enabled >= $3",
                                   "DESC")};

constexpr Sql of_domain_sql{
    "connections.list_of_domain",
    GATEHOUSE_CONNECTION_SUMMARIES(
        "SELECT k.* FROM domains f JOIN connections k ON k.organization_id = f.organization_id "
        "WHERE f.environment_id = $1 AND f.type = 'ORGANIZATION_DOMAIN' AND f.name = $2 "
        "AND f.verification_status IN ('VERIFIED', 'AUTO_VERIFIED') AND k.enabled >= $3 "
        "AND (EXISTS (SELECT 1 FROM connection_domains b WHERE b.connection_id = k.id "
        "AND b.domain_id = f.id) OR NOT EXISTS (SELECT 1 FROM connection_domains b "
        "WHERE b.connection_id = k.id))",
        "DESC")};

// An empty text and a negative number are no condition.
#define GATEHOUSE_CONNECTION_CONDITIONS                                                      \
  "environment_id = $1 AND ($2 = 0 OR ($2 = 1 AND organization_id IS NOT NULL) "             \
  "OR ($2 = 2 AND organization_id IS NULL AND is_app = 1)) "                                 \
  "AND ($3 = '' OR provider = $3 OR UPPER(provider_key) = $3) AND ($4 = '' OR status = $4) " \
  "AND ($5 = '' OR type = $5) AND ($6 < 0 OR enabled = $6) "                                 \
  "AND ($7 = '' OR LOWER(ui_button_title) LIKE $7 ESCAPE '!' "                               \
  "OR LOWER(provider_key) LIKE $7 ESCAPE '!' OR LOWER(key_id) LIKE $7 ESCAPE '!' "           \
  "OR 'conn_' || id LIKE $7 ESCAPE '!' OR EXISTS (SELECT 1 FROM organizations n "            \
  "WHERE n.id = organization_id AND LOWER(n.display_name) LIKE $7 ESCAPE '!')) "

constexpr Sql older_sql{"connections.search_older",
                        GATEHOUSE_CONNECTION_SUMMARIES(
                            "SELECT * FROM connections WHERE " GATEHOUSE_CONNECTION_CONDITIONS
                            "AND id < $8 ORDER BY id DESC LIMIT $9",
                            "DESC")};
constexpr Sql newer_sql{"connections.search_newer",
                        GATEHOUSE_CONNECTION_SUMMARIES(
                            "SELECT * FROM connections WHERE " GATEHOUSE_CONNECTION_CONDITIONS
                            "AND id > $8 ORDER BY id ASC LIMIT $9",
                            "ASC")};
constexpr Sql count_sql{"connections.search_count",
                        "SELECT COUNT(*) FROM connections WHERE " GATEHOUSE_CONNECTION_CONDITIONS};

ConnectionSummary summary_from_row(const Row& row) {
  return {.id = row.id<ConnectionId>(0),
          .organization = row.optional_id<OrgId>(1),
          .organization_name = row.string(2),
          .type = connection_types.stored(row.text(3)),
          .provider = provider_names.stored(row.text(4)),
          .provider_key = row.string(5),
          .key_id = row.string(6),
          .status = status_names.stored(row.text(7)),
          .is_enabled = row.integer(8) != 0,
          .ui_button_title = row.string(9),
          .created_at = row.instant(10),
          .domains = {}};
}

Result<std::vector<ConnectionSummary>, Error> select_summaries(Transaction& transaction,
                                                               const Sql& sql, Params params) {
  std::vector<ConnectionSummary> all;
  TRY(transaction.query(sql, params, [&](const Row& row) {
    if (all.empty() || all.back().id != row.id<ConnectionId>(0)) {
      all.push_back(summary_from_row(row));
    }
    if (!row.is_null(11)) all.back().domains.push_back(row.string(11));
  }));
  return all;
}

int least_enabled(Include include) { return include == Include::active ? 1 : 0; }

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string like_pattern(std::string_view text) {
  if (text.empty()) return {};
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return pattern + "%";
}

}  // namespace

Result<std::vector<ConnectionSummary>, Error> list_of_organization(Transaction& transaction,
                                                                   EnvironmentId environment,
                                                                   OrgId organization,
                                                                   Include include) {
  auto found = TRY(select_summaries(transaction, of_organization_sql,
                                    {environment, organization, least_enabled(include)}));
  if (found.empty() &&
      !TRY(orgs::find_organization(transaction, environment, organization)).has_value()) {
    return refusal(ErrorCode::not_found, "organization not found");
  }
  return found;
}

Result<std::vector<ConnectionSummary>, Error> list_of_domain(Transaction& transaction,
                                                             EnvironmentId environment,
                                                             std::string_view domain,
                                                             Include include) {
  const auto name = orgs::DomainName::parse(domain);
  if (!name.has_value()) return std::vector<ConnectionSummary>();
  return select_summaries(transaction, of_domain_sql,
                          {environment, name->text(), least_enabled(include)});
}

Result<Page<ConnectionSummary>, Error> search(Transaction& transaction, EnvironmentId environment,
                                              const ConnectionFilter& filter,
                                              const PageQuery& query) {
  const auto whose = static_cast<int>(filter.whose);
  const std::string_view status =
      filter.status.has_value() ? status_names.name(*filter.status) : "";
  const std::string_view type = filter.type.has_value() ? connection_types.name(*filter.type) : "";
  const int enabled = filter.is_enabled.has_value() ? int{*filter.is_enabled} : -1;
  const std::string provider = upper_case(filter.provider);
  const std::string pattern = like_pattern(filter.text);
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t from =
      query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  auto found = TRY(select_summaries(
      transaction, is_older ? older_sql : newer_sql,
      {environment, whose, provider, status, type, enabled, pattern, from, query.limit + 1}));
  auto page = make_page(query, std::move(found),
                        [](const ConnectionSummary& summary) { return summary.id.number(); });
  const auto total = TRY(
      transaction.find(count_sql, {environment, whose, provider, status, type, enabled, pattern},
                       [](const Row& row) { return row.integer(0); }));
  page.total = total.value_or(0);
  return page;
}

}  // namespace gatehouse::connections
