#include "server/connections/list.h"

#include <doctest/doctest.h>

#include "server/connections/test_fixture.h"

namespace gatehouse::connections {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;
using Ids = std::vector<ConnectionId>;

Ids ids_of(const std::vector<ConnectionSummary>& summaries) {
  Ids ids;
  for (const ConnectionSummary& summary : summaries) ids.push_back(summary.id);
  return ids;
}

class Fixture : public ConnectionFixture {
 public:
  Result<std::vector<ConnectionSummary>, Error> of(OrgId organization, Include include,
                                                   EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return list_of_organization(transaction, environment, organization, include);
    });
  }
  Ids by_domain(std::string_view domain, Include include = Include::all,
                EnvironmentId environment = here) {
    return ids_of(must([&](Transaction& transaction) {
      return list_of_domain(transaction, environment, domain, include);
    }));
  }
  Page<ConnectionSummary> found(const ConnectionFilter& filter, const PageQuery& query = {}) {
    return must([&](Transaction& transaction) { return search(transaction, here, filter, query); });
  }
};

}  // namespace

TEST_CASE("connection lists: drafts are shown where all are asked for, active ones always") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  fixture.domain(acme, "acme.com");
  fixture.domain(acme, "acme.org");
  fixture.domain(acme, "claimed.org", orgs::DomainClaim::by_organization);
  CHECK(fixture.of(acme, Include::all).take().empty());
  const Connection draft = fixture.oidc(acme);
  const Connection active = fixture.complete(fixture.oidc(acme));
  REQUIRE(fixture.turn_on(active).ok());
  CHECK(ids_of(fixture.of(acme, Include::all).take()) == Ids{active.id, draft.id});
  const auto shown = fixture.of(acme, Include::active).take();
  REQUIRE(ids_of(shown) == Ids{active.id});
  CHECK(shown[0].organization_name == "Acme");
  CHECK(shown[0].provider == Provider::okta);
  CHECK(shown[0].is_enabled);
  CHECK(shown[0].domains == std::vector<std::string>{"acme.com", "acme.org"});
  CHECK(fixture.of(OrgId(9), Include::all).error().message == "organization not found");
  CHECK_FALSE(fixture.of(acme, Include::all, elsewhere).ok());
}

TEST_CASE("connection lists: a verified domain leads to the connections that are for it") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const OrgId squatter = fixture.organization("Squatter");
  const Connection active = fixture.complete(fixture.oidc(acme));
  REQUIRE(fixture.turn_on(active).ok());
  const Connection draft = fixture.oidc(acme);
  fixture.oidc(squatter);
  fixture.domain(squatter, "acme.com", orgs::DomainClaim::by_organization);
  CHECK(fixture.by_domain("acme.com").empty());
  const orgs::Domain com = fixture.domain(acme, "acme.com");
  const orgs::Domain org = fixture.domain(acme, "acme.org");
  CHECK(fixture.by_domain("ACME.com") == Ids{draft.id, active.id});
  CHECK(fixture.by_domain("acme.com", Include::active) == Ids{active.id});
  CHECK(fixture.by_domain("sub.acme.com").empty());
  CHECK(fixture.by_domain("nonsense").empty());
  CHECK(fixture.by_domain("acme.com", Include::all, elsewhere).empty());
  fixture.must([&](Transaction& transaction) {
    return assign_domains(transaction, here, acme, fixture.context, fixture.random, draft.id,
                          {org.id});
  });
  CHECK(fixture.by_domain("acme.com") == Ids{active.id});
  CHECK(fixture.by_domain("acme.org") == Ids{draft.id, active.id});
  const auto summaries = fixture.of(acme, Include::all).take();
  CHECK(summaries[0].domains == std::vector<std::string>{"acme.org"});
  CHECK(summaries[1].domains.size() == 2);
}

TEST_CASE("connection lists: search filters by everything, in pages both ways") {
  Fixture fixture;
  const OrgId acme = fixture.organization("Acme 100%");
  const OrgId other = fixture.organization("Other_Corp");
  const Connection first = fixture.oidc(acme);
  const Connection second = fixture.complete(fixture.oidc(acme));
  REQUIRE(fixture.turn_on(second).ok());
  const Connection third =
      fixture.make(other, {.type = ConnectionType::saml, .provider = Provider::adfs}).take();
  const Connection app = fixture
                             .make(std::nullopt, {.type = ConnectionType::oauth,
                                                  .provider = Provider::google,
                                                  .key_id = "gmail",
                                                  .use = {.is_app = true}})
                             .take();
  const Connection social =
      fixture.make(std::nullopt, {.type = ConnectionType::oauth, .provider = Provider::github})
          .take();
  using Whose = ConnectionFilter::Whose;
  const auto ids = [&](const ConnectionFilter& filter) {
    return ids_of(fixture.found(filter).items);
  };
  CHECK(ids({}) == Ids{social.id, app.id, third.id, second.id, first.id});
  CHECK(ids({.whose = Whose::organizations}) == Ids{third.id, second.id, first.id});
  CHECK(ids({.whose = Whose::apps}) == Ids{app.id});
  CHECK(ids({.text = "ACME"}) == Ids{second.id, first.id});
  CHECK(ids({.text = "100%"}) == Ids{second.id, first.id});
  CHECK(ids({.text = "r_c"}) == Ids{third.id});
  CHECK(ids({.text = "a_m"}).empty());
  CHECK(ids({.text = "gmail"}) == Ids{app.id});
  CHECK(ids({.text = third.id.text()}) == Ids{third.id});
  CHECK(ids({.provider = "ADFS"}) == Ids{third.id});
  CHECK(ids({.provider = "adfs"}) == Ids{third.id});
  CHECK(ids({.type = ConnectionType::saml}) == Ids{third.id});
  CHECK(ids({.status = Status::completed}) == Ids{second.id});
  CHECK(ids({.is_enabled = true}) == Ids{second.id});
  CHECK(ids({.text = "acme", .is_enabled = false}) == Ids{first.id});

  fixture.domain(other, "other.com");
  fixture.domain(other, "other.org");
  const auto page = fixture.found({.whose = Whose::organizations}, {.limit = 2});
  CHECK(ids_of(page.items) == Ids{third.id, second.id});
  CHECK(page.items[0].domains.size() == 2);
  CHECK(page.total == 3);
  REQUIRE(page.older.has_value());
  CHECK_FALSE(page.newer.has_value());
  const auto next =
      fixture.found({.whose = Whose::organizations}, {.from = page.older, .limit = 2});
  CHECK(ids_of(next.items) == Ids{first.id});
  CHECK_FALSE(next.older.has_value());
  REQUIRE(next.newer.has_value());
  const auto back =
      fixture.found({.whose = Whose::organizations},
                    {.direction = PageQuery::Direction::newer, .from = next.newer, .limit = 2});
  CHECK(ids_of(back.items) == Ids{third.id, second.id});
}

}  // namespace gatehouse::connections
