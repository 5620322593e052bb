#include "server/connections/connection_act.h"

#include "server/encoding/json.h"
#include "server/events/event.h"

namespace gatehouse::connections {
namespace {

std::string event_data(const Connection& connection) {
  std::string data;
  JsonWriter(data)
      .begin_object()
      .field("id", connection.id.text())
      .field("organization_id", connection.organization->text())
      .field("connection_type", connection_types.name(connection.type))
      .field("provider", provider_names.name(connection.provider))
      .field("enabled", connection.is_enabled)
      .field("status", status_names.name(connection.status))
      .end_object();
  return data;
}

}  // namespace

Result<Unit, Error> note_act(storage::Transaction& transaction, EnvironmentId environment,
                             const Context& context, Random& random, const Act& act) {
  const Connection& connection = act.connection;
  TRY(audit::record(transaction, environment, context, random,
                    {.event = act.audited,
                     .subject_type = "connection",
                     .subject_id = connection.id.text(),
                     .organization = connection.organization}));
  if (act.event.empty() || !connection.organization.has_value()) return Unit{};
  TRY(events::record(transaction, environment, context, random,
                     {.type = act.event,
                      .object = "Connection",
                      .organization = connection.organization,
                      .data = event_data(connection)}));
  return Unit{};
}

Error key_is_taken() {
  return refusal(ErrorCode::already_exists, "another connection has this key_id already",
                 "connection.key_id");
}

}  // namespace gatehouse::connections
