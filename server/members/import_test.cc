#include "server/members/import.h"

#include <doctest/doctest.h>

#include "server/members/view_store.h"
#include "server/rbac/role.h"
#include "tests/world/rows.h"

namespace gatehouse::members {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  Fixture() {
    must([&](Transaction& transaction) {
      return rbac::create_default_roles(transaction, here, context, random);
    });
    acme = organization("acme", here);
  }
  OrgId organization(std::string external_id, EnvironmentId environment) {
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, environment, context, random,
                                 {.display_name = external_id, .external_id = external_id});
           })
        .id;
  }
  Import::Outcome run(Import& import, std::vector<ImportedUser> batch) {
    return must(
        [&](Transaction& transaction) { return import.run(transaction, context, random, batch); });
  }
  Import::Outcome run(std::vector<ImportedUser> batch) {
    Import import(here, std::nullopt);
    return run(import, std::move(batch));
  }
  std::optional<OneMember> look_up(std::string_view email) {
    return must([&](Transaction& transaction) -> Result<std::optional<OneMember>, Error> {
      const auto user =
          TRY(users::find_user_by_email(transaction, here, users::Email::parse(email).value()));
      if (!user.has_value()) return std::optional<OneMember>();
      return find(transaction, here, user->id, context);
    });
  }
  void limit_seats(OrgId organization, int count) {
    must([&](Transaction& transaction) {
      static constexpr storage::Sql sql{
          "test.limit_seats", "UPDATE organizations SET max_allowed_users = $2 WHERE id = $1"};
      return transaction.execute(sql, {organization, count});
    });
  }

  OrgId acme{1};
};

ImportedUser line(std::int64_t number, std::string_view email,
                  std::optional<std::string> organization = std::nullopt) {
  return {.line = number,
          .user = {.email = users::Email::parse(email).value()},
          .organization_external_id = std::move(organization)};
}

}  // namespace

TEST_CASE("import: who is imported has a membership with the default role, or those named") {
  Fixture fixture;
  ImportedUser admin = line(2, "bob@acme.test");
  admin.organization = fixture.acme;
  admin.roles = {"admin", "member"};
  const auto outcome =
      fixture.run({line(1, "ada@acme.test", "acme"), admin, line(3, "lone@acme.test")});
  CHECK(outcome.problems.empty());
  CHECK(outcome.counts.created == 3);
  CHECK(outcome.counts.memberships == 2);
  const auto ada = fixture.look_up("ada@acme.test");
  REQUIRE(ada->member.memberships.size() == 1);
  CHECK(ada->member.memberships[0].status == orgs::MembershipStatus::active);
  REQUIRE(ada->member.memberships[0].roles.size() == 1);
  CHECK(ada->roles[0].name == "member");
  CHECK(fixture.look_up("bob@acme.test")->member.memberships[0].roles.size() == 2);
  CHECK(fixture.look_up("lone@acme.test")->member.memberships.empty());
  CHECK(fixture.audited("users.imported") == 1);
}

TEST_CASE("import: the same again changes nothing, and a further membership is added") {
  Fixture fixture;
  fixture.organization("globex", here);
  const std::vector<ImportedUser> batch{line(1, "ada@acme.test", "acme")};
  fixture.run(batch);
  const auto again = fixture.run(batch);
  CHECK(again.counts.created == 0);
  CHECK(again.counts.existing == 1);
  CHECK(again.counts.memberships == 0);
  CHECK(fixture.audited("users.imported") == 1);  // nothing was done
  const auto further = fixture.run({line(1, "ada@acme.test", "globex")});
  CHECK(further.counts.existing == 1);
  CHECK(further.counts.memberships == 1);
  CHECK(fixture.look_up("ada@acme.test")->member.memberships.size() == 2);
}

TEST_CASE("import: a line with a problem is told of by its number, and leaves nothing") {
  Fixture fixture;
  fixture.organization("foreign", elsewhere);
  ImportedUser taken = line(2, "eve@acme.test");
  taken.user.external_id = "7";
  ImportedUser first = line(1, "ada@acme.test");
  first.user.external_id = "7";
  ImportedUser role = line(4, "r@acme.test", "acme");
  role.roles = {"nobody"};
  ImportedUser no_organization = line(5, "n@acme.test");
  no_organization.roles = {"member"};
  ImportedUser name = line(6, "x@acme.test");
  name.user.given_name = "\xff";
  ImportedUser unknown = line(7, "u@acme.test");
  unknown.organization = OrgId(77);
  const auto outcome = fixture.run({first, taken, line(3, "f@acme.test", "foreign"), role,
                                    no_organization, name, unknown, line(8, "last@acme.test")});
  CHECK(outcome.counts.created == 2);
  std::vector<std::int64_t> lines;
  for (const ImportProblem& problem : outcome.problems) {
    CHECK_FALSE(problem.reason.empty());
    lines.push_back(problem.line);
  }
  CHECK(lines == std::vector<std::int64_t>{2, 3, 4, 5, 6, 7});
  for (const char* email : {"eve@acme.test", "f@acme.test", "r@acme.test", "n@acme.test",
                            "x@acme.test", "u@acme.test"}) {
    CAPTURE(email);
    CHECK_FALSE(fixture.look_up(email).has_value());
  }
  CHECK(fixture.look_up("last@acme.test").has_value());
}

TEST_CASE("import: seats are counted as everywhere") {
  Fixture fixture;
  fixture.limit_seats(fixture.acme, 2);
  const auto outcome =
      fixture.run({line(1, "a@acme.test", "acme"), line(2, "b@acme.test", "acme"),
                   line(3, "c@acme.test", "acme"), line(4, "a@acme.test", "acme")});
  CHECK(outcome.counts.created == 2);
  CHECK(outcome.counts.existing == 1);
  REQUIRE(outcome.problems.size() == 1);
  CHECK(outcome.problems[0].line == 3);
  CHECK_FALSE(fixture.look_up("c@acme.test").has_value());
}

TEST_CASE("import: an organization of the whole import is that of lines which name none") {
  Fixture fixture;
  fixture.organization("globex", here);
  Import import(here, fixture.acme);
  fixture.run(import, {line(1, "ada@acme.test"), line(2, "bob@acme.test", "globex")});
  CHECK(fixture.look_up("ada@acme.test")->member.memberships.at(0).organization == fixture.acme);
  CHECK(fixture.look_up("bob@acme.test")->member.memberships.at(0).organization_name == "globex");
}

TEST_CASE("import: thousands of one moment have ids of their own, also beside those made singly") {
  Fixture fixture;
  fixture.must([&](Transaction& transaction) {
    return users::create(transaction, here, fixture.context, fixture.random,
                         {.email = users::Email::parse("first@acme.test").value()});
  });
  std::vector<ImportedUser> batch;
  for (int i = 1; i <= 3000; ++i) {
    batch.push_back(line(i, "user" + std::to_string(i) + "@acme.test", "acme"));
  }
  Import import(here, std::nullopt);
  CHECK(fixture.run(import, batch).counts.created == 3000);
  // A second import of the same moment begins where the first one did.
  for (ImportedUser& one : batch) {
    one.user.email = users::Email::parse("more." + one.user.email.text()).value();
  }
  CHECK(fixture.run(batch).counts.created == 3000);
}

TEST_CASE("members: in a large organization search looks at matches instead of members") {
  Fixture fixture;
  std::vector<ImportedUser> batch;
  for (int i = 1; i <= scanned_members_max + 10; ++i) {
    batch.push_back(line(i, "user" + std::to_string(i) + "@acme.test", "acme"));
  }
  batch.push_back(line(1, "user1@lone.test"));
  fixture.run(std::move(batch));
  const auto search_for = [&](std::string_view query) {
    return fixture.must([&](Transaction& transaction) {
      return search_in_organization(transaction, here, fixture.acme, fixture.context, query, {});
    });
  };
  CHECK(search_for("user1@").page.total == 1);
  CHECK(search_for("user201").page.total == 2);  // 201 and 2010
  CHECK(search_for("nobody").page.total == 0);
  const auto broad = search_for("user");
  CHECK(broad.page.total > 1000);
  CHECK(broad.page.total <= scanned_matches_max);
  CHECK(broad.page.items.size() == 10);
  for (const Scan scan : {Scan::members, Scan::matches}) {
    const auto found = fixture.must([&](Transaction& transaction) {
      return search_members(transaction, here, fixture.acme, "USER33", {.limit = 100}, scan);
    });
    CHECK(found.total == 11);
    CHECK(found.items.size() == 11);
  }
}

}  // namespace gatehouse::members
