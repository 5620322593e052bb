// What a search compares with, for the statements of this module and of those above.

#pragma once

#include <string>
#include <string_view>

namespace gatehouse::users {

// Two half-open ranges in the order of bytes: of folded texts (addresses, names), and of texts as
// they were given (external ids).
struct SearchQuery {
  std::string folded_from;
  std::string folded_to;
  std::string exact_from;
  std::string exact_to;
};

// Outer blanks of `text` do not count. Finds nothing if nothing else is in it.
[[nodiscard]] SearchQuery make_search_query(std::string_view text);

}  // namespace gatehouse::users

// The ids of users of environment $1 that match the query in $2 to $5, at most $6 by each index.
#define GATEHOUSE_MATCHING_USERS /* tidy: allow sql-place: shared by two stores */ \
  "SELECT id FROM (SELECT e.id FROM users e WHERE e.environment_id = $1 "          \
  "AND e.email >= $2 AND e.email < $3 ORDER BY e.email LIMIT $6) AS by_email "     \
  "UNION SELECT id FROM (SELECT n.id FROM users n WHERE n.environment_id = $1 "    \
  "AND n.search_name >= $2 AND n.search_name < $3 AND n.search_name <> '' "        \
  "ORDER BY n.search_name, n.id LIMIT $6) AS by_name "                             \
  "UNION SELECT id FROM (SELECT f.id FROM users f WHERE f.environment_id = $1 "    \
  "AND f.search_family >= $2 AND f.search_family < $3 AND f.search_family <> '' "  \
  "ORDER BY f.search_family, f.id LIMIT $6) AS by_family "                         \
  "UNION SELECT id FROM (SELECT x.id FROM users x WHERE x.environment_id = $1 "    \
  "AND x.external_id >= $4 AND x.external_id < $5 ORDER BY x.external_id LIMIT $6) AS by_external"
