// The statements behind event.h, for the files of this module alone.

#pragma once

#include "server/events/event.h"

namespace gatehouse::events {

struct NewRow {
  EventId id;
  Instant occurred_at;
};
Result<Unit, Error> insert_event(storage::Transaction& transaction, EnvironmentId environment,
                                 const NewRow& row, const NewEvent& event);

// A filter as the statements take it: numbers of ids, both exclusive, and ready-made patterns.
struct Selection {
  std::int64_t above;
  std::int64_t below;
  std::optional<OrgId> organization;
  std::string types;  // ",one,two,"; empty: all
  Source source;
  std::string mention;  // a LIKE pattern for the data, whose escape is "!"; empty: any
};
// At most `limit` events nearest to one end of the selection.
enum class Nearest { newest, oldest };
Result<std::vector<Event>, Error> find_events(storage::Transaction& transaction,
                                              EnvironmentId environment, const Selection& selection,
                                              Nearest nearest, std::int64_t limit);
Result<std::int64_t, Error> count_events(storage::Transaction& transaction,
                                         EnvironmentId environment, const Selection& selection);

}  // namespace gatehouse::events
