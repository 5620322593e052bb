// RolesService: the roles of an organization.

#include "server/api/convert.h"
#include "server/api/services/roles_encode.h"
#include "server/api/services/roles_parts.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Empty;
using storage::Transaction;

// The role that a request names by `org_id` and `role_name`.
template <class Request>
Result<rbac::RoleName, Error> role_in(const Request& request) {
  const auto organization = TRY(parse_id<OrgId>(request.org_id(), "org_id"));
  return rbac::RoleName{.organization = organization, .name = request.role_name()};
}

Result<wire::CreateOrganizationRoleResponse, Error> create_organization_role(
    const Call& call, const wire::CreateOrganizationRoleRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.org_id(), "org_id"));
  rbac::NewRole wanted = decode_new_role(request.role());
  wanted.organization = organization;
  return call.write(
      [&](Transaction& transaction) -> Result<wire::CreateOrganizationRoleResponse, Error> {
        const auto role = TRY(rbac::create_role(transaction, call.environment(), call.context,
                                                call.deps.random, wanted));
        wire::CreateOrganizationRoleResponse response;
        TRY(show_role(transaction, call.environment(), role,
                      {.organization = organization, .reach = rbac::Reach::own},
                      *response.mutable_role()));
        return response;
      });
}

Result<wire::UpdateOrganizationRoleResponse, Error> update_organization_role(
    const Call& call, const wire::UpdateOrganizationRoleRequest& request) {
  const auto which = TRY(role_in(request));
  return call.write(
      [&](Transaction& transaction) -> Result<wire::UpdateOrganizationRoleResponse, Error> {
        const auto role =
            TRY(rbac::update_role(transaction, call.environment(), call.context, call.deps.random,
                                  which, decode_change(request.role())));
        wire::UpdateOrganizationRoleResponse response;
        TRY(show_role(transaction, call.environment(), role,
                      {.organization = which.organization, .reach = rbac::Reach::own},
                      *response.mutable_role()));
        return response;
      });
}

Result<wire::GetOrganizationRoleResponse, Error> get_organization_role(
    const Call& call, const wire::GetOrganizationRoleRequest& request) {
  const auto which = TRY(role_in(request));
  return call.read(
      [&](Transaction& transaction) -> Result<wire::GetOrganizationRoleResponse, Error> {
        const auto role = TRY(rbac::get_role(transaction, call.environment(), which));
        wire::GetOrganizationRoleResponse response;
        TRY(show_role(transaction, call.environment(), role,
                      {.organization = which.organization, .reach = reach_of(request.include())},
                      *response.mutable_role()));
        return response;
      });
}

Result<wire::ListOrganizationRolesResponse, Error> list_organization_roles(
    const Call& call, const wire::ListOrganizationRolesRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.org_id(), "org_id"));
  return call.read(
      [&](Transaction& transaction) -> Result<wire::ListOrganizationRolesResponse, Error> {
        const auto roles = TRY(rbac::list_roles_in(transaction, call.environment(), organization));
        wire::ListOrganizationRolesResponse response;
        TRY(show_roles(transaction, call.environment(), roles,
                       {.organization = organization, .reach = reach_of(request.include())},
                       *response.mutable_roles()));
        return response;
      });
}

Result<Empty, Error> delete_organization_role(const Call& call,
                                              const wire::DeleteOrganizationRoleRequest& request) {
  auto which = TRY(role_in(request));
  rbac::RoleDeletion deletion{.which = std::move(which)};
  if (request.has_reassign_role_name()) deletion.reassign_to = request.reassign_role_name();
  return call.write([&](Transaction& transaction) -> Result<Empty, Error> {
    TRY(rbac::delete_role(transaction, call.environment(), call.context, call.deps.random,
                          deletion));
    return Empty();
  });
}

Result<wire::GetOrganizationRoleUsersCountResponse, Error> get_organization_role_users_count(
    const Call& call, const wire::GetOrganizationRoleUsersCountRequest& request) {
  const auto which = TRY(role_in(request));
  return call.read(
      [&](Transaction& transaction) -> Result<wire::GetOrganizationRoleUsersCountResponse, Error> {
        wire::GetOrganizationRoleUsersCountResponse response;
        const auto count = TRY(rbac::count_users(transaction, call.environment(), which));
        response.set_count(count);
        return response;
      });
}

Result<wire::UpdateDefaultOrganizationRolesResponse, Error> update_default_organization_roles(
    const Call& call, const wire::UpdateDefaultOrganizationRolesRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.org_id(), "org_id"));
  return call.write(
      [&](Transaction& transaction) -> Result<wire::UpdateDefaultOrganizationRolesResponse, Error> {
        const auto role =
            TRY(rbac::set_default_role(transaction, call.environment(), organization, call.context,
                                       call.deps.random, request.default_member_role()));
        wire::UpdateDefaultOrganizationRolesResponse response;
        encode_role(role, *response.mutable_default_member());
        return response;
      });
}

Result<Empty, Error> delete_organization_role_base(
    const Call& call, const wire::DeleteOrganizationRoleBaseRequest& request) {
  const auto which = TRY(role_in(request));
  return call.write([&](Transaction& transaction) -> Result<Empty, Error> {
    TRY(rbac::remove_base(transaction, call.environment(), call.context, call.deps.random, which));
    return Empty();
  });
}

}  // namespace

void add_organization_roles(Methods::Service& service) {
  service.write("CreateOrganizationRole", create_organization_role);
  service.write("UpdateOrganizationRole", update_organization_role);
  service.read("GetOrganizationRole", get_organization_role);
  service.slow_read("ListOrganizationRoles", list_organization_roles);
  service.write("DeleteOrganizationRole", delete_organization_role);
  service.read("GetOrganizationRoleUsersCount", get_organization_role_users_count);
  service.write("UpdateDefaultOrganizationRoles", update_default_organization_roles);
  service.write("DeleteOrganizationRoleBase", delete_organization_role_base);
}

}  // namespace gatehouse::api
