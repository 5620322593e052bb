// RolesService: the roles of the environment.

#include "server/api/convert.h"
#include "server/api/services/all.h"
#include "server/api/services/roles_encode.h"
#include "server/api/services/roles_parts.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Empty;
using storage::Transaction;

rbac::RoleName named(const std::string& name) {
  return {.organization = std::nullopt, .name = name};
}

Result<wire::CreateRoleResponse, Error> create_role(const Call& call,
                                                    const wire::CreateRoleRequest& request) {
  return call.write([&](Transaction& transaction) -> Result<wire::CreateRoleResponse, Error> {
    const auto role = TRY(rbac::create_role(transaction, call.environment(), call.context,
                                            call.deps.random, decode_new_role(request.role())));
    wire::CreateRoleResponse response;
    TRY(show_role(transaction, call.environment(), role, {.reach = rbac::Reach::own},
                  *response.mutable_role()));
    return response;
  });
}

Result<wire::UpdateRoleResponse, Error> update_role(const Call& call,
                                                    const wire::UpdateRoleRequest& request) {
  return call.write([&](Transaction& transaction) -> Result<wire::UpdateRoleResponse, Error> {
    const auto role =
        TRY(rbac::update_role(transaction, call.environment(), call.context, call.deps.random,
                              named(request.role_name()), decode_change(request.role())));
    wire::UpdateRoleResponse response;
    TRY(show_role(transaction, call.environment(), role, {.reach = rbac::Reach::own},
                  *response.mutable_role()));
    return response;
  });
}

Result<wire::GetRoleResponse, Error> get_role(const Call& call,
                                              const wire::GetRoleRequest& request) {
  return call.read([&](Transaction& transaction) -> Result<wire::GetRoleResponse, Error> {
    const auto role =
        TRY(rbac::get_role(transaction, call.environment(), named(request.role_name())));
    wire::GetRoleResponse response;
    TRY(show_role(transaction, call.environment(), role, {.reach = reach_of(request.include())},
                  *response.mutable_role()));
    return response;
  });
}

Result<wire::ListRolesResponse, Error> list_roles(const Call& call,
                                                  const wire::ListRolesRequest& request) {
  return call.read([&](Transaction& transaction) -> Result<wire::ListRolesResponse, Error> {
    const auto roles = TRY(rbac::list_roles_in(transaction, call.environment(), std::nullopt));
    wire::ListRolesResponse response;
    TRY(show_roles(transaction, call.environment(), roles, {.reach = reach_of(request.include())},
                   *response.mutable_roles()));
    return response;
  });
}

Result<Empty, Error> delete_role(const Call& call, const wire::DeleteRoleRequest& request) {
  rbac::RoleDeletion deletion{.which = named(request.role_name())};
  if (request.has_reassign_role_name()) {
    deletion.reassign_to = request.reassign_role_name();
  } else if (request.has_reassign_role_id()) {
    deletion.reassign_to = request.reassign_role_id();
  }
  return call.write([&](Transaction& transaction) -> Result<Empty, Error> {
    TRY(rbac::delete_role(transaction, call.environment(), call.context, call.deps.random,
                          deletion));
    return Empty();
  });
}

Result<wire::GetRoleUsersCountResponse, Error> get_role_users_count(
    const Call& call, const wire::GetRoleUsersCountRequest& request) {
  return call.read([&](Transaction& transaction) -> Result<wire::GetRoleUsersCountResponse, Error> {
    wire::GetRoleUsersCountResponse response;
    const auto count =
        TRY(rbac::count_users(transaction, call.environment(), named(request.role_name())));
    response.set_count(count);
    return response;
  });
}

// The name in its own field or, as older clients send it, a name or an id in a message.
std::string default_name(const std::string& name, const wire::UpdateDefaultRole& older) {
  if (!name.empty()) return name;
  return older.name().empty() ? older.id() : older.name();
}

Result<wire::UpdateDefaultRolesResponse, Error> update_default_roles(
    const Call& call, const wire::UpdateDefaultRolesRequest& request) {
  const rbac::DefaultNames names{
      .creator = default_name(request.default_creator_role(), request.default_creator()),
      .member = default_name(request.default_member_role(), request.default_member())};
  if (names.creator.empty() || names.member.empty()) {
    return refusal(ErrorCode::invalid_argument,
                   "default_creator_role and default_member_role are both required",
                   names.creator.empty() ? "default_creator_role" : "default_member_role");
  }
  return call.write(
      [&](Transaction& transaction) -> Result<wire::UpdateDefaultRolesResponse, Error> {
        const auto chosen = TRY(rbac::set_default_roles(transaction, call.environment(),
                                                        call.context, call.deps.random, names));
        wire::UpdateDefaultRolesResponse response;
        encode_role(chosen.creator, *response.mutable_default_creator());
        encode_role(chosen.member, *response.mutable_default_member());
        return response;
      });
}

Result<wire::ListDependentRolesResponse, Error> list_dependent_roles(
    const Call& call, const wire::ListDependentRolesRequest& request) {
  return call.read(
      [&](Transaction& transaction) -> Result<wire::ListDependentRolesResponse, Error> {
        const auto roles =
            TRY(rbac::list_dependents(transaction, call.environment(), request.role_name()));
        wire::ListDependentRolesResponse response;
        for (const rbac::Role& role : roles) encode_role(role, *response.add_roles());
        return response;
      });
}

Result<Empty, Error> delete_role_base(const Call& call,
                                      const wire::DeleteRoleBaseRequest& request) {
  return call.write([&](Transaction& transaction) -> Result<Empty, Error> {
    TRY(rbac::remove_base(transaction, call.environment(), call.context, call.deps.random,
                          named(request.role_name())));
    return Empty();
  });
}

}  // namespace

void add_roles_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.roles.RolesService");
  service.write("CreateRole", create_role);
  service.write("UpdateRole", update_role);
  service.read("GetRole", get_role);
  service.slow_read("ListRoles", list_roles);
  service.write("DeleteRole", delete_role);
  service.read("GetRoleUsersCount", get_role_users_count);
  service.write("UpdateDefaultRoles", update_default_roles);
  service.read("ListDependentRoles", list_dependent_roles);
  service.write("DeleteRoleBase", delete_role_base);
  add_organization_roles(service);
  add_permissions(service);
}

}  // namespace gatehouse::api
