// What route() and the sign-in page need to know of connections.

#include <algorithm>
#include <array>

#include "server/login/route.h"

namespace gatehouse::login {
namespace {

using connections::Provider;
using storage::Row;
using storage::Sql;
using storage::Transaction;

// Of a connection `c`, seen from the domain named $3: 0 for all domains, 1 for this one, 2 for
// others.
#define GATEHOUSE_ROUTE_REACH                                                                    \
  "CASE WHEN NOT EXISTS (SELECT 1 FROM connection_domains a WHERE a.connection_id = c.id) "      \
  "THEN 0 WHEN EXISTS (SELECT 1 FROM connection_domains a JOIN domains d ON d.id = a.domain_id " \
  "WHERE a.connection_id = c.id AND d.name = $3 "                                                \
  "AND d.verification_status IN ('VERIFIED', 'AUTO_VERIFIED')) THEN 1 ELSE 2 END"

// What `connections` has for every environment: those that applications use are no way to sign in.
#define GATEHOUSE_SOCIAL \
  "organization_id IS NULL AND type IN ('OAUTH', 'OIDC') AND (is_login = 1 OR is_app = 0)"

constexpr Sql by_provider_sql{"login.route_by_provider",
                              "SELECT id, organization_id, type, enabled, 0 FROM connections "
                              "WHERE environment_id = $1 AND " GATEHOUSE_SOCIAL
                              " AND (provider = $2 OR UPPER(provider_key) = $2) ORDER BY id DESC"};

constexpr Sql by_connection_sql{
    "login.route_by_connection",
    "SELECT id, organization_id, type, enabled, 0 FROM connections WHERE environment_id = $1 "
    "AND id = $2 AND (organization_id IS NOT NULL OR is_login = 1 OR is_app = 0)"};

// One row without a connection where the organization has none.
constexpr Sql by_organization_sql{
    "login.route_by_organization",
    "SELECT c.id, o.id, c.type, c.enabled, " GATEHOUSE_ROUTE_REACH
    " FROM organizations o LEFT JOIN connections c ON c.organization_id = o.id AND c.enabled = 1 "
    "WHERE o.environment_id = $1 AND o.id = $2 ORDER BY c.id DESC"};

constexpr Sql by_domain_sql{
    "login.route_by_domain",
    "SELECT c.id, c.organization_id, c.type, c.enabled, " GATEHOUSE_ROUTE_REACH
    " FROM domains f JOIN connections c ON c.organization_id = f.organization_id "
    "AND c.enabled = 1 WHERE f.environment_id = $1 AND f.type = $2 AND f.name = $3 "
    "AND f.verification_status IN ('VERIFIED', 'AUTO_VERIFIED') ORDER BY c.id DESC"};

constexpr Sql social_sql{"login.social_connections",
                         "SELECT id, provider, provider_key, ui_button_title FROM connections "
                         "WHERE environment_id = $1 AND enabled = 1 AND " GATEHOUSE_SOCIAL
                         " ORDER BY id"};

RouteCandidate candidate_from_row(const Row& row) {
  using Reach = RouteCandidate::Reach;
  static constexpr std::array reaches{Reach::all_domains, Reach::this_domain, Reach::other_domains};
  return {.id = row.id<ConnectionId>(0),
          .organization = row.optional_id<OrgId>(1),
          .type = connections::connection_types.stored(row.text(2)),
          .state = row.integer(3) != 0 ? RouteCandidate::State::enabled
                                       : RouteCandidate::State::disabled,
          .reach = reaches.at(static_cast<std::size_t>(row.integer(4)))};
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

Result<RouteFacts, Error> of_connection(Transaction& transaction, EnvironmentId environment,
                                        const RouteHints& hints) {
  const auto id = ConnectionId::parse(hints.connection);
  if (!id.has_value()) return RouteFacts{};
  RouteFacts facts;
  facts.candidates =
      TRY(transaction.list(by_connection_sql, {environment, *id}, candidate_from_row));
  return facts;
}

Result<RouteFacts, Error> of_organization(Transaction& transaction, EnvironmentId environment,
                                          const RouteHints& hints) {
  const auto id = OrgId::parse(hints.organization);
  if (!id.has_value()) return RouteFacts{};
  const std::string domain = domain_of(hints);
  RouteFacts facts;
  TRY(transaction.query(by_organization_sql, {environment, *id, domain}, [&](const Row& row) {
    facts.organization = RouteFacts::Organization::present;
    if (!row.is_null(0)) facts.candidates.push_back(candidate_from_row(row));
  }));
  return facts;
}

Result<RouteFacts, Error> of_domain(Transaction& transaction, EnvironmentId environment,
                                    const RouteHints& hints) {
  const std::string domain = domain_of(hints);
  if (domain.empty()) return RouteFacts{};
  RouteFacts facts;
  facts.candidates = TRY(transaction.list(
      by_domain_sql, {environment, orgs::domain_types.name(orgs::DomainType::organization), domain},
      candidate_from_row));
  return facts;
}

// The well-known ones have their place; all others come after them.
std::size_t place_of(const SocialConnection& connection) {
  static constexpr std::array order{Provider::google, Provider::microsoft, Provider::github,
                                    Provider::gitlab, Provider::linkedin,  Provider::salesforce};
  const auto found = std::ranges::find(order, connection.provider);
  return static_cast<std::size_t>(found - order.begin());
}

SocialConnection social_from_row(const Row& row) {
  SocialConnection connection{.id = row.id<ConnectionId>(0),
                              .provider = connections::provider_names.stored(row.text(1)),
                              .title = row.string(3)};
  if (!connection.title.empty()) return connection;
  const std::string name = provider_title(connection.provider, row.text(2));
  connection.title = "Continue with " + (name.empty() ? "single sign-on" : name);
  return connection;
}

}  // namespace

Result<RouteFacts, Error> load_route_facts(Transaction& transaction, EnvironmentId environment,
                                           const RouteHints& hints) {
  switch (selector_of(hints)) {
    case RouteSelector::none: return RouteFacts{};
    case RouteSelector::provider: {
      const std::string provider = upper_case(hints.provider);
      RouteFacts facts;
      facts.candidates =
          TRY(transaction.list(by_provider_sql, {environment, provider}, candidate_from_row));
      return facts;
    }
    case RouteSelector::connection: return of_connection(transaction, environment, hints);
    case RouteSelector::organization: return of_organization(transaction, environment, hints);
    case RouteSelector::domain: return of_domain(transaction, environment, hints);
  }
  ensure_failed("load_route_facts: not a RouteSelector");
}

Result<std::vector<SocialConnection>, Error> social_connections(Transaction& transaction,
                                                                EnvironmentId environment) {
  auto all = TRY(transaction.list(social_sql, {environment}, social_from_row));
  std::stable_sort(all.begin(), all.end(),
                   [](const SocialConnection& a, const SocialConnection& b) {
                     return place_of(a) < place_of(b);
                   });
  return all;
}

}  // namespace gatehouse::login
