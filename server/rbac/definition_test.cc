#include "server/rbac/definition.h"

#include "server/rbac/test_fixture.h"

namespace gatehouse::rbac {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = DefinitionFixture::here;
constexpr EnvironmentId elsewhere = DefinitionFixture::elsewhere;

// What a caller learns of a refusal.
template <class T>
std::string told_why(const Result<T, Error>& outcome) {
  if (outcome.ok()) return "it was done";
  return std::string(error_code_name(outcome.error().code)) + ": " + outcome.error().message;
}
template <class T>
ErrorCode code(const Result<T, Error>& outcome) {
  REQUIRE_FALSE(outcome.ok());
  return outcome.error().code;
}
RoleName named(std::string name) { return {.organization = std::nullopt, .name = std::move(name)}; }

}  // namespace

TEST_CASE("roles: a role is made as it was wanted, audited and told") {
  DefinitionFixture fixture;
  fixture.permission("invoice:read");
  const Role role = fixture
                        .create({.name = "auditor",
                                 .display_name = "Auditor",
                                 .description = "Looks",
                                 .extends = "member",
                                 .permissions = {"invoice:read", "invoice:read"}})
                        .take();
  CHECK(role.id.text().starts_with("role_"));
  CHECK(role.display_name == "Auditor");
  CHECK(role.description == "Looks");
  CHECK(role.extends == "member");
  CHECK_FALSE(role.is_default_creator);
  CHECK_FALSE(role.is_default_member);
  CHECK_FALSE(role.organization.has_value());
  CHECK(role.dependents_count == 0);
  CHECK(fixture.get("auditor").take().id == role.id);
  CHECK(fixture.get("member").take().dependents_count == 1);
  CHECK(fixture.permissions_of("auditor") == Names{"invoice:read"});
  CHECK(fixture.audited("role.created") == 5);  // two environments were born with two each
  const auto told = fixture.told("role.created");
  REQUIRE(told.size() == 1);
  CHECK(told[0].object == "Role");
  CHECK_FALSE(told[0].organization.has_value());
  CHECK(told[0].data == R"({"id":")" + role.id.text() +
                            R"(","name":"auditor","display_name":"Auditor","description":"Looks",)"
                            R"("default_creator":false,"default_member":false,)"
                            R"("extends":"member","is_org_role":false})");
  CHECK(fixture.problems().empty());
}

TEST_CASE("roles: a name is taken once in the environment and once in each organization") {
  DefinitionFixture fixture;
  fixture.role("auditor");
  const auto again = fixture.create({.name = "auditor", .display_name = "Again"});
  CHECK(code(again) == ErrorCode::invalid_argument);
  CHECK(again.error().message.starts_with("duplicate key not allowed"));
  CHECK(again.error().field == "role.name");
  fixture.organization_role("auditor");
  CHECK(code(fixture.create(
            {.organization = fixture.acme, .name = "auditor", .display_name = "Again"})) ==
        ErrorCode::invalid_argument);
  CHECK(fixture.create({.name = "auditor", .display_name = "Free there"}, elsewhere).ok());
  CHECK(fixture.told("role.created").size() == 2);
}

TEST_CASE("roles: names, display names and descriptions are held to their rules") {
  DefinitionFixture fixture;
  const auto refused = [&](const NewRole& wanted) {
    return code(fixture.create(wanted)) == ErrorCode::invalid_argument;
  };
  CHECK(refused({.name = "", .display_name = "A"}));
  CHECK(refused({.name = "not-a-name", .display_name = "A"}));
  CHECK(refused({.name = "no:colon", .display_name = "A"}));
  CHECK(refused({.name = std::string(65, 'a'), .display_name = "A"}));
  CHECK(refused({.name = "a", .display_name = ""}));
  CHECK(refused({.name = "a", .display_name = std::string(101, 'a')}));
  CHECK(refused({.name = "a", .display_name = "\xff"}));
  CHECK(refused({.name = "a", .display_name = "A", .description = std::string(2001, 'a')}));
  CHECK(refused({.name = "a", .display_name = "A", .permissions = {"no.dots"}}));
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "é";
  CHECK(fixture.create({.name = std::string(64, 'a'), .display_name = hundred}).ok());
}

TEST_CASE("roles: what does not exist can be neither extended nor held") {
  DefinitionFixture fixture;
  const auto base = fixture.create({.name = "a", .display_name = "A", .extends = "nobody"});
  CHECK(told_why(base) == "not_found: base role not found");
  CHECK(base.error().field == "role.extends");
  CHECK(told_why(fixture.create({.name = "a", .display_name = "A", .permissions = {"x"}})) ==
        "not_found: permission not found: x");
  CHECK(told_why(fixture.create({.organization = OrgId(99), .name = "a", .display_name = "A"})) ==
        "not_found: organization not found");
  CHECK(told_why(fixture.create({.organization = fixture.acme, .name = "a", .display_name = "A"},
                                elsewhere)) == "not_found: organization not found");
  CHECK(code(fixture.get("a")) == ErrorCode::not_found);  // nothing of it stayed
  CHECK(fixture.told("role.created").empty());
}

TEST_CASE(
    "roles: a role of the environment cannot extend one of an organization, only the reverse") {
  DefinitionFixture fixture;
  fixture.organization_role("local");
  CHECK(told_why(fixture.create({.name = "a", .display_name = "A", .extends = "local"})) ==
        "not_found: base role not found");
  CHECK(fixture.organization_role("sublocal", "local").extends == "local");
  CHECK(fixture.organization_role("subadmin", "admin").extends == "admin");
  CHECK(fixture.problems().empty());
}

TEST_CASE("roles: a change keeps what it does not name, and never the name or the id") {
  DefinitionFixture fixture;
  fixture.permission("a");
  fixture.permission("b");
  const Role made = fixture
                        .create({.name = "auditor",
                                 .display_name = "Auditor",
                                 .description = "Looks",
                                 .extends = "member",
                                 .permissions = {"a"}})
                        .take();
  const Role shown = fixture.update(named("auditor"), {.display_name = "Reader"}).take();
  CHECK(shown.id == made.id);
  CHECK(shown.display_name == "Reader");
  CHECK(shown.description == "Looks");
  CHECK(shown.extends == "member");
  CHECK(fixture.permissions_of("auditor") == Names{"a"});
  const Role described = fixture.update(named("auditor"), {.description = "Reads"}).take();
  CHECK(described.display_name == "Reader");
  CHECK(described.description == "Reads");
  REQUIRE(fixture.update(named("auditor"), {.permissions = {"b"}}).ok());
  CHECK(fixture.permissions_of("auditor") == Names{"b"});
  CHECK(fixture.audited("role.updated") == 3);
  CHECK(fixture.told("role.updated").size() == 3);
  CHECK(told_why(fixture.update(named("nobody"), {.description = "x"})) ==
        "not_found: role not found");
  CHECK(code(fixture.update(named("auditor"), {.display_name = " "})) ==
        ErrorCode::invalid_argument);
}

TEST_CASE("roles: through an organization only its own roles are changed, but all are read") {
  DefinitionFixture fixture;
  const RoleName admin_there{.organization = fixture.acme, .name = "admin"};
  CHECK(code(fixture.update(admin_there, {.description = "x"})) == ErrorCode::not_found);
  CHECK(code(fixture.remove({.which = admin_there})) == ErrorCode::not_found);
  CHECK_FALSE(fixture.get(admin_there).take().organization.has_value());
  const Role own = fixture.organization_role("admin");
  CHECK(fixture.get(admin_there).take().id == own.id);
  CHECK(fixture.get("admin").take().id != own.id);
  const RoleName other{.organization = fixture.organization("Other"), .name = "admin"};
  CHECK(fixture.get(other).take().id != own.id);
  CHECK(code(fixture.get(RoleName{.organization = OrgId(99), .name = "member"})) ==
        ErrorCode::not_found);
  CHECK(fixture.roles_in(std::nullopt) == Names{"admin", "member"});
  CHECK(fixture.roles_in(fixture.acme) == Names{"admin", "member", "admin"});
}

TEST_CASE("roles: no role extends itself, however far the way around") {
  DefinitionFixture fixture;
  fixture.role("a");
  fixture.role("b", "a");
  fixture.role("c", "b");
  CHECK(code(fixture.extend("a", "a")) == ErrorCode::invalid_argument);
  CHECK(code(fixture.extend("a", "b")) == ErrorCode::invalid_argument);
  const auto around = fixture.extend("a", "c");
  CHECK(code(around) == ErrorCode::invalid_argument);
  CHECK(around.error().field == "role.extends");
  CHECK(fixture.extend("c", "a").ok());
  CHECK(fixture.extend("b", "c").take().extends == "c");
  CHECK(fixture.problems().empty());
}

TEST_CASE("roles: a chain has ten steps and no more, whichever end it grows at") {
  DefinitionFixture fixture;
  fixture.role("r0");
  for (int i = 1; i <= extends_depth_max; ++i) {
    fixture.role("r" + std::to_string(i), "r" + std::to_string(i - 1));
  }
  CHECK(code(fixture.create({.name = "leaf", .display_name = "Leaf", .extends = "r10"})) ==
        ErrorCode::invalid_argument);
  fixture.role("root");
  CHECK(code(fixture.extend("r0", "root")) == ErrorCode::invalid_argument);
  REQUIRE(fixture
              .act([&](Transaction& transaction) {
                return remove_base(transaction, here, fixture.context, fixture.random, named("r5"));
              })
              .ok());
  CHECK(fixture.extend("r0", "root").ok());
  CHECK(code(fixture.extend("r5", "r4")) == ErrorCode::invalid_argument);  // 5 and 1 and 5 steps
  CHECK(fixture.extend("r5", "r3").ok());
  CHECK(fixture.problems().empty());
}

TEST_CASE("roles: a base can be taken away, and then nothing is inherited") {
  DefinitionFixture fixture;
  fixture.role("child", "admin");
  CHECK(fixture.permissions_of("child", Reach::effective).size() == 12);
  const auto remove = [&](const std::string& name) {
    return fixture.act([&](Transaction& transaction) {
      return remove_base(transaction, here, fixture.context, fixture.random, named(name));
    });
  };
  CHECK(remove("child").ok());
  CHECK(remove("child").ok());
  CHECK_FALSE(fixture.get("child").take().extends.has_value());
  CHECK(fixture.permissions_of("child", Reach::effective).empty());
  CHECK(fixture.told("role.updated").size() == 1);
  CHECK(code(remove("nobody")) == ErrorCode::not_found);
}

TEST_CASE("roles: dependents are those that extend it directly, in organizations too") {
  DefinitionFixture fixture;
  const auto dependents = [&](std::string_view name) {
    Names names;
    for (const Role& role : fixture.must(
             [&](Transaction& transaction) { return list_dependents(transaction, here, name); })) {
      names.push_back(role.name);
    }
    return names;
  };
  CHECK(dependents("member").empty());
  fixture.role("child", "member");
  fixture.role("grandchild", "child");
  fixture.organization_role("local", "member");
  CHECK(dependents("member") == Names{"child", "local"});
  CHECK(dependents("child") == Names{"grandchild"});
  CHECK(fixture.get("member").take().dependents_count == 2);
  const RoleName from_other{.organization = fixture.organization("Other"), .name = "member"};
  CHECK(fixture.get(from_other).take().dependents_count == 1);
}

TEST_CASE("roles: a role that people have goes only with a role to have instead") {
  DefinitionFixture fixture;
  fixture.role("old");
  fixture.role("new");
  const UserId bob = fixture.member("bob@acme.test");
  REQUIRE(fixture.assign("old").ok());
  REQUIRE(fixture.assign(bob, "old").ok());
  REQUIRE(fixture.assign(bob, "new").ok());
  CHECK(told_why(fixture.remove({.which = named("old")})) ==
        "failed_precondition: role cannot be deleted as it is assigned to users");
  CHECK(code(fixture.remove({.which = named("old"), .reassign_to = "nobody"})) ==
        ErrorCode::not_found);
  CHECK(code(fixture.remove({.which = named("old"), .reassign_to = "old"})) ==
        ErrorCode::invalid_argument);
  CHECK(fixture.count(named("old")) == 2);
  REQUIRE(fixture.remove({.which = named("old"), .reassign_to = "new"}).ok());
  CHECK(fixture.grants().roles == Names{"new"});
  CHECK(fixture.count(named("new")) == 2);
  CHECK(told_why(fixture.get("old")) == "not_found: role not found");
  CHECK(fixture.audited("role.deleted") == 1);
  CHECK(fixture.told("role.deleted").size() == 1);
  CHECK(fixture.problems().empty());
}

TEST_CASE("roles: a role may be reassigned to one that is named by its id") {
  DefinitionFixture fixture;
  fixture.role("old");
  const Role heir = fixture.role("new");
  REQUIRE(fixture.assign("old").ok());
  CHECK(code(fixture.remove({.which = named("old"), .reassign_to = "role_1"})) ==
        ErrorCode::not_found);
  REQUIRE(fixture.remove({.which = named("old"), .reassign_to = heir.id.text()}).ok());
  CHECK(fixture.grants().roles == Names{"new"});
}

TEST_CASE("roles: members of the environment's role cannot be handed to an organization's") {
  DefinitionFixture fixture;
  fixture.role("old");
  const Role local = fixture.organization_role("local");
  REQUIRE(fixture.assign("old").ok());
  CHECK(code(fixture.remove({.which = named("old"), .reassign_to = "local"})) ==
        ErrorCode::not_found);
  CHECK(code(fixture.remove({.which = named("old"), .reassign_to = local.id.text()})) ==
        ErrorCode::not_found);
  REQUIRE(fixture.assign("local").ok());
  const RoleName which{.organization = fixture.acme, .name = "local"};
  CHECK(fixture.remove({.which = which, .reassign_to = "member"}).ok());
  CHECK(fixture.grants().roles == Names{"member", "old"});
}

TEST_CASE("roles: neither a base nor a default of the environment can be deleted") {
  DefinitionFixture fixture;
  fixture.role("base");
  fixture.role("child", "base");
  CHECK(told_why(fixture.remove({.which = named("base")})) ==
        "failed_precondition: role cannot be deleted as other roles extend it");
  REQUIRE(fixture.remove({.which = named("child")}).ok());
  CHECK(fixture.remove({.which = named("base")}).ok());
  CHECK(code(fixture.remove({.which = named("member")})) == ErrorCode::failed_precondition);
  CHECK(code(fixture.remove({.which = named("admin"), .reassign_to = "member"})) ==
        ErrorCode::failed_precondition);
  CHECK(fixture.roles_in(std::nullopt) == Names{"admin", "member"});
}

TEST_CASE("roles: users are counted once each, in an organization only there") {
  DefinitionFixture fixture;
  fixture.role("auditor");
  CHECK(fixture.count(named("auditor")) == 0);
  REQUIRE(fixture.assign("auditor").ok());
  const OrgId other = fixture.organization("Other");
  fixture.join(other, fixture.ada);
  fixture.must([&](Transaction& transaction) {
    return assign_role(transaction, here, other, fixture.context, fixture.random, fixture.ada,
                       "auditor");
  });
  fixture.assign(fixture.member("bob@acme.test"), "auditor").take();
  CHECK(fixture.count(named("auditor")) == 2);
  CHECK(fixture.count({.organization = other, .name = "auditor"}) == 1);
  CHECK(fixture.count({.organization = fixture.acme, .name = "auditor"}) == 2);
  const auto unknown = fixture.act(
      [&](Transaction& transaction) { return count_users(transaction, here, named("nobody")); });
  CHECK(code(unknown) == ErrorCode::not_found);
}

TEST_CASE("roles: the environment's defaults are chosen together") {
  DefinitionFixture fixture;
  fixture.role("owner");
  const auto choose = [&](DefaultNames names) {
    return fixture.act([&](Transaction& transaction) {
      return set_default_roles(transaction, here, fixture.context, fixture.random, names);
    });
  };
  CHECK(code(choose({.creator = "owner", .member = "nobody"})) == ErrorCode::not_found);
  CHECK(fixture.get("admin").take().is_default_creator);
  const DefaultRoles chosen = choose({.creator = "owner", .member = "admin"}).take();
  CHECK(chosen.creator.name == "owner");
  CHECK(chosen.creator.is_default_creator);
  CHECK_FALSE(chosen.creator.is_default_member);
  CHECK(chosen.member.name == "admin");
  CHECK(chosen.member.is_default_member);
  CHECK_FALSE(chosen.member.is_default_creator);
  CHECK_FALSE(fixture.get("member").take().is_default_member);
  const DefaultRoles both = choose({.creator = "owner", .member = "owner"}).take();
  CHECK(both.creator.is_default_member);
  CHECK(both.member.is_default_creator);
  CHECK(fixture.told("role.updated").size() == 3);
  CHECK(fixture.remove({.which = named("member")}).ok());
  CHECK(fixture.problems().empty());
}

TEST_CASE("roles: an organization has its own default for members, until that role goes") {
  DefinitionFixture fixture;
  fixture.organization_role("guest");
  const auto choose = [&](OrgId organization, std::string_view name) {
    return fixture.act([&](Transaction& transaction) {
      return set_default_role(transaction, here, organization, fixture.context, fixture.random,
                              name);
    });
  };
  int joined = 0;
  const auto joins_as = [&](OrgId organization) {
    const UserId user = fixture.member("new" + std::to_string(joined++) + "@acme.test");
    if (organization != fixture.acme) fixture.join(organization, user);
    return fixture.must([&](Transaction& transaction) -> Result<Names, Error> {
      TRY(assign_default_role(transaction, here, organization, fixture.context, fixture.random,
                              user, DefaultRole::member));
      return TRY(load_grants(transaction, here, organization, user)).roles;
    });
  };
  CHECK(joins_as(fixture.acme) == Names{"member"});
  const Role chosen = choose(fixture.acme, "guest").take();
  CHECK(chosen.name == "guest");
  CHECK(chosen.is_default_member);
  CHECK(joins_as(fixture.acme) == Names{"guest"});
  CHECK(joins_as(fixture.organization("Other")) == Names{"member"});
  const RoleName member_here{.organization = fixture.acme, .name = "member"};
  CHECK_FALSE(fixture.get(member_here).take().is_default_member);
  CHECK(fixture.get("member").take().is_default_member);
  CHECK(choose(fixture.acme, "admin").take().is_default_member);  // a role of the environment
  CHECK(joins_as(fixture.acme) == Names{"admin"});
  REQUIRE(choose(fixture.acme, "guest").ok());
  REQUIRE(fixture
              .remove({.which = {.organization = fixture.acme, .name = "guest"},
                       .reassign_to = "member"})
              .ok());
  CHECK(joins_as(fixture.acme) == Names{"member"});
  CHECK(code(choose(fixture.acme, "nobody")) == ErrorCode::not_found);
  CHECK(code(choose(OrgId(99), "member")) == ErrorCode::not_found);
  CHECK(fixture.problems().empty());
}

TEST_CASE("roles: a default of another organization, or a role that claims to be one, is found") {
  DefinitionFixture fixture;
  const Role local = fixture.organization_role("local");
  const OrgId other = fixture.organization("Other");
  fixture.must([&](Transaction& transaction) -> Result<Unit, Error> {
    static constexpr storage::Sql put_default{
        "test.put_default",
        "INSERT INTO organization_default_roles (organization_id, environment_id, member_role_id) "
        "VALUES ($2, $1, $3)"};
    static constexpr storage::Sql claim_default{
        "test.claim_default", "UPDATE roles SET is_default_member = 1 WHERE id = $1"};
    TRY(transaction.execute(put_default, {here, other, local.id}));
    TRY(transaction.execute(claim_default, {local.id}));
    return Unit{};
  });
  CHECK(fixture.problems().size() == 2);
}

TEST_CASE("roles: a member's roles are replaced as a whole or not at all") {
  DefinitionFixture fixture;
  fixture.role("auditor");
  REQUIRE(fixture.set({"admin", "auditor", "admin"}).ok());
  CHECK(fixture.grants().roles == Names{"admin", "auditor"});
  CHECK(told_why(fixture.set({"member", "nobody"})) == "not_found: role not found");
  CHECK(fixture.grants().roles == Names{"admin", "auditor"});
  REQUIRE(fixture.set({"member"}).ok());
  CHECK(fixture.grants().roles == Names{"member"});
  REQUIRE(fixture.set({}).ok());
  CHECK(fixture.grants().roles.empty());
  CHECK(code(fixture.set(Names(roles_of_member_max + 1, "member"))) == ErrorCode::invalid_argument);
  const auto stranger = fixture.act([&](Transaction& transaction) {
    return set_roles(transaction, here, fixture.acme, fixture.context, fixture.random,
                     {.user = UserId(99), .role_names = {"member"}});
  });
  CHECK(told_why(stranger) == "not_found: membership not found");
  CHECK(fixture.audited("membership.updated") == 3);
}

TEST_CASE("roles: of two with one name a member is given the organization's and loses both") {
  DefinitionFixture fixture;
  fixture.role("auditor");
  REQUIRE(fixture.assign("auditor").ok());
  const Role own = fixture.organization_role("auditor");
  REQUIRE(fixture.assign("auditor").ok());
  const auto held = fixture.must([&](Transaction& transaction) {
    return list_roles_of_member(transaction, here, fixture.acme, fixture.ada);
  });
  REQUIRE(held.size() == 2);
  CHECK(held[1].id == own.id);
  CHECK(fixture.grants().roles == Names{"auditor"});
  REQUIRE(fixture
              .act([&](Transaction& transaction) {
                return remove_role(transaction, here, fixture.acme, fixture.context, fixture.random,
                                   fixture.ada, "auditor");
              })
              .ok());
  CHECK(fixture.grants().roles.empty());
}

}  // namespace gatehouse::rbac
