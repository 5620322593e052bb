#include "server/orgs/organization.h"

#include <doctest/doctest.h>

#include "server/orgs/invariants.h"
#include "tests/world/rows.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  Result<Organization, Error> create_organization(const NewOrganization& wanted,
                                                  EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return create(transaction, environment, context, random, wanted);
    });
  }
  OrgId organization(std::string name) {
    return create_organization({.display_name = std::move(name)}).take().id;
  }
  UserId user(std::string_view email, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
             return users::create(transaction, environment, context, random,
                                  {.email = users::Email::parse(email).value()});
           })
        .id;
  }
  Result<Unit, Error> add(OrgId organization, UserId user, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return add_member(transaction, environment, organization, context, random, user,
                        Provisioning::direct_provision);
    });
  }
  Result<Unit, Error> remove(OrgId organization, UserId user, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return remove_member(transaction, environment, organization, context, random, user);
    });
  }
  std::optional<Membership> membership(OrgId organization, UserId user,
                                       EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return find_membership(transaction, environment, organization, user);
    });
  }
  std::vector<std::string> names_of(UserId user) {
    std::vector<std::string> names;
    for (const Membership& membership : must([&](Transaction& transaction) {
           return list_memberships_of_user(transaction, here, user);
         })) {
      names.push_back(membership.organization_name);
    }
    return names;
  }
  std::vector<std::string> problems() {
    return must([](Transaction& transaction) { return check_invariants(transaction); });
  }
};

}  // namespace

TEST_CASE("orgs: what is created is found with all its parts, and is recorded") {
  Fixture fixture;
  const Organization created =
      fixture
          .create_organization(
              {.display_name = " Acme  Inc. ", .external_id = "c-1", .slug = "acme"})
          .take();
  const auto found = fixture.must(
      [&](Transaction& transaction) { return find_organization(transaction, here, created.id); });
  REQUIRE(found.has_value());
  CHECK(found->display_name == "Acme Inc.");
  CHECK(found->external_id == "c-1");
  CHECK(found->slug == "acme");
  CHECK(found->created_at == world::test_start);
  CHECK(found->metadata.empty());
  CHECK_FALSE(found->logo_url.has_value());
  CHECK(found->features.has(Feature::sso));
  CHECK(found->features.has(Feature::dir_sync));
  CHECK(fixture.audited("organization.created") == 1);
  const auto foreign = fixture.must([&](Transaction& transaction) {
    return find_organization(transaction, elsewhere, created.id);
  });
  CHECK_FALSE(foreign.has_value());
}

TEST_CASE("orgs: names, external ids and slugs that cannot be are refused") {
  Fixture fixture;
  const auto refused = [&](const NewOrganization& wanted) {
    const auto outcome = fixture.create_organization(wanted);
    return !outcome.ok() && outcome.error().code == ErrorCode::invalid_argument;
  };
  CHECK(refused({.display_name = ""}));
  CHECK(refused({.display_name = "  "}));
  CHECK(refused({.display_name = std::string(201, 'a')}));
  CHECK(refused({.display_name = "\xff"}));
  CHECK(refused({.display_name = "A", .external_id = ""}));
  CHECK(refused({.display_name = "A", .external_id = std::string(256, 'x')}));
  CHECK(refused({.display_name = "A", .external_id = "a\nb"}));
  for (const char* slug : {"", "-a", "a-", "A", "a_b", ".a", "a.", "a..b", "a.-b", "a/b", "é"}) {
    CAPTURE(slug);
    CHECK(refused({.display_name = "A", .slug = slug}));
  }
  CHECK(refused({.display_name = "A", .slug = std::string(64, 'a')}));
  const std::string label = std::string(62, 'a') + '.';
  CHECK(refused({.display_name = "A", .slug = label + label + label + label + "bcd"}));
  for (const char* logo : {"", "http://a.test/l.png", "https://", "ftp://a.test", "a.png",
                           "https://user@a.test/l.png", "javascript:alert(1)"}) {
    CAPTURE(logo);
    CHECK(refused({.display_name = "A", .logo_url = logo}));
  }
  CHECK(refused({.display_name = "A", .metadata = {{"ab", "x"}}}));
  CHECK(refused({.display_name = "A", .metadata = {{"key", ""}}}));
  CHECK(refused({.display_name = "A", .metadata = {{std::string(26, 'k'), "x"}}}));
  CHECK(refused({.display_name = "A", .metadata = {{"key", std::string(257, 'v')}}}));
  Metadata many;
  for (char c = 'a'; c <= 'k'; ++c) many.emplace("key" + std::string(1, c), "v");
  CHECK(refused({.display_name = "A", .metadata = many}));
  CHECK(fixture.audited("organization.created") == 0);
  many.erase("keyk");
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ä";
  CHECK(fixture.create_organization({.display_name = umlauts}).ok());
  CHECK(refused({.display_name = umlauts + "ä"}));
  CHECK(fixture
            .create_organization({.display_name = std::string(200, 'a'),
                                  .external_id = std::string(255, 'x'),
                                  .slug = label + label + label + label + "b",
                                  .logo_url = "https://acme.test/logo.png",
                                  .metadata = many})
            .ok());
}

TEST_CASE("orgs: external ids and slugs are unique in an environment, names need not be") {
  Fixture fixture;
  CHECK(fixture.create_organization({.display_name = "A", .external_id = "1", .slug = "a"}).ok());
  CHECK(fixture.create_organization({.display_name = "A"}).ok());
  CHECK(fixture.create_organization({.display_name = "B", .external_id = "1"}).error().code ==
        ErrorCode::already_exists);
  CHECK(fixture.create_organization({.display_name = "B", .slug = "a"}).error().code ==
        ErrorCode::already_exists);
  CHECK(
      fixture.create_organization({.display_name = "A", .external_id = "1", .slug = "a"}, elsewhere)
          .ok());
}

TEST_CASE("orgs: a member joins once and leaves once") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.user("ada@acme.test");
  CHECK_FALSE(fixture.membership(acme, ada).has_value());
  CHECK(fixture.add(acme, ada).ok());
  CHECK(fixture.add(acme, ada).error().code == ErrorCode::already_exists);
  const auto membership = fixture.membership(acme, ada);
  REQUIRE(membership.has_value());
  CHECK(membership->is_active());
  CHECK(membership->organization_name == "Acme");
  CHECK_FALSE(fixture.membership(acme, ada, elsewhere).has_value());
  CHECK(fixture.problems().empty());
  CHECK(fixture.remove(acme, ada, elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.remove(acme, ada).ok());
  CHECK(fixture.remove(acme, ada).error().code == ErrorCode::not_found);
  CHECK_FALSE(fixture.membership(acme, ada).has_value());
  CHECK(fixture.audited("membership.created") == 1);
  CHECK(fixture.audited("membership.deleted") == 1);
}

TEST_CASE("orgs: nobody joins across environments, or what does not exist") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.user("ada@acme.test");
  const UserId eve = fixture.user("eve@evil.test", elsewhere);
  CHECK(fixture.add(acme, eve).error().code == ErrorCode::not_found);
  CHECK(fixture.add(acme, eve, elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.add(acme, ada, elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.add(OrgId(99), ada).error().code == ErrorCode::not_found);
  CHECK(fixture.add(acme, UserId(99)).error().code == ErrorCode::not_found);
  CHECK(fixture.audited("membership.created") == 0);
}

TEST_CASE("orgs: memberships come with the last used first, then by name") {
  Fixture fixture;
  const UserId ada = fixture.user("ada@acme.test");
  const OrgId acme = fixture.organization("Acme");
  const OrgId zeta = fixture.organization("Zeta");
  const OrgId beta = fixture.organization("Beta");
  for (const OrgId organization : {acme, zeta, beta}) REQUIRE(fixture.add(organization, ada).ok());
  CHECK(fixture.names_of(ada) == std::vector<std::string>{"Acme", "Beta", "Zeta"});
  const auto use = [&](OrgId organization, EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return note_membership_used(transaction, environment, organization, ada, world::test_start);
    });
  };
  CHECK(use(zeta, here).ok());
  CHECK(use(beta, elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.names_of(ada) == std::vector<std::string>{"Zeta", "Acme", "Beta"});
}

TEST_CASE("orgs: members are listed with their users, page by page") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  std::vector<UserId> members;
  for (const char* email : {"a@acme.test", "b@acme.test", "c@acme.test"}) {
    fixture.context.now += seconds(1);
    members.push_back(fixture.user(email));
    REQUIRE(fixture.add(acme, members.back()).ok());
  }
  fixture.user("other@acme.test");
  const auto page = [&](std::optional<UserId> before, int limit) {
    return fixture.must([&](Transaction& transaction) {
      return list_members(transaction, here, acme, before, limit);
    });
  };
  const auto first = page(std::nullopt, 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0].user.email.text() == "c@acme.test");
  CHECK(first[0].membership.user == members[2]);
  CHECK(first[1].user.id == members[1]);
  const auto second = page(members[1], 2);
  REQUIRE(second.size() == 1);
  CHECK(second[0].user.id == members[0]);
}

TEST_CASE("orgs: a deleted organization takes its memberships and leaves its people") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.user("ada@acme.test");
  REQUIRE(fixture.add(acme, ada).ok());
  const auto remove = [&](EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return delete_organization(transaction, environment, fixture.context, fixture.random, acme);
    });
  };
  CHECK(remove(elsewhere).error().code == ErrorCode::not_found);
  CHECK(remove(here).ok());
  CHECK(remove(here).error().code == ErrorCode::not_found);
  CHECK(fixture.names_of(ada).empty());
  CHECK(
      fixture
          .must([&](Transaction& transaction) { return users::find_user(transaction, here, ada); })
          .has_value());
  CHECK(fixture.audited("organization.deleted") == 1);
  CHECK(fixture.problems().empty());
}

TEST_CASE("orgs: a deleted user takes their memberships") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.user("ada@acme.test");
  REQUIRE(fixture.add(acme, ada).ok());
  fixture.must([&](Transaction& transaction) {
    return users::delete_user(transaction, here, fixture.context, fixture.random, ada);
  });
  CHECK_FALSE(fixture.membership(acme, ada).has_value());
}

TEST_CASE("orgs: a membership across environments is found by fsck") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId eve = fixture.user("eve@evil.test", elsewhere);
  fixture.must([&](Transaction& transaction) {
    static constexpr storage::Sql sql{
        "test.foreign_member",
        "INSERT INTO memberships (environment_id, organization_id, user_id, status, provisioning, "
        "metadata, created_at_ms, updated_at_ms) "
        "VALUES ($1, $2, $3, 'ACTIVE', 'invitation', '{}', 1, 1)"};
    return transaction.execute(sql, {here, acme, eve});
  });
  REQUIRE(fixture.problems().size() == 1);
  CHECK(fixture.problems()[0].find(eve.text()) != std::string::npos);
}

}  // namespace gatehouse::orgs
