// Searching the members of one organization. See view.h for what is looked at.

#include "server/users/search_store.h"

#include <limits>

#include "server/members/view_store.h"

namespace gatehouse::members {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql count_some_sql{
    "members.count_some",
    "SELECT COUNT(*) FROM (SELECT 1 FROM memberships "
    "WHERE environment_id = $1 AND organization_id = $2 LIMIT $3) AS counted"};

// Member by member. $6 is the same limit as in the statements below, and not reached.
#define GATEHOUSE_EVERY_MATCH                                                    \
  "SELECT m.user_id AS id FROM memberships m CROSS JOIN users u "                \
  "WHERE u.id = m.user_id AND m.environment_id = $1 AND m.organization_id = $7 " \
  "AND ((u.email >= $2 AND u.email < $3) "                                       \
  "OR (u.search_name >= $2 AND u.search_name < $3) "                             \
  "OR (u.search_family >= $2 AND u.search_family < $3) "                         \
  "OR (u.external_id >= $4 AND u.external_id < $5)) LIMIT $6"
// Match by match.
#define GATEHOUSE_FIRST_MATCHES                           \
  "SELECT found.id AS id FROM (" GATEHOUSE_MATCHING_USERS \
  ") AS found CROSS JOIN memberships m "                  \
  "WHERE m.organization_id = $7 AND m.user_id = found.id AND m.environment_id = $1"

constexpr Sql every_older_sql{"members.search_every_older",
                              "SELECT id FROM (" GATEHOUSE_EVERY_MATCH
                              ") AS matching WHERE id < $8 ORDER BY id DESC LIMIT $9"};
constexpr Sql every_newer_sql{"members.search_every_newer",
                              "SELECT id FROM (" GATEHOUSE_EVERY_MATCH
                              ") AS matching WHERE id > $8 ORDER BY id LIMIT $9"};
constexpr Sql every_count_sql{"members.search_every_count",
                              "SELECT COUNT(*) FROM (" GATEHOUSE_EVERY_MATCH ") AS matching"};
constexpr Sql first_older_sql{"members.search_first_older",
                              "SELECT id FROM (" GATEHOUSE_FIRST_MATCHES
                              ") AS matching WHERE id < $8 ORDER BY id DESC LIMIT $9"};
constexpr Sql first_newer_sql{"members.search_first_newer",
                              "SELECT id FROM (" GATEHOUSE_FIRST_MATCHES
                              ") AS matching WHERE id > $8 ORDER BY id LIMIT $9"};
constexpr Sql first_count_sql{"members.search_first_count",
                              "SELECT COUNT(*) FROM (" GATEHOUSE_FIRST_MATCHES ") AS matching"};

struct Statements {
  const Sql& older;
  const Sql& newer;
  const Sql& count;
};
constexpr Statements every_statements{every_older_sql, every_newer_sql, every_count_sql};
constexpr Statements first_statements{first_older_sql, first_newer_sql, first_count_sql};

}  // namespace

Result<bool, Error> has_more_members(Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, int count) {
  const auto found = TRY(transaction.find(count_some_sql, {environment, organization, count + 1},
                                          [](const Row& row) { return row.integer(0); }));
  return found.value_or(0) > count;
}

Result<Page<UserId>, Error> search_members(Transaction& transaction, EnvironmentId environment,
                                           OrgId organization, std::string_view text,
                                           const PageQuery& query, Scan scan) {
  const Statements& statements = scan == Scan::members ? every_statements : first_statements;
  const users::SearchQuery wanted = users::make_search_query(text);
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t from =
      query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  auto found = TRY(
      transaction.list(is_older ? statements.older : statements.newer,
                       {environment, wanted.folded_from, wanted.folded_to, wanted.exact_from,
                        wanted.exact_to, scanned_matches_max, organization, from, query.limit + 1},
                       [](const Row& row) { return row.id<UserId>(0); }));
  auto page = make_page(query, std::move(found), [](UserId id) { return id.number(); });
  const auto total =
      TRY(transaction.find(statements.count,
                           {environment, wanted.folded_from, wanted.folded_to, wanted.exact_from,
                            wanted.exact_to, scanned_matches_max, organization},
                           [](const Row& row) { return row.integer(0); }));
  page.total = total.value_or(0);
  return page;
}

}  // namespace gatehouse::members
