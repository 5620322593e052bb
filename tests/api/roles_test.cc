// RolesService, as API clients use it.

#include <doctest/doctest.h>

#include "scalekit/v1/roles/roles.pb.h"
#include "server/rbac/role.h"
#include "tests/world/api_client.h"

namespace gatehouse {
namespace {

namespace wire = scalekit::v1::roles;
using api::Status;
using google::protobuf::Empty;
using Names = std::vector<std::string>;

template <class Items>
Names names_of(const Items& items) {
  Names names;
  for (const auto& item : items) names.push_back(item.name());
  return names;
}

// The calls of the service, by what they are about.
class Roles {
 public:
  explicit Roles(world::World& world) : world_(world), api_(world) {}

  template <class Response>
  world::CallAnswer<Response> call(std::string_view method,
                                   const google::protobuf::Message& request) {
    return api_.call<Response>("roles.RolesService/" + std::string(method), request);
  }
  template <class Response>
  Response must(std::string_view method, const google::protobuf::Message& request) {
    return api_.must<Response>("roles.RolesService/" + std::string(method), request);
  }

  static wire::CreateRoleRequest new_role(const std::string& name, const std::string& base = {}) {
    wire::CreateRoleRequest request;
    request.mutable_role()->set_name(name);
    request.mutable_role()->set_display_name("Called " + name);
    if (!base.empty()) request.mutable_role()->set_extends(base);
    return request;
  }
  wire::Role create(const std::string& name, const std::string& base = {}) {
    return must<wire::CreateRoleResponse>("CreateRole", new_role(name, base)).role();
  }
  wire::Role create_in(const std::string& organization, const std::string& name,
                       const std::string& base = {}) {
    wire::CreateOrganizationRoleRequest request;
    request.set_org_id(organization);
    request.mutable_role()->set_name(name);
    request.mutable_role()->set_display_name("Called " + name);
    if (!base.empty()) request.mutable_role()->set_extends(base);
    return must<wire::CreateOrganizationRoleResponse>("CreateOrganizationRole", request).role();
  }
  world::CallAnswer<wire::GetRoleResponse> get(const std::string& name,
                                               const std::string& include = {}) {
    wire::GetRoleRequest request;
    request.set_role_name(name);
    if (!include.empty()) request.set_include(include);
    return call<wire::GetRoleResponse>("GetRole", request);
  }
  world::CallAnswer<wire::GetOrganizationRoleResponse> get_in(const std::string& organization,
                                                              const std::string& name) {
    wire::GetOrganizationRoleRequest request;
    request.set_org_id(organization);
    request.set_role_name(name);
    return call<wire::GetOrganizationRoleResponse>("GetOrganizationRole", request);
  }
  world::CallAnswer<Empty> remove(const std::string& name, const std::string& heir = {}) {
    wire::DeleteRoleRequest request;
    request.set_role_name(name);
    if (!heir.empty()) request.set_reassign_role_name(heir);
    return call<Empty>("DeleteRole", request);
  }
  void permission(const std::string& name) {
    wire::CreatePermissionRequest request;
    request.mutable_permission()->set_name(name);
    must<wire::CreatePermissionResponse>("CreatePermission", request);
  }
  world::CallAnswer<wire::AddPermissionsToRoleResponse> add(const std::string& role,
                                                            const Names& permissions) {
    wire::AddPermissionsToRoleRequest request;
    request.set_role_name(role);
    for (const std::string& name : permissions) request.add_permission_names(name);
    return call<wire::AddPermissionsToRoleResponse>("AddPermissionsToRole", request);
  }
  world::CallAnswer<Empty> take(const std::string& role, const std::string& permission) {
    wire::RemovePermissionFromRoleRequest request;
    request.set_role_name(role);
    request.set_permission_name(permission);
    return call<Empty>("RemovePermissionFromRole", request);
  }
  world::CallAnswer<wire::ListRolePermissionsResponse> own(const std::string& role) {
    wire::ListRolePermissionsRequest request;
    request.set_role_name(role);
    return call<wire::ListRolePermissionsResponse>("ListRolePermissions", request);
  }
  world::CallAnswer<wire::ListEffectiveRolePermissionsResponse> effective(const std::string& role) {
    wire::ListEffectiveRolePermissionsRequest request;
    request.set_role_name(role);
    return call<wire::ListEffectiveRolePermissionsResponse>("ListEffectiveRolePermissions",
                                                            request);
  }
  void give(std::string_view email, std::string_view organization, std::string_view role) {
    const UserId user = world_.user(email);
    const OrgId there = world_.organization(organization);
    world_.must([&](storage::Transaction& transaction) {
      return rbac::assign_role(transaction, world_.development(), there, world_.context(),
                               world_.random(), user, role);
    });
  }
  world::ApiClient& api() { return api_; }

 private:
  world::World& world_;
  world::ApiClient api_;
};

}  // namespace

TEST_CASE("roles API: a role is created, read, listed, changed and deleted") {
  world::World world;
  world.advance(seconds(1));
  Roles roles(world);
  auto request = Roles::new_role("auditor");
  request.mutable_role()->set_description("Looks at everything");
  const wire::Role made = roles.must<wire::CreateRoleResponse>("CreateRole", request).role();
  CHECK(made.id().starts_with("role_"));
  CHECK(made.name() == "auditor");
  CHECK(made.display_name() == "Called auditor");
  CHECK(made.description() == "Looks at everything");
  CHECK_FALSE(made.default_creator());
  CHECK_FALSE(made.default_member());
  CHECK_FALSE(made.has_extends());
  CHECK_FALSE(made.is_org_role());
  CHECK(roles.get("auditor").response.role().id() == made.id());

  const auto listed = roles.must<wire::ListRolesResponse>("ListRoles", wire::ListRolesRequest());
  CHECK(names_of(listed.roles()) == Names{"admin", "member", "auditor"});
  CHECK(listed.roles(0).default_creator());
  CHECK(listed.roles(1).default_member());

  wire::UpdateRoleRequest change;
  change.set_role_name("auditor");
  change.mutable_role()->set_display_name("Reader");
  const wire::Role changed = roles.must<wire::UpdateRoleResponse>("UpdateRole", change).role();
  CHECK(changed.id() == made.id());
  CHECK(changed.name() == "auditor");
  CHECK(changed.display_name() == "Reader");
  CHECK(changed.description() == "Looks at everything");

  CHECK(roles.remove("auditor").ok());
  const auto gone = roles.get("auditor");
  CHECK(gone.status == Status::not_found);
  CHECK(gone.message == "role not found");
  CHECK(roles.remove("auditor").status == Status::not_found);
}

TEST_CASE("roles API: what breaks the contract's rules is refused by field") {
  world::World world;
  Roles roles(world);
  const auto nameless = roles.call<wire::CreateRoleResponse>("CreateRole", Roles::new_role(""));
  CHECK(nameless.status == Status::invalid_argument);
  CHECK(nameless.fields() == Names{"role.name"});
  CHECK(roles.get("non-existent-role").status == Status::invalid_argument);
  CHECK(roles.own("non.existent").status == Status::invalid_argument);
  CHECK(roles.own("nobody").status == Status::not_found);
  CHECK(roles.effective("nobody").status == Status::not_found);
  CHECK(roles.get("admin", "everything").status == Status::invalid_argument);
  wire::CreateOrganizationRoleRequest nowhere;
  nowhere.mutable_role()->set_name("a");
  nowhere.mutable_role()->set_display_name("A");
  CHECK(
      roles.call<wire::CreateOrganizationRoleResponse>("CreateOrganizationRole", nowhere).status ==
      Status::invalid_argument);
  nowhere.set_org_id("org_99999999999999999");
  const auto unknown =
      roles.call<wire::CreateOrganizationRoleResponse>("CreateOrganizationRole", nowhere);
  CHECK(unknown.status == Status::not_found);
  CHECK(unknown.message == "organization not found");
}

TEST_CASE("roles API: nobody without a token, and nobody of another environment") {
  world::World world;
  Roles roles(world);
  roles.create("auditor");
  auto nobody = world::ApiClient::with_token(world, std::string(world::development_url), "");
  const auto refused = nobody.call<wire::ListRolesResponse>("roles.RolesService/ListRoles",
                                                            wire::ListRolesRequest());
  CHECK(refused.status == Status::unauthenticated);
  auto stray =
      world::ApiClient::with_token(world, std::string(world::production_url), roles.api().token());
  CHECK(
      stray.call<wire::ListRolesResponse>("roles.RolesService/ListRoles", wire::ListRolesRequest())
          .status == Status::unauthenticated);
}

TEST_CASE("roles API: a second role or permission of a name is a bad request") {
  world::World world;
  Roles roles(world);
  roles.create("auditor");
  const auto again = roles.call<wire::CreateRoleResponse>("CreateRole", Roles::new_role("auditor"));
  CHECK(again.status == Status::invalid_argument);
  CHECK(again.message.starts_with("duplicate key not allowed"));
  CHECK(again.fields() == Names{"role.name"});
  roles.permission("invoice:read");
  wire::CreatePermissionRequest request;
  request.mutable_permission()->set_name("invoice:read");
  const auto permission = roles.call<wire::CreatePermissionResponse>("CreatePermission", request);
  CHECK(permission.status == Status::invalid_argument);
  CHECK(permission.message.starts_with("duplicate key not allowed"));
}

TEST_CASE("roles API: a role with users goes only when another takes its place") {
  world::World world;
  Roles roles(world);
  roles.create("old");
  roles.create("new");
  roles.give("bob@acme.test", "Acme", "old");
  wire::GetRoleUsersCountRequest count;
  count.set_role_name("old");
  CHECK(roles.must<wire::GetRoleUsersCountResponse>("GetRoleUsersCount", count).count() == 1);
  const auto refused = roles.remove("old");
  CHECK(refused.status == Status::failed_precondition);
  CHECK(refused.message == "role cannot be deleted as it is assigned to users");
  CHECK(roles.remove("old", "nobody").status == Status::not_found);
  CHECK(roles.remove("old", "new").ok());
  CHECK(roles.get("old").status == Status::not_found);
  count.set_role_name("new");
  CHECK(roles.must<wire::GetRoleUsersCountResponse>("GetRoleUsersCount", count).count() == 1);
  CHECK(roles
            .call<wire::GetRoleUsersCountResponse>("GetRoleUsersCount",
                                                   [] {
                                                     wire::GetRoleUsersCountRequest unknown;
                                                     unknown.set_role_name("nobody");
                                                     return unknown;
                                                   }())
            .status == Status::not_found);
}

TEST_CASE("roles API: the role to take its place may be named by its id, as older clients do") {
  world::World world;
  Roles roles(world);
  roles.create("old");
  const wire::Role heir = roles.create("new");
  roles.give("bob@acme.test", "Acme", "old");
  wire::DeleteRoleRequest request;
  request.set_role_name("old");
  request.set_reassign_role_id(heir.id());
  CHECK(roles.call<Empty>("DeleteRole", request).ok());
}

TEST_CASE("roles API: inheritance is shown, followed, counted, and absent once it is cut") {
  world::World world;
  Roles roles(world);
  roles.permission("a");
  roles.create("base");
  CHECK(roles.add("base", {"a"}).ok());
  const wire::Role child = roles.create("child", "base");
  CHECK(child.extends() == "base");
  CHECK(roles.own("child").response.permissions().empty());
  CHECK(names_of(roles.effective("child").response.permissions()) == Names{"a"});
  const auto shown = roles.get("child", "permissions:all").response.role();
  REQUIRE(shown.permissions_size() == 1);
  CHECK(shown.permissions(0).name() == "a");
  CHECK(shown.permissions(0).role_name() == "base");
  CHECK(roles.get("child", "permissions").response.role().permissions().empty());
  CHECK(roles.get("base").response.role().dependent_roles_count() == 1);
  CHECK(roles.get("base").response.role().permissions().empty());

  wire::ListDependentRolesRequest dependents;
  dependents.set_role_name("base");
  CHECK(names_of(roles.must<wire::ListDependentRolesResponse>("ListDependentRoles", dependents)
                     .roles()) == Names{"child"});
  for (const auto* name : {"child", "admin", "member"}) {
    dependents.set_role_name(name);
    CHECK(roles.must<wire::ListDependentRolesResponse>("ListDependentRoles", dependents)
              .roles()
              .empty());
  }
  CHECK(roles.remove("base").status == Status::failed_precondition);

  wire::DeleteRoleBaseRequest cut;
  cut.set_role_name("child");
  CHECK(roles.call<Empty>("DeleteRoleBase", cut).ok());
  CHECK_FALSE(roles.get("child").response.role().has_extends());
  CHECK(roles.remove("base").ok());
  cut.set_role_name("nobody");
  CHECK(roles.call<Empty>("DeleteRoleBase", cut).status == Status::not_found);
}

TEST_CASE("roles API: no circle, and no base that does not exist") {
  world::World world;
  Roles roles(world);
  roles.create("base");
  roles.create("child", "base");
  wire::UpdateRoleRequest change;
  change.set_role_name("base");
  change.mutable_role()->set_extends("child");
  const auto circle = roles.call<wire::UpdateRoleResponse>("UpdateRole", change);
  CHECK(circle.status == Status::invalid_argument);
  CHECK(circle.fields() == Names{"role.extends"});
  const auto unknown =
      roles.call<wire::CreateRoleResponse>("CreateRole", Roles::new_role("x", "nobody"));
  CHECK(unknown.status == Status::not_found);
  CHECK(unknown.message == "base role not found");
}

TEST_CASE("roles API: an organization has roles of its own beside the environment's") {
  world::World world;
  Roles roles(world);
  const std::string acme = world.organization("Acme").text();
  const std::string globex = world.organization("Globex").text();
  const wire::Role base = roles.create_in(acme, "base");
  CHECK(base.is_org_role());
  const wire::Role child = roles.create_in(acme, "child", "base");
  CHECK(child.extends() == "base");
  wire::ListOrganizationRolesRequest list;
  list.set_org_id(acme);
  list.set_include("permissions");
  const auto listed =
      roles.must<wire::ListOrganizationRolesResponse>("ListOrganizationRoles", list);
  CHECK(names_of(listed.roles()) == Names{"admin", "member", "base", "child"});
  CHECK_FALSE(listed.roles(0).is_org_role());
  CHECK(listed.roles(0).permissions_size() == 12);
  CHECK(listed.roles(3).is_org_role());
  CHECK(roles.get_in(acme, "base").response.role().dependent_roles_count() == 1);
  CHECK(roles.get_in(globex, "base").status == Status::not_found);
  CHECK(roles.get("base").status == Status::not_found);

  wire::UpdateOrganizationRoleRequest change;
  change.set_org_id(acme);
  change.set_role_name("child");
  change.mutable_role()->set_description("Small");
  const auto changed =
      roles.must<wire::UpdateOrganizationRoleResponse>("UpdateOrganizationRole", change).role();
  CHECK(changed.description() == "Small");
  CHECK(changed.is_org_role());
  change.set_role_name("admin");
  CHECK(roles.call<wire::UpdateOrganizationRoleResponse>("UpdateOrganizationRole", change).status ==
        Status::not_found);

  wire::DeleteOrganizationRoleBaseRequest cut;
  cut.set_org_id(acme);
  cut.set_role_name("child");
  CHECK(roles.call<Empty>("DeleteOrganizationRoleBase", cut).ok());
  CHECK_FALSE(roles.get_in(acme, "child").response.role().has_extends());
}

TEST_CASE("roles API: an organization's role counts its users and hands them over when deleted") {
  world::World world;
  Roles roles(world);
  const std::string acme = world.organization("Acme").text();
  roles.create_in(acme, "guest");
  roles.give("bob@acme.test", "Acme", "guest");
  wire::GetOrganizationRoleUsersCountRequest count;
  count.set_org_id(acme);
  count.set_role_name("guest");
  const auto counted = [&] {
    return roles
        .must<wire::GetOrganizationRoleUsersCountResponse>("GetOrganizationRoleUsersCount", count)
        .count();
  };
  CHECK(counted() == 1);
  wire::DeleteOrganizationRoleRequest removal;
  removal.set_org_id(acme);
  removal.set_role_name("guest");
  CHECK(roles.call<Empty>("DeleteOrganizationRole", removal).message ==
        "role cannot be deleted as it is assigned to users");
  removal.set_reassign_role_name("admin");
  CHECK(roles.call<Empty>("DeleteOrganizationRole", removal).ok());
  CHECK(roles.get_in(acme, "guest").status == Status::not_found);
  count.set_role_name("admin");
  CHECK(counted() == 2);  // ada and bob
  count.set_org_id("acme");
  CHECK(
      roles
          .call<wire::GetOrganizationRoleUsersCountResponse>("GetOrganizationRoleUsersCount", count)
          .status == Status::invalid_argument);
}

TEST_CASE("roles API: the environment's defaults are set together, by new fields or old") {
  world::World world;
  Roles roles(world);
  const wire::Role owner = roles.create("owner");
  const auto set = [&](const wire::UpdateDefaultRolesRequest& request) {
    return roles.call<wire::UpdateDefaultRolesResponse>("UpdateDefaultRoles", request);
  };
  wire::UpdateDefaultRolesRequest request;
  request.set_default_creator_role("owner");
  CHECK(set(request).fields() == Names{"default_member_role"});
  request.set_default_member_role("nobody");
  CHECK(set(request).status == Status::not_found);
  request.set_default_member_role("member");
  const auto chosen = set(request);
  REQUIRE(chosen.ok());
  CHECK(chosen.response.default_creator().name() == "owner");
  CHECK(chosen.response.default_creator().default_creator());
  CHECK(chosen.response.default_member().name() == "member");
  CHECK_FALSE(roles.get("admin").response.role().default_creator());
  CHECK(roles.remove("owner").status == Status::failed_precondition);

  wire::UpdateDefaultRolesRequest older;
  older.mutable_default_creator()->set_id(roles.get("admin").response.role().id());
  older.mutable_default_member()->set_id(owner.id());
  older.mutable_default_member()->set_name("owner");
  const auto by_id = set(older);
  REQUIRE(by_id.ok());
  CHECK(by_id.response.default_creator().name() == "admin");
  CHECK(by_id.response.default_member().name() == "owner");
}

TEST_CASE("roles API: an organization chooses its own default for members") {
  world::World world;
  Roles roles(world);
  const std::string acme = world.organization("Acme").text();
  roles.create_in(acme, "guest");
  wire::UpdateDefaultOrganizationRolesRequest request;
  request.set_org_id(acme);
  request.set_default_member_role("guest");
  const auto chosen = roles.must<wire::UpdateDefaultOrganizationRolesResponse>(
      "UpdateDefaultOrganizationRoles", request);
  CHECK(chosen.default_member().name() == "guest");
  CHECK(chosen.default_member().default_member());
  CHECK(chosen.default_member().is_org_role());
  request.set_default_member_role("nobody");
  CHECK(roles
            .call<wire::UpdateDefaultOrganizationRolesResponse>("UpdateDefaultOrganizationRoles",
                                                                request)
            .status == Status::not_found);
}

TEST_CASE("roles API: permissions of a role are added, shown and removed") {
  world::World world;
  Roles roles(world);
  roles.create("auditor");
  roles.permission("a");
  roles.permission("b");
  CHECK(roles.add("auditor", {"unknown"}).response.permissions().empty());
  CHECK(names_of(roles.add("auditor", {"a", "b"}).response.permissions()) == Names{"a", "b"});
  CHECK(names_of(roles.own("auditor").response.permissions()) == Names{"a", "b"});
  CHECK(roles.add("auditor", {"non.existent.permission"}).status == Status::invalid_argument);
  CHECK(roles.add("nobody", {"a"}).status == Status::not_found);
  CHECK(roles.add("auditor", {}).status == Status::invalid_argument);
  CHECK(roles.take("auditor", "a").ok());
  CHECK(names_of(roles.own("auditor").response.permissions()) == Names{"b"});
  CHECK(roles.take("auditor", "a").status == Status::not_found);
  CHECK(roles.take("auditor", "unknown").status == Status::not_found);
  CHECK(roles.take("nobody", "b").status == Status::not_found);
}

TEST_CASE("roles API: permissions are created, read, changed, listed and deleted") {
  world::World world;
  world.advance(seconds(1));
  Roles roles(world);
  wire::CreatePermissionRequest creation;
  creation.mutable_permission()->set_name("invoice:read");
  const auto made =
      roles.must<wire::CreatePermissionResponse>("CreatePermission", creation).permission();
  CHECK(made.id().starts_with("perm_"));
  CHECK(made.description().empty());
  CHECK(made.has_create_time());
  CHECK_FALSE(made.is_scalekit_permission());
  creation.mutable_permission()->set_name("no blanks");
  CHECK(roles.call<wire::CreatePermissionResponse>("CreatePermission", creation).status ==
        Status::invalid_argument);
  creation.mutable_permission()->set_name("");
  CHECK(roles.call<wire::CreatePermissionResponse>("CreatePermission", creation).status ==
        Status::invalid_argument);

  wire::UpdatePermissionRequest change;
  change.set_permission_name("invoice:read");
  change.mutable_permission()->set_name("invoice:read");
  change.mutable_permission()->set_description("See invoices");
  CHECK(roles.must<wire::UpdatePermissionResponse>("UpdatePermission", change)
            .permission()
            .description() == "See invoices");
  change.mutable_permission()->set_name("invoice:write");
  CHECK(roles.call<wire::UpdatePermissionResponse>("UpdatePermission", change).fields() ==
        Names{"permission.name"});

  wire::ListPermissionsRequest list;
  list.set_page_size(1);
  const auto first = roles.must<wire::ListPermissionsResponse>("ListPermissions", list);
  CHECK(names_of(first.permissions()) == Names{"invoice:read"});
  CHECK(first.total_size() == 13);
  CHECK(first.prev_page_token().empty());
  REQUIRE_FALSE(first.next_page_token().empty());
  list.set_page_token(first.next_page_token());
  const auto second = roles.must<wire::ListPermissionsResponse>("ListPermissions", list);
  CHECK(second.permissions(0).is_scalekit_permission());
  list.set_page_token("made up");
  CHECK(roles.call<wire::ListPermissionsResponse>("ListPermissions", list).status ==
        Status::invalid_argument);
  wire::ListPermissionsRequest own;
  own.set_type(wire::ENVIRONMENT);
  CHECK(roles.must<wire::ListPermissionsResponse>("ListPermissions", own).permissions_size() == 1);
  own.set_page_size(101);
  CHECK(roles.call<wire::ListPermissionsResponse>("ListPermissions", own).status ==
        Status::invalid_argument);

  wire::DeletePermissionRequest removal;
  removal.set_permission_name("invoice:read");
  CHECK(roles.call<Empty>("DeletePermission", removal).ok());
  wire::GetPermissionRequest get;
  get.set_permission_name("invoice:read");
  const auto gone = roles.call<wire::GetPermissionResponse>("GetPermission", get);
  CHECK(gone.status == Status::not_found);
  CHECK(gone.message == "permission not found");
  CHECK(roles.call<Empty>("DeletePermission", removal).status == Status::not_found);
}

TEST_CASE("roles API: REST has the same roles in the contract's field names") {
  world::World world;
  Roles roles(world);
  const auto made = roles.api().rest(http::Method::post, "/api/v1/roles",
                                     R"({"name":"auditor","display_name":"Auditor"})");
  CHECK(made.status == 200);
  CHECK(made.body.find("\"display_name\":\"Auditor\"") != std::string::npos);
  CHECK(made.body.find("\"extends\"") == std::string::npos);
  const auto read = roles.api().rest(http::Method::get, "/api/v1/roles/auditor");
  CHECK(read.status == 200);
  const auto defaults =
      roles.api().rest(http::Method::patch, "/api/v1/roles:set_defaults",
                       R"({"default_creator_role":"admin","default_member_role":"auditor"})");
  CHECK(defaults.status == 200);
  const auto unknown = roles.api().rest(http::Method::get, "/api/v1/roles/nobody");
  CHECK(unknown.status == 404);
  CHECK(unknown.body.find("NOT_FOUND") != std::string::npos);
}

}  // namespace gatehouse
