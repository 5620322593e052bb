// Roles and permissions as messages.

#pragma once

#include "scalekit/v1/roles/roles.pb.h"
#include "server/api/call.h"
#include "server/rbac/definition.h"

namespace gatehouse::api {

namespace wire = scalekit::v1::roles;

void encode_role(const rbac::Role& role, wire::Role& message);
void encode_permission(const rbac::Permission& permission, wire::Permission& message);
void encode_permissions(const std::vector<rbac::Permission>& permissions,
                        google::protobuf::RepeatedPtrField<wire::Permission>& messages);

// Which permissions the caller wants to see with a role: the field `include` of a request.
[[nodiscard]] std::optional<rbac::Reach> reach_of(std::string_view include);

// Encodes roles as members of `organization` see them, or the environment; with the permissions
// that `reach` asks for, if any.
struct Showing {
  std::optional<OrgId> organization = std::nullopt;
  std::optional<rbac::Reach> reach = std::nullopt;
};
Result<Unit, Error> show_role(storage::Transaction& transaction, EnvironmentId environment,
                              const rbac::Role& role, const Showing& showing, wire::Role& message);
Result<Unit, Error> show_roles(storage::Transaction& transaction, EnvironmentId environment,
                               const std::vector<rbac::Role>& roles, const Showing& showing,
                               google::protobuf::RepeatedPtrField<wire::Role>& messages);

// What the messages for creating and changing a role have in common: RoleChange, from UpdateRole.
[[nodiscard]] rbac::RoleChange decode_change(const wire::UpdateRole& message);
// From CreateRole and CreateOrganizationRole, which have the same fields.
template <class Message>
[[nodiscard]] rbac::NewRole decode_new_role(const Message& message) {
  return {.name = message.name(),
          .display_name = message.display_name(),
          .description = message.description(),
          .extends = message.has_extends() ? std::optional(message.extends()) : std::nullopt,
          .permissions = {message.permissions().begin(), message.permissions().end()}};
}

}  // namespace gatehouse::api
