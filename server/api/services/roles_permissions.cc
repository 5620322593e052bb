// RolesService: permissions, and those of the environment's roles.

#include "server/api/convert.h"
#include "server/api/services/roles_encode.h"
#include "server/api/services/roles_parts.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Empty;
using storage::Transaction;

rbac::PermissionText decode_text(const wire::CreatePermission& message) {
  return {.name = message.name(), .description = message.description()};
}

Result<wire::CreatePermissionResponse, Error> create_permission(
    const Call& call, const wire::CreatePermissionRequest& request) {
  const auto permission = TRY(call.write([&](Transaction& transaction) {
    return rbac::create_permission(transaction, call.environment(), call.context, call.deps.random,
                                   decode_text(request.permission()));
  }));
  wire::CreatePermissionResponse response;
  encode_permission(permission, *response.mutable_permission());
  return response;
}

Result<wire::GetPermissionResponse, Error> get_permission(
    const Call& call, const wire::GetPermissionRequest& request) {
  const auto permission = TRY(call.read([&](Transaction& transaction) {
    return rbac::get_permission(transaction, call.environment(), request.permission_name());
  }));
  wire::GetPermissionResponse response;
  encode_permission(permission, *response.mutable_permission());
  return response;
}

Result<wire::UpdatePermissionResponse, Error> update_permission(
    const Call& call, const wire::UpdatePermissionRequest& request) {
  if (request.permission().name() != request.permission_name()) {
    return refusal(ErrorCode::invalid_argument, "a permission's name cannot be changed",
                   "permission.name");
  }
  const auto permission = TRY(call.write([&](Transaction& transaction) {
    return rbac::update_permission(transaction, call.environment(), call.context, call.deps.random,
                                   decode_text(request.permission()));
  }));
  wire::UpdatePermissionResponse response;
  encode_permission(permission, *response.mutable_permission());
  return response;
}

rbac::PermissionKind kind_of(wire::PermissionType type) {
  switch (type) {
    case wire::SCALEKIT: return rbac::PermissionKind::built_in;
    case wire::ENVIRONMENT: return rbac::PermissionKind::own;
    default: return rbac::PermissionKind::any;
  }
}

Result<wire::ListPermissionsResponse, Error> list_permissions(
    const Call& call, const wire::ListPermissionsRequest& request) {
  const PageQuery query =
      TRY(page_query(request.page_size(), request.page_token(), {.standard = 100, .max = 100}));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return rbac::list_permissions(transaction, call.environment(), kind_of(request.type()), query);
  }));
  wire::ListPermissionsResponse response;
  encode_permissions(page.items, *response.mutable_permissions());
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<Empty, Error> delete_permission(const Call& call,
                                       const wire::DeletePermissionRequest& request) {
  TRY(call.write([&](Transaction& transaction) {
    return rbac::delete_permission(transaction, call.environment(), call.context, call.deps.random,
                                   request.permission_name());
  }));
  return Empty();
}

Result<wire::ListRolePermissionsResponse, Error> list_role_permissions(
    const Call& call, const wire::ListRolePermissionsRequest& request) {
  const auto permissions = TRY(call.read([&](Transaction& transaction) {
    return rbac::list_permissions_of(transaction, call.environment(), request.role_name(),
                                     rbac::Reach::own);
  }));
  wire::ListRolePermissionsResponse response;
  encode_permissions(permissions, *response.mutable_permissions());
  return response;
}

Result<wire::ListEffectiveRolePermissionsResponse, Error> list_effective_role_permissions(
    const Call& call, const wire::ListEffectiveRolePermissionsRequest& request) {
  const auto permissions = TRY(call.read([&](Transaction& transaction) {
    return rbac::list_permissions_of(transaction, call.environment(), request.role_name(),
                                     rbac::Reach::effective);
  }));
  wire::ListEffectiveRolePermissionsResponse response;
  encode_permissions(permissions, *response.mutable_permissions());
  return response;
}

Result<wire::AddPermissionsToRoleResponse, Error> add_permissions_to_role(
    const Call& call, const wire::AddPermissionsToRoleRequest& request) {
  const rbac::RoleGrant grant{
      .role_name = request.role_name(),
      .permission_names = {request.permission_names().begin(), request.permission_names().end()}};
  const auto permissions = TRY(call.write([&](Transaction& transaction) {
    return rbac::add_permissions(transaction, call.environment(), call.context, call.deps.random,
                                 grant);
  }));
  wire::AddPermissionsToRoleResponse response;
  encode_permissions(permissions, *response.mutable_permissions());
  return response;
}

Result<Empty, Error> remove_permission_from_role(
    const Call& call, const wire::RemovePermissionFromRoleRequest& request) {
  const rbac::RolePermissionName which{.role_name = request.role_name(),
                                       .permission_name = request.permission_name()};
  TRY(call.write([&](Transaction& transaction) {
    return rbac::remove_permission(transaction, call.environment(), call.context, call.deps.random,
                                   which);
  }));
  return Empty();
}

}  // namespace

void add_permissions(Methods::Service& service) {
  service.write("CreatePermission", create_permission);
  service.read("GetPermission", get_permission);
  service.write("UpdatePermission", update_permission);
  service.read("ListPermissions", list_permissions);
  service.write("DeletePermission", delete_permission);
  service.read("ListRolePermissions", list_role_permissions);
  service.read("ListEffectiveRolePermissions", list_effective_role_permissions);
  service.write("AddPermissionsToRole", add_permissions_to_role);
  service.write("RemovePermissionFromRole", remove_permission_from_role);
}

}  // namespace gatehouse::api
