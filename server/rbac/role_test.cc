#include "server/rbac/role.h"

#include <doctest/doctest.h>

#include <chrono>

#include "server/rbac/invariants.h"
#include "tests/world/rows.h"

namespace gatehouse::rbac {
namespace {

using storage::Sql;
using storage::Transaction;
using Names = std::vector<std::string>;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

constexpr Sql put_role_sql{
    "test.put_role",
    "INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, "
    "extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms) "
    "VALUES ($1, $2, $3, $4, $4, '', $5, 0, 0, 1, 1)"};
constexpr Sql put_permission_sql{
    "test.put_permission",
    "INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms) "
    "VALUES ($1, $2, $3, '', 1, 1)"};
constexpr Sql give_permission_sql{
    "test.give_permission",
    "INSERT INTO role_permissions (environment_id, role_id, permission_id) "
    "VALUES ($1, $2, $3)"};
constexpr Sql set_base_sql{"test.set_base", "UPDATE roles SET extends_id = $2 WHERE id = $1"};

class Fixture : public world::DomainFixture {
 public:
  Fixture() {
    make_default_roles(here);
    make_default_roles(elsewhere);
    ada = user("ada@acme.test");
    acme = organization("Acme");
    join(acme, ada);
  }

  void make_default_roles(EnvironmentId environment) {
    must([&](Transaction& transaction) {
      return create_default_roles(transaction, environment, context, random);
    });
  }
  UserId user(std::string_view email) {
    return must([&](Transaction& transaction) {
             return users::create(transaction, here, context, random,
                                  {.email = users::Email::parse(email).value()});
           })
        .id;
  }
  OrgId organization(std::string name) {
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, here, context, random, {.display_name = name});
           })
        .id;
  }
  void join(OrgId organization, UserId member) {
    must([&](Transaction& transaction) {
      return orgs::add_member(transaction, here, organization, context, random, member,
                              orgs::Provisioning::org_creator);
    });
  }
  // A role whose one own permission is called "p_" and its name.
  RoleId role(std::string_view name, std::optional<RoleId> base = std::nullopt,
              std::optional<OrgId> organization = std::nullopt) {
    const RoleId role = RoleId::make(random, context.now);
    const PermissionId permission = PermissionId::make(random, context.now);
    const std::string permission_name = "p_" + std::string(name);
    must([&](Transaction& transaction) -> Result<Unit, Error> {
      TRY(transaction.execute(put_role_sql, {role, here, organization, name, base}));
      TRY(transaction.execute(put_permission_sql, {permission, here, permission_name}));
      TRY(transaction.execute(give_permission_sql, {here, role, permission}));
      return Unit{};
    });
    return role;
  }
  Result<Unit, Error> assign(std::string_view name, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return assign_role(transaction, environment, acme, context, random, ada, name);
    });
  }
  Result<Unit, Error> unassign(std::string_view name, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return remove_role(transaction, environment, acme, context, random, ada, name);
    });
  }
  Grants grants(EnvironmentId environment = here) { return grants_in(acme, environment); }
  Grants grants_in(OrgId organization, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return load_grants(transaction, environment, organization, ada);
    });
  }
  std::vector<std::string> problems() {
    return must([](Transaction& transaction) { return check_invariants(transaction); });
  }

  UserId ada{1};
  OrgId acme{1};
};

}  // namespace

TEST_CASE("rbac: an environment is born with admin and member, once") {
  Fixture fixture;
  fixture.make_default_roles(here);
  const auto roles =
      fixture.must([](Transaction& transaction) { return list_roles(transaction, here); });
  REQUIRE(roles.size() == 2);
  CHECK(roles[0].name == "admin");
  CHECK(roles[0].is_default_creator);
  CHECK_FALSE(roles[0].is_default_member);
  CHECK(roles[1].name == "member");
  CHECK(roles[1].is_default_member);
  CHECK_FALSE(roles[1].is_default_creator);
  CHECK(fixture.audited("role.created") == 4);  // of two environments
  CHECK(fixture.audited("permission.created") == 24);
  CHECK(fixture.problems().empty());
}

TEST_CASE("rbac: what was taken from a default role stays taken") {
  Fixture fixture;
  REQUIRE(fixture.assign("admin").ok());
  fixture.must([&](Transaction& transaction) {
    static constexpr Sql sql{"test.clear_permissions",
                             "DELETE FROM role_permissions WHERE environment_id = $1"};
    return transaction.execute(sql, {here});
  });
  fixture.make_default_roles(here);
  CHECK(fixture.grants().permissions.empty());
}

TEST_CASE("rbac: admin may do everything, member may look, others nothing") {
  Fixture fixture;
  CHECK(fixture.grants().roles.empty());
  CHECK(fixture.grants().permissions.empty());
  REQUIRE(fixture.assign("member").ok());
  CHECK(fixture.grants().roles == Names{"member"});
  CHECK(fixture.grants().permissions == Names{"sk_org_settings_read", "sk_org_users_read"});
  REQUIRE(fixture.assign("admin").ok());
  CHECK(fixture.grants().roles == Names{"admin", "member"});
  CHECK(fixture.grants().permissions ==
        Names{"sk_org_scim_manage", "sk_org_scim_read", "sk_org_session_policy_manage",
              "sk_org_session_policy_read", "sk_org_settings_manage", "sk_org_settings_read",
              "sk_org_sso_manage", "sk_org_sso_read", "sk_org_users_delete", "sk_org_users_invite",
              "sk_org_users_read", "sk_org_users_role_change"});
}

TEST_CASE("rbac: grants hold in their organization and environment only") {
  Fixture fixture;
  REQUIRE(fixture.assign("admin").ok());
  const OrgId other = fixture.organization("Other");
  fixture.join(other, fixture.ada);
  CHECK(fixture.grants_in(other).roles.empty());
  CHECK(fixture.grants(elsewhere).roles.empty());
}

TEST_CASE("rbac: whoever is no active member has no grants") {
  Fixture fixture;
  REQUIRE(fixture.assign("admin").ok());
  fixture.must([&](Transaction& transaction) {
    static constexpr Sql sql{"test.deactivate",
                             "UPDATE memberships SET status = 'INACTIVE' WHERE user_id = $1"};
    return transaction.execute(sql, {fixture.ada});
  });
  CHECK(fixture.grants().roles.empty());
  CHECK(fixture.grants().permissions.empty());
}

TEST_CASE("rbac: default roles are given by what they are for, again and again") {
  Fixture fixture;
  const auto give = [&](DefaultRole which, OrgId organization) {
    return fixture.act([&](Transaction& transaction) {
      return assign_default_role(transaction, here, organization, fixture.context, fixture.random,
                                 fixture.ada, which);
    });
  };
  CHECK(give(DefaultRole::member, fixture.acme).ok());
  CHECK(give(DefaultRole::member, fixture.acme).ok());
  CHECK(fixture.grants().roles == Names{"member"});
  CHECK(give(DefaultRole::creator, fixture.acme).ok());
  CHECK(fixture.grants().roles == Names{"admin", "member"});
  CHECK(fixture.audited("membership.updated") == 2);
  CHECK(give(DefaultRole::member, fixture.organization("Foreign")).error().code ==
        ErrorCode::not_found);
}

TEST_CASE("rbac: roles are assigned and removed by name, idempotently") {
  Fixture fixture;
  CHECK(fixture.assign("admin").ok());
  CHECK(fixture.assign("admin").ok());
  CHECK(fixture.audited("membership.updated") == 1);
  CHECK(fixture.unassign("admin").ok());
  CHECK(fixture.unassign("admin").ok());
  CHECK(fixture.audited("membership.updated") == 2);
  CHECK(fixture.grants().roles.empty());
  CHECK(fixture.assign("nobody").error().code == ErrorCode::not_found);
  CHECK(fixture.unassign("nobody").error().code == ErrorCode::not_found);
  CHECK(fixture.assign("admin", elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.unassign("admin", elsewhere).error().code == ErrorCode::not_found);
}

TEST_CASE("rbac: a role of an organization counts there alone and comes before the environment's") {
  Fixture fixture;
  const OrgId other = fixture.organization("Other");
  fixture.join(other, fixture.ada);
  fixture.role("auditor", std::nullopt, other);
  CHECK(fixture.assign("auditor").error().code == ErrorCode::not_found);
  const RoleId own = fixture.role("own", std::nullopt, fixture.acme);
  static_cast<void>(own);
  CHECK(fixture.assign("own").ok());
  CHECK(fixture.grants().permissions == Names{"p_own"});
}

TEST_CASE("rbac: permissions are inherited over every step, roles are not") {
  Fixture fixture;
  const RoleId viewer = fixture.role("viewer");
  const RoleId editor = fixture.role("editor", viewer);
  fixture.role("owner", editor, fixture.acme);
  REQUIRE(fixture.assign("owner").ok());
  CHECK(fixture.grants().roles == Names{"owner"});
  CHECK(fixture.grants().permissions == Names{"p_editor", "p_owner", "p_viewer"});
  REQUIRE(fixture.assign("editor").ok());  // inherited twice, named once
  CHECK(fixture.grants().permissions == Names{"p_editor", "p_owner", "p_viewer"});
  const auto roles =
      fixture.must([](Transaction& transaction) { return list_roles(transaction, here); });
  CHECK(roles.back().name == "owner");
  CHECK(roles.back().extends == "editor");
  CHECK(roles.back().organization == fixture.acme);
  CHECK(fixture.problems().empty());
}

TEST_CASE("rbac: a circle of roles comes to an end and is found by fsck") {
  Fixture fixture;
  const RoleId first = fixture.role("first");
  const RoleId second = fixture.role("second", first);
  fixture.must([&](Transaction& transaction) {
    return transaction.execute(set_base_sql, {first, second});
  });
  REQUIRE(fixture.assign("first").ok());
  CHECK(fixture.grants().roles == Names{"first"});
  CHECK(fixture.grants().permissions == Names{"p_first", "p_second"});
  CHECK(fixture.problems().size() == 2);
}

TEST_CASE("rbac: inheritance goes ten steps and no further") {
  Fixture fixture;
  std::optional<RoleId> base;
  for (int i = 0; i <= extends_depth_max; ++i) {
    base = fixture.role("r" + std::to_string(10 + i), base);
  }
  REQUIRE(fixture.assign("r20").ok());
  CHECK(fixture.grants().permissions.size() == 11);
  CHECK(fixture.problems().empty());
  fixture.role("r21", base);
  REQUIRE(fixture.unassign("r20").ok());
  REQUIRE(fixture.assign("r21").ok());
  CHECK(fixture.grants().permissions.size() == 11);
  CHECK(fixture.grants().permissions.front() == "p_r11");
  CHECK(fixture.problems().size() == 1);
}

TEST_CASE("rbac: a base in another organization gives nothing and is found by fsck") {
  Fixture fixture;
  const RoleId foreign = fixture.role("foreign", std::nullopt, fixture.organization("Other"));
  fixture.role("sly", foreign, fixture.acme);
  REQUIRE(fixture.assign("sly").ok());
  CHECK(fixture.grants().permissions == Names{"p_sly"});
  CHECK(fixture.problems().size() == 1);
}

TEST_CASE("rbac: a foreign role forced upon a member gives nothing and is found by fsck") {
  Fixture fixture;
  const RoleId foreign = fixture.role("foreign", std::nullopt, fixture.organization("Other"));
  fixture.must([&](Transaction& transaction) {
    static constexpr Sql sql{"test.force_role",
                             "INSERT INTO membership_roles (environment_id, organization_id, "
                             "user_id, role_id) VALUES ($1, $2, $3, $4)"};
    return transaction.execute(sql, {here, fixture.acme, fixture.ada, foreign});
  });
  CHECK(fixture.grants().roles.empty());
  CHECK(fixture.grants().permissions.empty());
  CHECK(fixture.problems().size() == 1);
}

TEST_CASE("rbac: an environment without default roles is found by fsck") {
  Fixture fixture;
  fixture.must([&](Transaction& transaction) -> Result<Unit, Error> {
    world::put_environment(transaction, EnvironmentId(3));
    return Unit{};
  });
  CHECK(fixture.problems().size() == 2);
}

}  // namespace gatehouse::rbac
