#include "server/orgs/portal_link.h"

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
  Fixture() : acme(organization("Acme")) {}

  OrgId organization(std::string name) {
    return must([&](Transaction& transaction) {
             return create(transaction, here, context, random, {.display_name = name});
           })
        .id;
  }
  Result<CreatedPortalLink, Error> make(FeatureSet features = {}) {
    return act([&](Transaction& transaction) {
      return create_portal_link(transaction, here, acme, context, random, features);
    });
  }
  std::optional<FoundPortalLink> find(std::string_view token, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return find_portal_link(transaction, environment, token, context.now);
    });
  }
  std::optional<OpenedPortal> open(std::string_view token, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return open_portal_link(transaction, environment, context, random, token);
    });
  }
  std::optional<FoundPortalLink> session(const OpenedPortal& opened,
                                         EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return check_portal_session(transaction, environment, opened.session_token.reveal(),
                                  context.now);
    });
  }
  std::size_t listed() {
    return must([&](Transaction& transaction) {
             return list_portal_links(transaction, here, acme, context.now);
           })
        .size();
  }
  std::int64_t reclaim() {
    return must([&](Transaction& transaction) {
      return reclaim_portal_links(transaction, context.now, 100);
    });
  }

  OrgId acme;
};

}  // namespace

TEST_CASE("portal link: it opens once, and what it opens lives six hours") {
  Fixture fixture;
  const auto made = fixture.make().take();
  const std::string token(made.token.reveal());
  CHECK(made.link.expires_at == fixture.context.now + minutes(1));
  CHECK(token.size() == 36);
  CHECK(token[14] == '4');
  // Looking, as often as one likes, changes nothing.
  for (int i = 0; i < 3; ++i) REQUIRE(fixture.find(token).has_value());
  CHECK(fixture.find(token)->organization.display_name == "Acme");

  const auto opened = fixture.open(token);
  REQUIRE(opened.has_value());
  CHECK_FALSE(fixture.open(token).has_value());
  CHECK_FALSE(fixture.find(token).has_value());
  CHECK(fixture.audited("portal_link.opened") == 1);
  REQUIRE(fixture.session(*opened).has_value());
  CHECK(fixture.session(*opened)->organization.id == fixture.acme);
  CHECK_FALSE(fixture.session(*opened, elsewhere).has_value());
  fixture.context.now += hours(6) - seconds(1);
  CHECK(fixture.session(*opened).has_value());
  fixture.context.now += seconds(1);
  CHECK_FALSE(fixture.session(*opened).has_value());
}

TEST_CASE("portal link: it does not open late, elsewhere, or by another text") {
  Fixture fixture;
  const auto made = fixture.make().take();
  const std::string token(made.token.reveal());
  CHECK_FALSE(fixture.open(token, elsewhere).has_value());
  CHECK_FALSE(fixture.find(token, elsewhere).has_value());
  CHECK_FALSE(fixture.open("").has_value());
  CHECK_FALSE(fixture.open(made.link.id.text()).has_value());
  fixture.context.now += minutes(1);
  CHECK_FALSE(fixture.find(token).has_value());
  CHECK_FALSE(fixture.open(token).has_value());
  CHECK(fixture.audited("portal_link.opened") == 0);
}

TEST_CASE("portal link: it shows what it is limited to, of what the organization has") {
  Fixture fixture;
  const auto everything = fixture.make().take();
  const auto limited = fixture.make({Feature::sso, Feature::dir_sync}).take();
  CHECK(fixture.find(everything.token.reveal())->visible_features() == default_features());
  fixture.must([&](Transaction& transaction) {
    return change_features(transaction, here, fixture.acme, fixture.context, fixture.random,
                           {{Feature::sso, Switch::off}});
  });
  CHECK(fixture.find(limited.token.reveal())->visible_features() == FeatureSet{Feature::dir_sync});
  const auto refused = fixture.make({Feature::sso});
  CHECK(refused.error().code == ErrorCode::invalid_argument);
  CHECK(refused.error().field == "features");
  CHECK(fixture.make({Feature::dir_sync}).ok());
}

TEST_CASE("portal link: deleting it ends what it opened") {
  Fixture fixture;
  const auto made = fixture.make().take();
  const auto opened = fixture.open(made.token.reveal());
  const auto waiting = fixture.make().take();
  CHECK(fixture.listed() == 2);
  const auto remove = [&](OrgId organization, EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return delete_portal_link(transaction, environment, organization, fixture.context,
                                fixture.random, made.link.id);
    });
  };
  CHECK(remove(fixture.organization("Other"), here).error().code == ErrorCode::not_found);
  CHECK(remove(fixture.acme, elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.session(*opened).has_value());
  CHECK(remove(fixture.acme, here).ok());
  CHECK(remove(fixture.acme, here).error().message == "portal link not found");
  CHECK_FALSE(fixture.session(*opened).has_value());
  CHECK(fixture.find(waiting.token.reveal()).has_value());
}

TEST_CASE("portal link: all of an organization's are deleted together, and no others") {
  Fixture fixture;
  const auto first = fixture.make().take();
  const auto second = fixture.make().take();
  const OrgId acme = fixture.acme;
  fixture.acme = fixture.organization("Other");
  const auto foreign = fixture.make().take();
  const auto remove_all = [&](OrgId organization) {
    return fixture.act([&](Transaction& transaction) {
      return delete_portal_links(transaction, here, organization, fixture.context, fixture.random);
    });
  };
  CHECK(remove_all(acme).ok());
  CHECK(remove_all(acme).ok());
  CHECK(remove_all(OrgId(99)).error().code == ErrorCode::not_found);
  CHECK_FALSE(fixture.find(first.token.reveal()).has_value());
  CHECK_FALSE(fixture.find(second.token.reveal()).has_value());
  CHECK(fixture.find(foreign.token.reveal()).has_value());
  CHECK(fixture.audited("portal_link.deleted") == 1);
}

TEST_CASE("portal link: what is over is not listed, and is reclaimed once its session is over") {
  Fixture fixture;
  const auto unopened = fixture.make().take();
  const auto opened = fixture.make().take();
  REQUIRE(fixture.open(opened.token.reveal()).has_value());
  CHECK(fixture.listed() == 2);
  fixture.context.now += minutes(2);
  CHECK(fixture.listed() == 1);
  CHECK(fixture.reclaim() == 1);
  CHECK(fixture.reclaim() == 0);
  fixture.context.now += hours(6);
  CHECK(fixture.listed() == 0);
  CHECK(fixture.reclaim() == 1);
}

TEST_CASE("portal link: an organization that is not there has none") {
  Fixture fixture;
  fixture.acme = OrgId(99);
  CHECK(fixture.make().error().message == "organization not found");
  const auto listed = fixture.act([&](Transaction& transaction) {
    return list_portal_links(transaction, here, OrgId(99), fixture.context.now);
  });
  CHECK(listed.error().code == ErrorCode::not_found);
}

}  // namespace gatehouse::orgs
