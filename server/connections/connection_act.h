// What every act on a connection leaves behind: an audit record, and an event where the connection
// is an organization's.

#pragma once

#include "server/audit/record.h"
#include "server/connections/connection.h"

namespace gatehouse::connections {

struct Act {
  audit::Event audited;
  std::string_view event;  // its type; empty: nobody is told
  const Connection& connection;
};
Result<Unit, Error> note_act(storage::Transaction& transaction, EnvironmentId environment,
                             const Context& context, Random& random, const Act& act);

[[nodiscard]] Error key_is_taken();

}  // namespace gatehouse::connections
