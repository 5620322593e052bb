// Writing and listing events.

#include "server/events/event.h"

#include <algorithm>
#include <limits>

#include "server/events/event_store.h"

namespace gatehouse::events {
namespace {

constexpr std::size_t type_bytes_max = 100;
constexpr std::size_t mention_bytes_max = 100;

// Ids sort by time, so a stretch of time is a stretch of ids. Nothing is younger than the last
// instant that an id can hold, and nothing older than the first.
constexpr Instant first_instant = instant_from_ms(0);
constexpr Instant last_instant = instant_from_ms(3'900'000'000'000);

std::int64_t first_number_from(Instant instant) {
  return least_id_number(std::clamp(instant, first_instant, last_instant));
}

// `text` as it stands, within a LIKE pattern whose escape character is "!".
std::string as_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern;
}

Result<Selection, Error> selection_of(const EventFilter& filter) {
  if (filter.types.size() > types_max) {
    return refusal(ErrorCode::invalid_argument, "too many event types");
  }
  Selection selection{.above = 0,
                      .below = std::numeric_limits<std::int64_t>::max(),
                      .organization = filter.organization,
                      .types = {},
                      .source = filter.source,
                      .mention = {}};
  if (filter.after.has_value()) selection.above = first_number_from(*filter.after) - 1;
  if (filter.before.has_value()) selection.below = first_number_from(*filter.before);
  for (const std::string& type : filter.types) {
    if (type.size() > type_bytes_max) {
      return refusal(ErrorCode::invalid_argument, "an event type is too long");
    }
    selection.types += (selection.types.empty() ? "," : "") + type + ",";
  }
  if (filter.mentions.has_value()) {
    if (filter.mentions->size() > mention_bytes_max) {
      return refusal(ErrorCode::invalid_argument, "an id is too long");
    }
    selection.mention = "%\"" + as_pattern(*filter.mentions) + "\"%";
  }
  return selection;
}

}  // namespace

Result<EventId, Error> record(storage::Transaction& transaction, EnvironmentId environment,
                              const Context& context, Random& random, const NewEvent& event) {
  const EventId id = EventId::make(random, context.now);
  TRY(insert_event(transaction, environment, {.id = id, .occurred_at = context.now}, event));
  return id;
}

std::string display_name(std::string_view type) {
  std::string name;
  while (!type.empty()) {
    const std::size_t end = std::min(type.find_first_of("._"), type.size());
    std::string word(type.substr(0, end));
    type.remove_prefix(std::min(end + 1, type.size()));
    if (word.empty()) continue;
    const bool is_acronym = word == "sso" || word == "dns";
    for (std::size_t i = 0; i < (is_acronym ? word.size() : 1); ++i) {
      if (word[i] >= 'a' && word[i] <= 'z') word[i] = static_cast<char>(word[i] - 'a' + 'A');
    }
    name += (name.empty() ? "" : " ") + word;
  }
  return name;
}

Result<Page<Event>, Error> list(storage::Transaction& transaction, EnvironmentId environment,
                                const EventFilter& filter, const PageQuery& query) {
  const Selection all = TRY(selection_of(filter));
  Selection beyond = all;
  const bool is_older = query.direction == PageQuery::Direction::older;
  if (query.from.has_value()) {
    if (is_older) beyond.below = std::min(beyond.below, *query.from);
    if (!is_older) beyond.above = std::max(beyond.above, *query.from);
  }
  auto found =
      TRY(find_events(transaction, environment, beyond,
                      is_older ? Nearest::newest : Nearest::oldest, std::int64_t{query.limit} + 1));
  auto page =
      make_page(query, std::move(found), [](const Event& event) { return event.id.number(); });
  if (filter.total == EventFilter::Total::counted) {
    page.total = TRY(count_events(transaction, environment, all));
  }
  return page;
}

}  // namespace gatehouse::events
