// UserService: the functions that only read.

#include "server/api/services/users.h"
#include "server/rbac/permission.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::users;
using storage::Transaction;

constexpr PageLimits list_limits{.standard = 10, .max = 100};
constexpr PageLimits search_limits{.standard = 10, .max = 30};

Result<pb::GetUserResponse, Error> get(const Call& call, const pb::GetUserRequest& request) {
  const auto found =
      TRY(call.read([&](Transaction& transaction) -> Result<members::OneMember, Error> {
        const UserId user = TRY(find_user_id(call, transaction, request));
        return load_member(call, transaction, user);
      }));
  pb::GetUserResponse response;
  encode_member(found.member, found.roles, *response.mutable_user());
  return response;
}

// Of whoever calls, so only for people.
Result<pb::GetCurrentUserResponse, Error> get_current(const Call& call,
                                                      const pb::GetCurrentUserRequest&) {
  if (!call.caller.user.has_value()) {
    return refusal(ErrorCode::permission_denied, "only a signed-in user has a current user");
  }
  const auto found = TRY(call.read(
      [&](Transaction& transaction) { return load_member(call, transaction, *call.caller.user); }));
  pb::GetCurrentUserResponse response;
  encode_member(found.member, found.roles, *response.mutable_user());
  if (call.caller.session.has_value()) {
    response.set_current_session_id(call.caller.session->text());
  }
  return response;
}

template <class Response>
Response encode_page(const members::MemberPage& found) {
  Response response;
  response.mutable_users()->Reserve(static_cast<int>(found.page.items.size()));
  for (const members::MemberView& member : found.page.items) {
    encode_member(member, found.roles, *response.add_users());
  }
  set_page_tokens(response, found.page);
  response.set_total_size(static_cast<std::uint32_t>(found.page.total));
  return response;
}

Result<pb::ListUsersResponse, Error> list(const Call& call, const pb::ListUsersRequest& request) {
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return members::list(transaction, call.environment(), call.context, query);
  }));
  return encode_page<pb::ListUsersResponse>(found);
}

Result<pb::SearchUsersResponse, Error> search(const Call& call,
                                              const pb::SearchUsersRequest& request) {
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), search_limits));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return members::search(transaction, call.environment(), call.context, request.query(), query);
  }));
  return encode_page<pb::SearchUsersResponse>(found);
}

Result<pb::ListOrganizationUsersResponse, Error> list_in_organization(
    const Call& call, const pb::ListOrganizationUsersRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return members::list_in_organization(transaction, call.environment(), organization,
                                         call.context, query);
  }));
  return encode_page<pb::ListOrganizationUsersResponse>(found);
}

Result<pb::SearchOrganizationUsersResponse, Error> search_in_organization(
    const Call& call, const pb::SearchOrganizationUsersRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), search_limits));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return members::search_in_organization(transaction, call.environment(), organization,
                                           call.context, request.query(), query);
  }));
  return encode_page<pb::SearchOrganizationUsersResponse>(found);
}

Result<pb::ListUserRolesResponse, Error> list_roles(const Call& call,
                                                    const pb::ListUserRolesRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return members::find(transaction, call.environment(), user, call.context, organization);
  }));
  if (!found.has_value()) return not_found("membership");
  pb::ListUserRolesResponse response;
  encode_roles(*found, *response.mutable_roles());
  return response;
}

Result<pb::ListUserPermissionsResponse, Error> list_permissions(
    const Call& call, const pb::ListUserPermissionsRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  const auto found =
      TRY(call.read([&](Transaction& transaction) -> Result<std::vector<rbac::Permission>, Error> {
        const auto membership =
            TRY(orgs::find_membership(transaction, call.environment(), organization, user));
        if (!membership.has_value()) return not_found("membership");
        return rbac::list_permissions_of_member(transaction, call.environment(), organization,
                                                user);
      }));
  pb::ListUserPermissionsResponse response;
  for (const rbac::Permission& permission : found) {
    pb::Permission& encoded = *response.add_permissions();
    encoded.set_id(permission.id.text());
    encoded.set_name(permission.name);
    encoded.set_description(permission.description);
  }
  return response;
}

}  // namespace

void add_user_reads(Methods::Service& service) {
  service.read("GetUser", get);
  service.read("GetCurrentUser", get_current);
  service.people_too("GetCurrentUser");
  service.slow_read("ListUsers", list);
  service.slow_read("SearchUsers", search);
  service.read("ListOrganizationUsers", list_in_organization);
  service.slow_read("SearchOrganizationUsers", search_in_organization);
  service.read("ListUserRoles", list_roles);
  service.read("ListUserPermissions", list_permissions);
}

}  // namespace gatehouse::api
