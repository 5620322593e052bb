#include <doctest/doctest.h>

#include "server/events/event.h"
#include "server/orgs/organization.h"
#include "tests/world/rows.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  Organization organization(const NewOrganization& wanted, EnvironmentId environment = here) {
    context.now += seconds(1);
    return must([&](Transaction& transaction) {
      return create(transaction, environment, context, random, wanted);
    });
  }
  Result<Organization, Error> change(OrgId organization, const OrganizationChange& wanted,
                                     EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return update(transaction, environment, organization, context, random, wanted);
    });
  }
  Page<Organization> search(std::string_view text, const PageQuery& query = {}) {
    return must([&](Transaction& transaction) {
      return search_organizations(transaction, here, text, query);
    });
  }
  Page<Organization> list(const PageQuery& query) {
    return must(
        [&](Transaction& transaction) { return list_organizations(transaction, here, query); });
  }
  std::vector<events::Event> events() {
    return must([&](Transaction& transaction) {
             return events::list(transaction, here, {}, {.limit = 30});
           })
        .items;
  }
};

std::string names(const Page<Organization>& page) {
  std::string text;
  for (const Organization& organization : page.items) text += organization.display_name + " ";
  return text;
}

const NewOrganization whole{.display_name = "Acme",
                            .external_id = "c-1",
                            .slug = "auth.acme.test",
                            .logo_url = "https://acme.test/logo.png",
                            .region = Region::eu,
                            .metadata = {{"tier", "gold"}}};

}  // namespace

TEST_CASE("orgs: a change keeps what it does not name") {
  Fixture fixture;
  const OrgId acme = fixture.organization(whole).id;
  fixture.context.now += seconds(1);
  const auto changed = fixture.change(acme, {.display_name = " Acme\tCorp "});
  REQUIRE(changed.ok());
  const Organization& now = changed.value();
  CHECK(now.display_name == "Acme Corp");
  CHECK(now.external_id == "c-1");
  CHECK(now.slug == "auth.acme.test");
  CHECK(now.logo_url == "https://acme.test/logo.png");
  CHECK(now.region == Region::eu);
  CHECK(now.metadata == Metadata{{"tier", "gold"}});
  CHECK(now.updated_at > now.created_at);
  CHECK(fixture.audited("organization.updated") == 1);

  const auto replaced = fixture.change(acme, {.metadata = Metadata{{"plan", "free"}}});
  CHECK(replaced.value().metadata == Metadata{{"plan", "free"}});
  CHECK(replaced.value().display_name == "Acme Corp");
}

TEST_CASE("orgs: an empty text takes an identifier away, and frees it for others") {
  Fixture fixture;
  const OrgId acme = fixture.organization(whole).id;
  const auto changed =
      fixture.change(acme, {.external_id = "", .slug = "", .logo_url = "", .metadata = Metadata{}});
  REQUIRE(changed.ok());
  CHECK_FALSE(changed.value().external_id.has_value());
  CHECK_FALSE(changed.value().slug.has_value());
  CHECK_FALSE(changed.value().logo_url.has_value());
  CHECK(changed.value().metadata.empty());
  const OrgId other = fixture.organization(whole).id;
  CHECK(fixture.change(other, {.external_id = "", .slug = ""}).ok());
}

TEST_CASE("orgs: a change that cannot be is refused as a whole") {
  Fixture fixture;
  const OrgId acme = fixture.organization(whole).id;
  const OrgId other = fixture.organization({.display_name = "Other"}).id;
  const auto refused = [&](const OrganizationChange& change) {
    const auto outcome = fixture.change(other, change);
    REQUIRE_FALSE(outcome.ok());
    return outcome.error();
  };
  CHECK(refused({.display_name = ""}).field == "display_name");
  CHECK(refused({.external_id = "a\nb"}).field == "external_id");
  CHECK(refused({.slug = "A"}).field == "slug");
  CHECK(refused({.logo_url = "http://a.test"}).field == "logo_url");
  CHECK(refused({.metadata = Metadata{{"a", "b"}}}).field == "metadata");
  CHECK(refused({.metadata = Metadata{{"a", "b"}}}).code == ErrorCode::invalid_argument);

  const Error taken_id = refused({.display_name = "X", .external_id = "c-1"});
  CHECK(taken_id.code == ErrorCode::already_exists);
  CHECK(taken_id.message == "an organization with this external_id already exists");
  const Error taken_slug = refused({.slug = "auth.acme.test"});
  CHECK(taken_slug.code == ErrorCode::already_exists);
  CHECK(taken_slug.field == "slug");
  CHECK(fixture.change(other, {}).value().display_name == "Other");
  // Its own are no obstacle.
  CHECK(fixture.change(acme, {.external_id = "c-1", .slug = "auth.acme.test"}).ok());
  CHECK(fixture.change(acme, {.display_name = "Evil"}, elsewhere).error().code ==
        ErrorCode::not_found);
  CHECK(fixture.change(OrgId(99), {.display_name = "X"}).error().message ==
        "organization not found");
}

TEST_CASE("orgs: a new organization cannot take what another one has, until that one is deleted") {
  Fixture fixture;
  const OrgId acme = fixture.organization(whole).id;
  const auto attempt = [&](const NewOrganization& wanted) {
    return fixture.act([&](Transaction& transaction) {
      return create(transaction, here, fixture.context, fixture.random, wanted);
    });
  };
  const auto twice = attempt(whole);
  CHECK(twice.error().code == ErrorCode::already_exists);
  CHECK(twice.error().field == "external_id");
  CHECK(attempt({.display_name = "B", .slug = "auth.acme.test"}).error().message ==
        "an organization with this slug already exists");
  fixture.must([&](Transaction& transaction) {
    return delete_organization(transaction, here, fixture.context, fixture.random, acme);
  });
  CHECK(attempt(whole).ok());
}

TEST_CASE("orgs: an organization is found by its external id, in its environment only") {
  Fixture fixture;
  const OrgId acme = fixture.organization(whole).id;
  const auto find = [&](std::string_view id, EnvironmentId environment) {
    return fixture.must([&](Transaction& transaction) {
      return find_organization_by_external_id(transaction, environment, id);
    });
  };
  REQUIRE(find("c-1", here).has_value());
  CHECK(find("c-1", here)->id == acme);
  CHECK_FALSE(find("C-1", here).has_value());
  CHECK_FALSE(find("c-1", elsewhere).has_value());
}

TEST_CASE("orgs: pages go from the newest to the oldest and back") {
  Fixture fixture;
  for (const char* name : {"A", "B", "C", "D", "E"}) fixture.organization({.display_name = name});
  fixture.organization({.display_name = "Foreign"}, elsewhere);
  const auto first = fixture.list({.limit = 2});
  CHECK(names(first) == "E D ");
  CHECK(first.total == 5);
  CHECK_FALSE(first.newer.has_value());
  const auto second = fixture.list({.from = first.older, .limit = 2});
  CHECK(names(second) == "C B ");
  const auto third = fixture.list({.from = second.older, .limit = 2});
  CHECK(names(third) == "A ");
  CHECK_FALSE(third.older.has_value());
  const auto back =
      fixture.list({.direction = PageQuery::Direction::newer, .from = third.newer, .limit = 2});
  CHECK(names(back) == "C B ");
}

TEST_CASE("orgs: a search finds parts of names, external ids and slugs, in any case") {
  Fixture fixture;
  fixture.organization({.display_name = "Acme Rockets", .external_id = "CUST-7"});
  fixture.organization({.display_name = "Globex", .slug = "auth.globex.test"});
  fixture.organization({.display_name = "100% Initech_"});
  fixture.organization({.display_name = "Acme abroad"}, elsewhere);
  CHECK(names(fixture.search("ACME")) == "Acme Rockets ");
  CHECK(names(fixture.search("cust-")) == "Acme Rockets ");
  CHECK(names(fixture.search("globex.test")) == "Globex ");
  CHECK(names(fixture.search("0% i")) == "100% Initech_ ");
  CHECK(names(fixture.search("ech_")) == "100% Initech_ ");
  // What has a meaning in patterns stands for itself.
  CHECK(fixture.search("%%%").items.empty());
  CHECK(fixture.search("a_me").items.empty());
  CHECK(fixture.search("\\\\\\").items.empty());
  const auto nonsense = fixture.search("qwertz");
  CHECK(nonsense.items.empty());
  CHECK(nonsense.total == 0);

  const auto limited = fixture.search("e", {.limit = 1});
  CHECK(limited.items.size() == 1);
  CHECK(limited.total == 3);
  CHECK(names(fixture.search("e", {.from = limited.older, .limit = 5})) == "Globex Acme Rockets ");
}

TEST_CASE("orgs: events show the organization as it is afterwards") {
  Fixture fixture;
  const OrgId acme = fixture.organization(whole).id;
  static_cast<void>(fixture.change(acme, {.display_name = "Acme Corp", .slug = ""}).value());
  fixture.must([&](Transaction& transaction) {
    return delete_organization(transaction, here, fixture.context, fixture.random, acme);
  });
  const auto events = fixture.events();
  REQUIRE(events.size() == 3);
  std::vector<std::string> types;
  for (const events::Event& event : events) {
    types.push_back(event.type);
    CHECK(event.object == "Organization");
    CHECK(event.organization == acme);
  }
  std::ranges::sort(types);
  CHECK(types == std::vector<std::string>{"organization.created", "organization.deleted",
                                          "organization.updated"});
  for (const events::Event& event : events) {
    const Json data = Json::parse(event.data).take();
    CHECK(data.string("id") == acme.text());
    CHECK(data.string("external_id") == "c-1");
    CHECK(data.string("region_code") == "EU");
    CHECK((data.find("deleted_at") != nullptr) == (event.type == "organization.deleted"));
    CHECK((data.find("slug") != nullptr) == (event.type == "organization.created"));
    REQUIRE(data.find("metadata") != nullptr);
    CHECK(data.find("metadata")->string("tier") == "gold");
    REQUIRE(data.find("settings")->array("features") != nullptr);
    CHECK(data.find("settings")->array("features")->front().string("name") == "sso");
  }
}

}  // namespace gatehouse::orgs
