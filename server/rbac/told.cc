#include "server/rbac/told.h"

#include "server/encoding/json.h"
#include "server/events/event.h"

namespace gatehouse::rbac {
namespace {

using storage::Transaction;

std::string role_json(const Role& role) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .field("id", role.id.text())
      .field("name", role.name)
      .field("display_name", role.display_name)
      .field("description", role.description)
      .field("default_creator", role.is_default_creator)
      .field("default_member", role.is_default_member);
  if (role.extends.has_value()) json.field("extends", *role.extends);
  json.field("is_org_role", role.organization.has_value()).end_object();
  return out;
}

std::string permission_json(const Permission& permission) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .field("id", permission.id.text())
      .field("name", permission.name)
      .field("description", permission.description)
      .field("create_time", to_rfc3339(permission.created_at))
      .field("update_time", to_rfc3339(permission.updated_at))
      .field("is_scalekit_permission", permission.is_built_in())
      .end_object();
  return out;
}

struct Names {
  audit::Event of_role;
  std::string_view of_role_event;
  audit::Event of_permission;
  std::string_view of_permission_event;
};
Names names_of(Happened happened) {
  switch (happened) {
    case Happened::created:
      return {audit::Event::role_created, "role.created", audit::Event::permission_created,
              "permission.created"};
    case Happened::updated:
      return {audit::Event::role_updated, "role.updated", audit::Event::permission_updated,
              "permission.updated"};
    case Happened::deleted:
      return {audit::Event::role_deleted, "role.deleted", audit::Event::permission_deleted,
              "permission.deleted"};
  }
  ensure_failed("names_of: not a Happened");
}

}  // namespace

Result<Unit, Error> tell_of_role(Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, const Role& role,
                                 Happened happened, std::string_view detail) {
  const Names names = names_of(happened);
  std::string said = role.name;
  if (!detail.empty()) said += ": " + std::string(detail);
  TRY(audit::record(transaction, environment, context, random,
                    {.event = names.of_role,
                     .subject_type = "role",
                     .subject_id = role.id.text(),
                     .organization = role.organization,
                     .detail = std::move(said)}));
  TRY(events::record(transaction, environment, context, random,
                     {.type = names.of_role_event,
                      .object = "Role",
                      .organization = role.organization,
                      .data = role_json(role)}));
  return Unit{};
}

Result<Unit, Error> tell_of_permission(Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       const Permission& permission, Happened happened) {
  const Names names = names_of(happened);
  TRY(audit::record(transaction, environment, context, random,
                    {.event = names.of_permission,
                     .subject_type = "permission",
                     .subject_id = permission.id.text(),
                     .detail = permission.name}));
  TRY(events::record(transaction, environment, context, random,
                     {.type = names.of_permission_event,
                      .object = "Permission",
                      .data = permission_json(permission)}));
  return Unit{};
}

}  // namespace gatehouse::rbac
