#include "server/directories/directory_act.h"

#include "server/encoding/json.h"
#include "server/events/event.h"

namespace gatehouse::directories {
namespace {

std::string event_data(const Directory& directory) {
  std::string data;
  JsonWriter(data)
      .begin_object()
      .field("id", directory.id.text())
      .field("organization_id", directory.organization.text())
      .field("directory_type", directory_types.name(directory.type))
      .field("provider", provider_names.name(directory.provider))
      .field("enabled", directory.is_enabled)
      .field("updated_at", to_rfc3339(directory.updated_at))
      .end_object();
  return data;
}

}  // namespace

Result<Unit, Error> note_act(storage::Transaction& transaction, EnvironmentId environment,
                             const Context& context, Random& random, const Act& act) {
  TRY(audit::record(transaction, environment, context, random,
                    {.event = act.audited,
                     .subject_type = "directory",
                     .subject_id = act.directory.id.text(),
                     .organization = act.directory.organization}));
  if (act.event.empty()) return Unit{};
  TRY(events::record(transaction, environment, context, random,
                     {.type = act.event,
                      .object = "Directory",
                      .organization = act.directory.organization,
                      .data = event_data(act.directory)}));
  return Unit{};
}

}  // namespace gatehouse::directories
