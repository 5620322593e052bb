// Searching users by the beginning of what they are known by.

#include "server/users/search_store.h"

#include <limits>

#include "server/encoding/utf8.h"
#include "server/users/search_key.h"
#include "server/users/user.h"

namespace gatehouse::users {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql search_older_sql{"users.search_older",
                               "SELECT id FROM (" GATEHOUSE_MATCHING_USERS
                               ") AS found WHERE id < $7 ORDER BY id DESC LIMIT $8"};
constexpr Sql search_newer_sql{"users.search_newer",
                               "SELECT id FROM (" GATEHOUSE_MATCHING_USERS
                               ") AS found WHERE id > $7 ORDER BY id LIMIT $8"};
constexpr Sql count_matches_sql{"users.count_matches",
                                "SELECT COUNT(*) FROM (" GATEHOUSE_MATCHING_USERS ") AS found"};

}  // namespace

SearchQuery make_search_query(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty() || !is_utf8(text)) return {};  // empty ranges
  std::string folded = search_key(text);
  std::string folded_end = end_of_prefix(folded);
  return {.folded_from = std::move(folded),
          .folded_to = std::move(folded_end),
          .exact_from = std::string(text),
          .exact_to = end_of_prefix(text)};
}

Result<Page<UserId>, Error> search(Transaction& transaction, EnvironmentId environment,
                                   std::string_view query, const PageQuery& page) {
  const SearchQuery wanted = make_search_query(query);
  const bool is_older = page.direction == PageQuery::Direction::older;
  const std::int64_t from =
      page.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  auto found =
      TRY(transaction.list(is_older ? search_older_sql : search_newer_sql,
                           {environment, wanted.folded_from, wanted.folded_to, wanted.exact_from,
                            wanted.exact_to, search_matches_max, from, page.limit + 1},
                           [](const Row& row) { return row.id<UserId>(0); }));
  auto made = make_page(page, std::move(found), [](UserId id) { return id.number(); });
  const auto total = TRY(transaction.find(count_matches_sql,
                                          {environment, wanted.folded_from, wanted.folded_to,
                                           wanted.exact_from, wanted.exact_to, search_matches_max},
                                          [](const Row& row) { return row.integer(0); }));
  made.total = total.value_or(0);
  return made;
}

}  // namespace gatehouse::users
