#include "server/api/services/roles_encode.h"

#include <unordered_map>

#include "server/api/convert.h"

namespace gatehouse::api {
namespace {

void encode_role_permission(const rbac::RolePermission& held, wire::RolePermission& message) {
  message.set_id(held.permission.id.text());
  message.set_name(held.permission.name);
  message.set_description(held.permission.description);
  *message.mutable_create_time() = to_timestamp(held.permission.created_at);
  *message.mutable_update_time() = to_timestamp(held.permission.updated_at);
  message.set_role_name(held.from);
}

}  // namespace

void encode_role(const rbac::Role& role, wire::Role& message) {
  message.set_id(role.id.text());
  message.set_name(role.name);
  message.set_display_name(role.display_name);
  message.set_description(role.description);
  message.set_default_creator(role.is_default_creator);
  message.set_default_member(role.is_default_member);
  if (role.extends.has_value()) message.set_extends(*role.extends);
  message.set_dependent_roles_count(static_cast<std::int32_t>(role.dependents_count));
  message.set_is_org_role(role.organization.has_value());
}

void encode_permission(const rbac::Permission& permission, wire::Permission& message) {
  message.set_id(permission.id.text());
  message.set_name(permission.name);
  message.set_description(permission.description);
  *message.mutable_create_time() = to_timestamp(permission.created_at);
  *message.mutable_update_time() = to_timestamp(permission.updated_at);
  message.set_is_scalekit_permission(permission.is_built_in());
}

void encode_permissions(const std::vector<rbac::Permission>& permissions,
                        google::protobuf::RepeatedPtrField<wire::Permission>& messages) {
  for (const rbac::Permission& permission : permissions) {
    encode_permission(permission, *messages.Add());
  }
}

std::optional<rbac::Reach> reach_of(std::string_view include) {
  if (include == "permissions") return rbac::Reach::own;
  if (include == "permissions:all") return rbac::Reach::effective;
  return std::nullopt;
}

Result<Unit, Error> show_role(storage::Transaction& transaction, EnvironmentId environment,
                              const rbac::Role& role, const Showing& showing, wire::Role& message) {
  encode_role(role, message);
  if (!showing.reach.has_value()) return Unit{};
  const auto held = TRY(rbac::list_role_permissions(
      transaction, environment,
      {.organization = showing.organization, .role = role.id, .reach = *showing.reach}));
  for (const rbac::RolePermission& each : held) {
    encode_role_permission(each, *message.add_permissions());
  }
  return Unit{};
}

Result<Unit, Error> show_roles(storage::Transaction& transaction, EnvironmentId environment,
                               const std::vector<rbac::Role>& roles, const Showing& showing,
                               google::protobuf::RepeatedPtrField<wire::Role>& messages) {
  std::unordered_map<RoleId, wire::Role*> by_id;
  for (const rbac::Role& role : roles) {
    wire::Role* message = messages.Add();
    encode_role(role, *message);
    by_id.emplace(role.id, message);
  }
  if (!showing.reach.has_value()) return Unit{};
  const auto held = TRY(rbac::list_role_permissions(
      transaction, environment, {.organization = showing.organization, .reach = *showing.reach}));
  for (const rbac::RolePermission& each : held) {
    const auto role = by_id.find(each.role);
    if (role != by_id.end()) encode_role_permission(each, *role->second->add_permissions());
  }
  return Unit{};
}

rbac::RoleChange decode_change(const wire::UpdateRole& message) {
  rbac::RoleChange change;
  if (message.has_display_name()) change.display_name = message.display_name();
  if (message.has_description()) change.description = message.description();
  if (message.has_extends()) change.extends = message.extends();
  change.permissions = {message.permissions().begin(), message.permissions().end()};
  return change;
}

}  // namespace gatehouse::api
