// One page of a list that is ordered by id, newest first: every list of the management API.
//
// A page is asked for by a position (the id at which the last page ended) and a direction, so it
// stays right while rows come and go: nothing that exists throughout is shown twice or left out.

#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace gatehouse {

struct PageQuery {
  enum class Direction { older, newer };
  Direction direction = Direction::older;
  // Exclusive: rows with a smaller number (older) or a greater one (newer). Absent: the newest.
  std::optional<std::int64_t> from = std::nullopt;
  int limit = 10;
};

template <class Item>
struct Page {
  std::vector<Item> items;  // newest first, whatever the direction of the query
  // Where the page of older and of newer rows begins; absent where there is none.
  std::optional<std::int64_t> older = std::nullopt;
  std::optional<std::int64_t> newer = std::nullopt;
  std::int64_t total = 0;  // of the whole list
};

// Makes a page of what a statement found: at most `limit + 1` rows beyond `query.from`, nearest to
// it first. The row too many only says that there are more. `number_of` gives an item's id number.
template <class Item, class NumberOf>
[[nodiscard]] Page<Item> make_page(const PageQuery& query, std::vector<Item> found,
                                   NumberOf number_of) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  const auto limit = static_cast<std::size_t>(query.limit);
  const bool has_more = found.size() > limit;
  if (has_more) found.erase(found.begin() + query.limit, found.end());
  if (!is_older) {
    for (std::size_t i = 0; i < found.size() / 2; ++i) {
      std::swap(found[i], found[found.size() - 1 - i]);
    }
  }
  Page<Item> page;
  if (!found.empty()) {
    if (is_older ? has_more : query.from.has_value()) page.older = number_of(found.back());
    if (is_older ? query.from.has_value() : has_more) page.newer = number_of(found.front());
  }
  page.items = std::move(found);
  return page;
}

}  // namespace gatehouse
