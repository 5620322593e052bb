#include "server/rbac/permission.h"

#include "server/rbac/test_fixture.h"

namespace gatehouse::rbac {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = DefinitionFixture::here;
constexpr EnvironmentId elsewhere = DefinitionFixture::elsewhere;

class Fixture : public DefinitionFixture {
 public:
  Result<Permission, Error> create(PermissionText wanted, EnvironmentId environment = here) {
    context.now += seconds(1);
    return act([&](Transaction& transaction) {
      return create_permission(transaction, environment, context, random, wanted);
    });
  }
  Result<Permission, Error> describe(PermissionText wanted) {
    context.now += seconds(1);
    return act([&](Transaction& transaction) {
      return update_permission(transaction, here, context, random, wanted);
    });
  }
  Result<Permission, Error> get(std::string_view name) {
    return act([&](Transaction& transaction) { return get_permission(transaction, here, name); });
  }
  Result<Unit, Error> erase(std::string_view name) {
    return act([&](Transaction& transaction) {
      return delete_permission(transaction, here, context, random, name);
    });
  }
  Result<Names, Error> add(std::string role_name, Names names) {
    return act([&](Transaction& transaction) -> Result<Names, Error> {
      const auto held = TRY(add_permissions(transaction, here, context, random,
                                            {.role_name = role_name, .permission_names = names}));
      Names held_names;
      for (const Permission& permission : held) held_names.push_back(permission.name);
      return held_names;
    });
  }
  Result<Unit, Error> take(std::string role_name, std::string name) {
    return act([&](Transaction& transaction) {
      return remove_permission(transaction, here, context, random,
                               {.role_name = role_name, .permission_name = name});
    });
  }
  Page<Permission> page(PermissionKind kind, const PageQuery& query = {.limit = 100}) {
    return must(
        [&](Transaction& transaction) { return list_permissions(transaction, here, kind, query); });
  }
};

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

}  // namespace

TEST_CASE("permissions: one is made, described, found and deleted; each is audited and told") {
  Fixture fixture;
  const Permission made = fixture.create({.name = "invoice:read", .description = ""}).take();
  CHECK(made.id.text().starts_with("perm_"));
  CHECK(made.description.empty());
  CHECK_FALSE(made.is_built_in());
  const Permission described =
      fixture.describe({.name = "invoice:read", .description = "See invoices"}).take();
  CHECK(described.id == made.id);
  CHECK(described.description == "See invoices");
  CHECK(described.created_at == made.created_at);
  CHECK(described.updated_at == fixture.context.now);
  CHECK(fixture.get("invoice:read").take().description == "See invoices");
  CHECK(fixture.erase("invoice:read").ok());
  CHECK(told_why(fixture.get("invoice:read")) == "not_found: permission not found");
  CHECK(told_why(fixture.erase("invoice:read")) == "not_found: permission not found");
  CHECK(code(fixture.describe({.name = "invoice:read", .description = "x"})) ==
        ErrorCode::not_found);
  CHECK(fixture.audited("permission.updated") == 1);
  CHECK(fixture.audited("permission.deleted") == 1);
  CHECK(fixture.told("permission.created").size() == 1);
  CHECK(fixture.told("permission.updated").size() == 1);
  const auto told = fixture.told("permission.deleted");
  REQUIRE(told.size() == 1);
  CHECK(told[0].object == "Permission");
  CHECK(told[0].data.find("\"name\":\"invoice:read\"") != std::string::npos);
}

TEST_CASE("permissions: names are unique, well-formed and not of the built-in kind") {
  Fixture fixture;
  REQUIRE(fixture.create({.name = "a", .description = ""}).ok());
  const auto again = fixture.create({.name = "a", .description = ""});
  CHECK(code(again) == ErrorCode::invalid_argument);
  CHECK(again.error().message.starts_with("duplicate key not allowed"));
  CHECK(fixture.create({.name = "a", .description = ""}, elsewhere).ok());
  const auto refused = [&](std::string name, std::string description) {
    const auto outcome =
        fixture.create({.name = std::move(name), .description = std::move(description)});
    return code(outcome) == ErrorCode::invalid_argument && !outcome.error().field.empty();
  };
  CHECK(refused("", ""));
  CHECK(refused("no.dots", ""));
  CHECK(refused("no blanks", ""));
  CHECK(refused(std::string(65, 'a'), ""));
  CHECK(refused("b", std::string(2001, 'a')));
  CHECK(refused("b", "\xff"));
  CHECK(refused("sk_org_everything", ""));
  CHECK(fixture.create({.name = std::string(64, 'a'), .description = std::string(2000, 'a')}).ok());
}

TEST_CASE("permissions: built-in ones can be given to roles but neither changed nor deleted") {
  Fixture fixture;
  CHECK(code(fixture.describe({.name = "sk_org_sso_read", .description = "x"})) ==
        ErrorCode::failed_precondition);
  CHECK(code(fixture.erase("sk_org_sso_read")) == ErrorCode::failed_precondition);
  CHECK(fixture.get("sk_org_sso_read").take().description ==
        "See the organization's single sign-on");
  fixture.role("auditor");
  CHECK(fixture.add("auditor", {"sk_org_sso_read"}).take() == Names{"sk_org_sso_read"});
}

TEST_CASE("permissions: lists are newest first, by kind and in pages") {
  Fixture fixture;
  REQUIRE(fixture.create({.name = "first", .description = ""}).ok());
  REQUIRE(fixture.create({.name = "second", .description = ""}).ok());
  REQUIRE(fixture.create({.name = "skip", .description = ""}).ok());
  REQUIRE(fixture.create({.name = "foreign", .description = ""}, elsewhere).ok());
  CHECK(fixture.page(PermissionKind::any).total == 15);
  CHECK(fixture.page(PermissionKind::built_in).items.size() == 12);
  const auto own = fixture.page(PermissionKind::own, {.limit = 2});
  CHECK(own.total == 3);
  REQUIRE(own.items.size() == 2);
  CHECK(own.items[0].name == "skip");
  CHECK_FALSE(own.newer.has_value());
  const auto next = fixture.page(PermissionKind::own, {.from = own.older, .limit = 2});
  REQUIRE(next.items.size() == 1);
  CHECK(next.items[0].name == "first");
  CHECK_FALSE(next.older.has_value());
  const auto back =
      fixture.page(PermissionKind::own,
                   {.direction = PageQuery::Direction::newer, .from = next.newer, .limit = 1});
  REQUIRE(back.items.size() == 1);
  CHECK(back.items[0].name == "second");
}

TEST_CASE(
    "permissions: adding to a role passes over what is unknown or held, and shows the whole") {
  Fixture fixture;
  fixture.role("auditor");
  fixture.permission("a");
  fixture.permission("b");
  CHECK(fixture.add("auditor", {"unknown"}).take().empty());
  CHECK(fixture.told("role.updated").empty());
  CHECK(fixture.add("auditor", {"b", "unknown", "b"}).take() == Names{"b"});
  CHECK(fixture.add("auditor", {"a", "b"}).take() == Names{"a", "b"});
  CHECK(fixture.told("role.updated").size() == 2);
  CHECK(code(fixture.add("auditor", {"non.existent"})) == ErrorCode::invalid_argument);
  CHECK(told_why(fixture.add("nobody", {"a"})) == "not_found: role not found");
}

TEST_CASE("permissions: a role has a hundred of them at most") {
  Fixture fixture;
  fixture.role("auditor");
  Names names;
  for (int i = 0; i < 101; ++i) {
    names.push_back("p" + std::to_string(i));
    fixture.permission(names.back());
  }
  CHECK(code(fixture.add("auditor", names)) == ErrorCode::resource_exhausted);
  CHECK(fixture.permissions_of("auditor").empty());
  CHECK(code(fixture.DefinitionFixture::create(
            {.name = "full", .display_name = "Full", .permissions = names})) ==
        ErrorCode::invalid_argument);
  names.pop_back();
  CHECK(fixture.add("auditor", names).take().size() == 100);
  CHECK(code(fixture.add("auditor", {"p100"})) == ErrorCode::resource_exhausted);
  CHECK(fixture.add("auditor", names).take().size() == 100);
}

TEST_CASE("permissions: one is taken from a role that has it, and from no other") {
  Fixture fixture;
  fixture.permission("a");
  fixture.permission("b");
  fixture.role("auditor", std::nullopt, {"a"});
  CHECK(told_why(fixture.take("nobody", "a")) == "not_found: role not found");
  CHECK(told_why(fixture.take("auditor", "unknown")) == "not_found: permission not found");
  CHECK(code(fixture.take("auditor", "b")) == ErrorCode::not_found);
  CHECK(fixture.take("auditor", "a").ok());
  CHECK(fixture.permissions_of("auditor").empty());
  CHECK(fixture.audited("role.updated") == 1);
}

TEST_CASE("permissions: the effective ones are the own and all inherited, each from the nearest") {
  Fixture fixture;
  for (const auto* name : {"a", "b", "c"}) fixture.permission(name);
  fixture.role("root", std::nullopt, {"a", "b"});
  fixture.role("middle", "root", {"b"});
  const Role leaf = fixture.role("leaf", "middle", {"c"});
  CHECK(fixture.permissions_of("leaf") == Names{"c"});
  CHECK(fixture.permissions_of("leaf", Reach::effective) == Names{"a", "b", "c"});
  CHECK(fixture.permissions_of("middle", Reach::effective) == Names{"a", "b"});
  const auto found = fixture.must([&](Transaction& transaction) {
    return list_role_permissions(transaction, here, {.role = leaf.id, .reach = Reach::effective});
  });
  REQUIRE(found.size() == 3);
  CHECK(found[0].from == "root");
  CHECK(found[1].from == "middle");
  CHECK(found[2].from == "leaf");
  CHECK(found[2].role == leaf.id);
}

TEST_CASE("permissions: those of all roles come in one answer, an organization's only to itself") {
  Fixture fixture;
  fixture.permission("a");
  fixture.role("auditor", std::nullopt, {"a"});
  const Role local = fixture
                         .DefinitionFixture::create({.organization = fixture.acme,
                                                     .name = "local",
                                                     .display_name = "Local",
                                                     .extends = "auditor",
                                                     .permissions = {"a"}})
                         .take();
  const auto list = [&](const PermissionScope& scope) {
    return fixture.must(
        [&](Transaction& transaction) { return list_role_permissions(transaction, here, scope); });
  };
  CHECK(list({}).size() == 12 + 2 + 1);
  CHECK(list({.organization = fixture.acme}).size() == 12 + 2 + 1 + 1);
  CHECK(list({.organization = fixture.acme, .reach = Reach::effective}).size() == 16);
  CHECK(list({.role = local.id}).empty());
  CHECK(list({.organization = fixture.organization("Other"), .role = local.id}).empty());
}

TEST_CASE("permissions: a deleted one leaves every role, and what members may do follows") {
  Fixture fixture;
  fixture.permission("a");
  fixture.role("auditor", std::nullopt, {"a"});
  fixture.role("senior", "auditor");
  REQUIRE(fixture.assign("senior").ok());
  CHECK(fixture.grants().permissions == Names{"a"});
  const auto allowed = fixture.must([&](Transaction& transaction) {
    return list_permissions_of_member(transaction, here, fixture.acme, fixture.ada);
  });
  REQUIRE(allowed.size() == 1);
  CHECK(allowed[0].name == "a");
  REQUIRE(fixture.erase("a").ok());
  CHECK(fixture.permissions_of("auditor").empty());
  CHECK(fixture.grants().permissions.empty());
  CHECK(fixture.problems().empty());
}

}  // namespace gatehouse::rbac
