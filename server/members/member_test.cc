#include "server/members/member.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "server/events/event.h"
#include "server/sessions/session.h"
#include "tests/world/rows.h"

namespace gatehouse::members {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

users::NewUser person(std::string_view email) {
  return {.email = users::Email::parse(email).value()};
}

class Fixture : public world::DomainFixture {
 public:
  Fixture() {
    for (const EnvironmentId environment : {here, elsewhere}) {
      must([&](Transaction& transaction) {
        return rbac::create_default_roles(transaction, environment, context, random);
      });
    }
  }

  OrgId organization(std::string name, EnvironmentId environment = here) {
    context.now += seconds(1);
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, environment, context, random, {.display_name = name});
           })
        .id;
  }
  Result<UserId, Error> create_in(OrgId organization, const users::NewUser& user,
                                  const Joining& joining = {}, EnvironmentId environment = here) {
    context.now += seconds(1);
    return act([&](Transaction& transaction) {
      return create_in_organization(transaction, environment, organization, context, random, user,
                                    joining);
    });
  }
  UserId member(OrgId organization, std::string_view email) {
    return create_in(organization, person(email)).take();
  }
  Result<Unit, Error> join_in(OrgId organization, UserId user, const Joining& joining = {},
                              EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return join(transaction, environment, organization, context, random, user, joining);
    });
  }
  Result<Unit, Error> leave_from(OrgId organization, UserId user,
                                 LastMembership last = LastMembership::deletes_user,
                                 EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return leave(transaction, environment, organization, context, random, user, last);
    });
  }
  std::optional<OneMember> look_up(UserId user, std::optional<OrgId> only = std::nullopt,
                                   EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return find(transaction, environment, user, context, only);
    });
  }
  std::vector<std::string> roles_of(OrgId organization, UserId user) {
    const auto found = look_up(user, organization);
    if (!found.has_value()) return {"nobody"};
    std::vector<std::string> names;
    for (const std::size_t role : found->member.memberships.at(0).roles) {
      names.push_back(found->roles.at(role).name);
    }
    return names;
  }
  void limit_seats(OrgId organization, int count) {
    must([&](Transaction& transaction) {
      static constexpr storage::Sql sql{
          "test.limit_seats", "UPDATE organizations SET max_allowed_users = $2 WHERE id = $1"};
      return transaction.execute(sql, {organization, count});
    });
  }
  SessionId session(UserId user, OrgId organization) {
    return must([&](Transaction& transaction) {
             return sessions::create(transaction, here, context, random,
                                     {.user = user,
                                      .organization = organization,
                                      .method = sessions::Method::email_code,
                                      .absolute_lifetime = hours(1),
                                      .idle_lifetime = hours(1)});
           })
        .session.id;
  }
  std::size_t live_sessions(UserId user) {
    return must([&](Transaction& transaction) {
             return sessions::list_live_of_user(transaction, here, user, context.now);
           })
        .size();
  }
  std::vector<events::Event> events_of(std::string type) {
    return must([&](Transaction& transaction) {
             return events::list(transaction, here, {.types = {type}}, {.limit = 100});
           })
        .items;
  }
};

std::vector<std::string> emails_of(const MemberPage& found) {
  std::vector<std::string> emails;
  for (const MemberView& person : found.page.items) {
    emails.push_back(person.user.user.email.text());
  }
  return emails;
}

}  // namespace

TEST_CASE("members: who is created in an organization has the default role, and is told of") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  const auto found = fixture.look_up(ada);
  REQUIRE(found.has_value());
  CHECK(found->member.user.user.email.text() == "ada@acme.test");
  REQUIRE(found->member.memberships.size() == 1);
  const MembershipView& membership = found->member.memberships[0];
  CHECK(membership.organization == acme);
  CHECK(membership.organization_name == "Acme");
  CHECK(membership.status == orgs::MembershipStatus::active);
  CHECK(membership.provisioning == "direct_provision");
  CHECK(fixture.roles_of(acme, ada) == std::vector<std::string>{"member"});
  CHECK(permissions_of(membership, found->roles) ==
        std::vector<std::string_view>{"sk_org_settings_read", "sk_org_users_read"});
  const auto told = fixture.events_of("user.organization_membership_created");
  REQUIRE(told.size() == 1);
  CHECK(told[0].object == "OrgMembership");
  CHECK(told[0].organization == acme);
  const Json data = Json::parse(told[0].data).take();
  CHECK(data.find("organization")->string("id") == acme.text());
  CHECK(data.find("user")->string("email") == "ada@acme.test");
  CHECK(data.find("user")->find("user_profile")->string("id") ==
        "usp_" + std::to_string(ada.number()));
}

TEST_CASE("members: nobody half created is left where joining fails") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const OrgId foreign = fixture.organization("Foreign", elsewhere);
  CHECK(fixture.create_in(foreign, person("ada@acme.test")).error().code == ErrorCode::not_found);
  const auto bad_role = fixture.create_in(acme, person("ada@acme.test"), {.roles = {{"nobody"}}});
  CHECK(bad_role.error().code == ErrorCode::not_found);
  CHECK(bad_role.error().message == "role not found: nobody");
  CHECK(bad_role.error().field == "roles");
  CHECK(fixture.create_in(acme, person("ada@acme.test"), {.roles = {{""}}}).error().code ==
        ErrorCode::invalid_argument);
  CHECK(fixture.create_in(acme, person("ada@acme.test"), {.metadata = {{"k", "v"}}}).error().code ==
        ErrorCode::invalid_argument);
  CHECK(fixture.create_in(acme, person("ada@acme.test"), {.inviter_email = "no address"})
            .error()
            .field == "inviter_email");
  CHECK(fixture.audited("user.created") == 0);
  CHECK(fixture.create_in(acme, person("ada@acme.test")).ok());
  const auto again = fixture.create_in(acme, person("ADA@acme.test"));
  CHECK(again.error().code == ErrorCode::already_exists);
  CHECK(again.error().field == "email");
}

TEST_CASE("members: many who ask for the last seats at once get as many as there are") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  constexpr int seats = 5;
  constexpr int people = 16;
  fixture.limit_seats(acme, seats);
  std::latch start(people);
  std::atomic<int> seated{0};
  std::atomic<int> surprises{0};
  std::vector<std::thread> all;
  for (int i = 0; i < people; ++i) {
    all.emplace_back([&, i] {
      const users::NewUser user = person("p" + std::to_string(i) + "@acme.test");
      start.arrive_and_wait();
      const auto made = storage::write_by_row(
          fixture.database.database(), fixture.context, [&](Transaction& transaction) {
            return create_in_organization(transaction, here, acme, fixture.context, fixture.random,
                                          user, {});
          });
      if (made.ok()) {
        ++seated;
      } else if (made.error().code != ErrorCode::resource_exhausted) {
        ++surprises;
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  CHECK(seated == seats);
  CHECK(surprises == 0);
}

TEST_CASE("members: seats count who is active or invited, and the last one is given once") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  fixture.limit_seats(acme, 2);
  CHECK(fixture.create_in(acme, person("a@acme.test")).ok());
  CHECK(fixture
            .create_in(acme, person("b@acme.test"),
                       {.status = orgs::MembershipStatus::pending_invite})
            .ok());
  const auto third = fixture.create_in(acme, person("c@acme.test"));
  CHECK(third.error().code == ErrorCode::resource_exhausted);
  CHECK_FALSE(third.error().message.empty());
  CHECK(fixture.audited("user.created") == 2);
  fixture.limit_seats(acme, 0);  // no limit
  CHECK(fixture.create_in(acme, person("c@acme.test")).ok());
}

TEST_CASE("members: who joins a second organization keeps the first") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const OrgId globex = fixture.organization("Globex");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  CHECK(fixture.join_in(globex, ada, {.roles = {{"admin"}}, .metadata = {{"team", "red"}}}).ok());
  CHECK(fixture.join_in(globex, ada).error().code == ErrorCode::already_exists);
  CHECK(fixture.join_in(OrgId(77), ada).error().message == "organization not found");
  CHECK(fixture.join_in(acme, UserId(77)).error().message == "user not found");
  const auto all = fixture.look_up(ada);
  REQUIRE(all->member.memberships.size() == 2);
  CHECK(all->member.memberships[0].organization == globex);  // the newer one first
  CHECK(all->member.memberships[0].metadata == Metadata{{"team", "red"}});
  CHECK(fixture.roles_of(globex, ada) == std::vector<std::string>{"admin"});
  CHECK(fixture.roles_of(acme, ada) == std::vector<std::string>{"member"});
  const auto one = fixture.look_up(ada, acme);
  REQUIRE(one->member.memberships.size() == 1);
  CHECK(one->member.memberships[0].organization == acme);
  CHECK_FALSE(fixture.look_up(ada, OrgId(77)).has_value());
}

TEST_CASE("members: roles and metadata of a membership change in the parts that are given") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  const auto set = [&](const MembershipChange& wanted, OrgId organization) {
    return fixture.act([&](Transaction& transaction) {
      return change(transaction, here, organization, fixture.context, fixture.random, ada, wanted);
    });
  };
  CHECK(set({.roles = {{{"admin"}}}}, acme).ok());
  CHECK(fixture.roles_of(acme, ada) == std::vector<std::string>{"admin"});
  CHECK(set({.metadata = Metadata{{"team", "red"}}}, acme).ok());
  CHECK(fixture.roles_of(acme, ada) == std::vector<std::string>{"admin"});
  CHECK(fixture.look_up(ada)->member.memberships[0].metadata == Metadata{{"team", "red"}});
  CHECK(fixture.events_of("user.organization_membership_updated").size() == 2);
  CHECK(set({.roles = {{{"nobody"}}}, .metadata = Metadata{{"team", "blue"}}}, acme).error().code ==
        ErrorCode::not_found);
  CHECK(set({.metadata = Metadata{{"k", "v"}}}, acme).error().code == ErrorCode::invalid_argument);
  CHECK(set({.roles = {{{"admin"}}}}, OrgId(77)).error().message == "membership not found");
  CHECK(fixture.look_up(ada)->member.memberships[0].metadata == Metadata{{"team", "red"}});
  CHECK(fixture.events_of("user.organization_membership_updated").size() == 2);
}

TEST_CASE("members: a role is assigned as often as one likes, and the only one may be taken away") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  const auto assign = [&](const RoleReference& role) {
    return fixture.act([&](Transaction& transaction) {
      return assign_roles(transaction, here, acme, fixture.context, fixture.random, ada,
                          {&role, 1});
    });
  };
  const auto remove = [&](std::string_view role, EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return remove_role(transaction, environment, acme, fixture.context, fixture.random, ada,
                         role);
    });
  };
  CHECK(assign({"member"}).ok());
  CHECK(fixture.roles_of(acme, ada) == std::vector<std::string>{"member"});
  CHECK(assign({"admin"}).ok());
  CHECK(fixture.roles_of(acme, ada) == std::vector<std::string>{"admin", "member"});
  CHECK(assign({"nobody"}).error().code == ErrorCode::not_found);
  CHECK(assign({"", RoleId(77)}).error().code == ErrorCode::not_found);
  CHECK(remove("member", here).ok());
  CHECK(remove("admin", here).ok());
  CHECK(fixture.roles_of(acme, ada).empty());
  CHECK(remove("nobody", here).error().code == ErrorCode::not_found);
  CHECK(remove("admin", elsewhere).error().code == ErrorCode::not_found);
}

TEST_CASE("members: leaving ends the sessions there, and the last membership takes the user") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const OrgId globex = fixture.organization("Globex");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  REQUIRE(fixture.join_in(globex, ada).ok());
  fixture.session(ada, acme);
  fixture.session(ada, globex);
  CHECK(fixture.leave_from(acme, ada, LastMembership::deletes_user, elsewhere).error().code ==
        ErrorCode::not_found);
  CHECK(fixture.leave_from(acme, ada).ok());
  CHECK(fixture.leave_from(acme, ada).error().message == "membership not found");
  CHECK(fixture.live_sessions(ada) == 1);
  REQUIRE(fixture.look_up(ada).has_value());
  CHECK(fixture.look_up(ada)->member.memberships.size() == 1);
  CHECK(fixture.leave_from(globex, ada).ok());
  CHECK_FALSE(fixture.look_up(ada).has_value());
  CHECK(fixture.events_of("user.organization_membership_deleted").size() == 2);
}

TEST_CASE("members: the last membership leaves the user where that is asked for") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  CHECK(fixture.leave_from(acme, ada, LastMembership::keeps_user).ok());
  REQUIRE(fixture.look_up(ada).has_value());
  CHECK(fixture.look_up(ada)->member.memberships.empty());
}

TEST_CASE("members: a deleted user leaves nothing but records and events") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  REQUIRE(fixture.join_in(fixture.organization("Globex"), ada).ok());
  fixture.session(ada, acme);
  const auto remove = [&](EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return delete_user(transaction, environment, fixture.context, fixture.random, ada);
    });
  };
  CHECK(remove(elsewhere).error().message == "user not found");
  CHECK(fixture.live_sessions(ada) == 1);
  CHECK(remove(here).ok());
  CHECK(remove(here).error().code == ErrorCode::not_found);
  CHECK(fixture.events_of("user.organization_membership_deleted").size() == 2);
  CHECK(fixture.audited("session.ended") == 1);
  CHECK(fixture.audited("user.deleted") == 1);
}

TEST_CASE("members: an organization's list has its members alone, newest first, page by page") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const OrgId globex = fixture.organization("Globex");
  const UserId ada = fixture.member(acme, "a@acme.test");
  fixture.member(globex, "g@globex.test");
  fixture.member(acme, "b@acme.test");
  fixture.member(acme, "c@acme.test");
  REQUIRE(fixture.join_in(globex, ada, {.roles = {{"admin"}}}).ok());
  const auto page = [&](OrgId organization, const PageQuery& query, EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return list_in_organization(transaction, environment, organization, fixture.context, query);
    });
  };
  const auto first = page(acme, {.limit = 2}, here).take();
  CHECK(emails_of(first) == std::vector<std::string>{"c@acme.test", "b@acme.test"});
  CHECK(first.page.total == 3);
  REQUIRE(first.page.older.has_value());
  const auto second = page(acme, {.from = first.page.older, .limit = 2}, here).take();
  CHECK(emails_of(second) == std::vector<std::string>{"a@acme.test"});
  CHECK_FALSE(second.page.older.has_value());
  REQUIRE(second.page.items[0].memberships.size() == 1);
  CHECK(second.page.items[0].memberships[0].organization == acme);
  CHECK(second.roles.at(second.page.items[0].memberships[0].roles.at(0)).name == "member");
  const auto back =
      page(acme, {.direction = PageQuery::Direction::newer, .from = second.page.newer, .limit = 2},
           here)
          .take();
  CHECK(emails_of(back) == emails_of(first));
  const auto in_globex = page(globex, {}, here).take();
  CHECK(emails_of(in_globex) == std::vector<std::string>{"g@globex.test", "a@acme.test"});
  CHECK(in_globex.roles.at(in_globex.page.items[1].memberships[0].roles.at(0)).name == "admin");
  CHECK(page(acme, {}, elsewhere).error().message == "organization not found");
}

TEST_CASE("members: the environment's list has everybody with all memberships") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member(acme, "a@acme.test");
  const UserId bob = fixture.member(acme, "b@acme.test");
  REQUIRE(fixture.join_in(fixture.organization("Globex"), ada, {.roles = {{"admin"}}}).ok());
  REQUIRE(fixture.leave_from(acme, bob, LastMembership::keeps_user).ok());
  const auto all = fixture.must(
      [&](Transaction& transaction) { return list(transaction, here, fixture.context, {}); });
  CHECK(emails_of(all) == std::vector<std::string>{"b@acme.test", "a@acme.test"});
  CHECK(all.page.total == 2);
  CHECK(all.page.items[0].memberships.empty());
  REQUIRE(all.page.items[1].memberships.size() == 2);
  CHECK(all.roles.at(all.page.items[1].memberships[0].roles.at(0)).name == "admin");
  CHECK(all.roles.at(all.page.items[1].memberships[1].roles.at(0)).name == "member");
  const auto others = fixture.must(
      [&](Transaction& transaction) { return list(transaction, elsewhere, fixture.context, {}); });
  CHECK(others.page.items.empty());
  CHECK(others.page.total == 0);
}

TEST_CASE("members: permissions are those of all roles and of what they extend, each once") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada =
      fixture.create_in(acme, person("ada@acme.test"), {.roles = {{"member"}, {"admin"}}}).take();
  const auto found = fixture.look_up(ada);
  const auto permissions = permissions_of(found->member.memberships[0], found->roles);
  CHECK(permissions.size() == 12);  // admin's, of which member has two
  fixture.must([&](Transaction& transaction) {
    static constexpr storage::Sql sql{
        "test.extend",
        "UPDATE roles SET extends_id = (SELECT id FROM roles WHERE name = 'admin' AND "
        "environment_id = $1) WHERE name = 'member' AND environment_id = $1"};
    return transaction.execute(sql, {here});
  });
  const UserId eve = fixture.member(acme, "eve@acme.test");
  const auto inherited = fixture.look_up(eve);
  CHECK(permissions_of(inherited->member.memberships[0], inherited->roles).size() == 12);
}

TEST_CASE("members: search in an organization finds its members by what they are known by") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const OrgId globex = fixture.organization("Globex");
  users::NewUser ada = person("ada@acme.test");
  ada.given_name = "Ada";
  ada.family_name = "Lovelace";
  ada.external_id = "CRM-17";
  REQUIRE(fixture.create_in(acme, ada).ok());
  fixture.member(acme, "bob@acme.test");
  fixture.member(globex, "ada@globex.test");
  const auto found = [&](OrgId organization, std::string_view query,
                         EnvironmentId environment = here) {
    return fixture.act([&](Transaction& transaction) {
      return search_in_organization(transaction, environment, organization, fixture.context, query,
                                    {});
    });
  };
  const std::vector<std::string> only_ada{"ada@acme.test"};
  for (const char* query : {"ada", "ADA@ac", "love", "ada love", "CRM-1", " ada "}) {
    CAPTURE(query);
    CHECK(emails_of(found(acme, query).take()) == only_ada);
    CHECK(found(acme, query).take().page.total == 1);
  }
  for (const char* query : {"crm", "lace", "ada%", "_da", "ada\xff", "zzz", "   "}) {
    CAPTURE(query);
    CHECK(found(acme, query).take().page.items.empty());
  }
  CHECK(emails_of(found(globex, "ada").take()) == std::vector<std::string>{"ada@globex.test"});
  CHECK(found(acme, "ada", elsewhere).error().message == "organization not found");
}

TEST_CASE("members: search everywhere shows all memberships, search in one shows that one") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme");
  const UserId ada = fixture.member(acme, "ada@acme.test");
  fixture.member(acme, "adam@acme.test");
  REQUIRE(fixture.join_in(fixture.organization("Globex"), ada, {.roles = {{"admin"}}}).ok());
  const auto everywhere = fixture.must([&](Transaction& transaction) {
    return search(transaction, here, fixture.context, "ada", {});
  });
  CHECK(emails_of(everywhere) == std::vector<std::string>{"adam@acme.test", "ada@acme.test"});
  REQUIRE(everywhere.page.items[1].memberships.size() == 2);
  CHECK(everywhere.roles.at(everywhere.page.items[1].memberships[0].roles.at(0)).name == "admin");
  CHECK(everywhere.roles.at(everywhere.page.items[0].memberships[0].roles.at(0)).name == "member");
}

}  // namespace gatehouse::members
