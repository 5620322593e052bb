#include "server/sessions/session_event.h"

#include "server/encoding/json.h"
#include "server/events/event.h"
#include "server/sessions/device.h"

namespace gatehouse::sessions {
namespace {

void write_clients(JsonWriter& writer, const std::vector<AuthenticatedClient>& clients) {
  writer.key("authenticated_clients").begin_array();
  for (const AuthenticatedClient& client : clients) {
    writer.begin_object();
    writer.field("client_id", client.client_id);
    if (client.organization.has_value()) {
      writer.field("organization_id", client.organization->text());
    }
    writer.end_object();
  }
  writer.end_array();
}

void write_device(JsonWriter& writer, const Session& session) {
  const Device device = parse_user_agent(session.user_agent);
  writer.key("device").begin_object();
  writer.field("user_agent", session.user_agent);
  writer.field("os", device.os).field("os_version", device.os_version);
  writer.field("browser", device.browser).field("browser_version", device.browser_version);
  writer.field("device_type", device.type).field("ip", session.client_address);
  writer.end_object();
}

void write_session(JsonWriter& writer, const SessionDetails& details) {
  const Session& session = details.session;
  writer.begin_object();
  writer.field("session_id", session.id.text());
  writer.field("user_id", session.user.text());
  if (session.organization.has_value()) {
    writer.field("organization_id", session.organization->text());
  }
  writer.key("authenticated_organizations").begin_array();
  for (const OrgId organization : details.organizations()) writer.value(organization.text());
  writer.end_array();
  writer.field("status", status_name(details.status));
  writer.field("created_at", to_rfc3339(session.created_at));
  writer.field("updated_at", to_rfc3339(details.updated_at()));
  writer.field("last_active_at", to_rfc3339(session.last_active_at));
  writer.field("idle_expires_at", to_rfc3339(session.idle_expires_at));
  writer.field("absolute_expires_at", to_rfc3339(session.expires_at));
  if (details.status == Status::logout) {
    writer.field("logout_at", to_rfc3339(*details.over_at()));
  }
  write_device(writer, session);
  write_clients(writer, details.clients);
  writer.end_object();
}

}  // namespace

Result<Unit, Error> tell_of_session(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random, std::string_view type,
                                    const SessionDetails& details) {
  const auto user = TRY(users::find_details(transaction, environment, details.session.user));
  ENSURE(user.has_value());  // sessions go with their user
  std::string data;
  JsonWriter writer(data);
  writer.begin_object();
  writer.key("user");
  users::write_user(writer, *user);
  writer.key("user_session");
  write_session(writer, details);
  writer.end_object();
  TRY(events::record(transaction, environment, context, random,
                     {.type = type,
                      .object = "User",
                      .organization = details.session.organization,
                      .data = std::move(data)}));
  return Unit{};
}

}  // namespace gatehouse::sessions
