#include "server/orgs/session_policy.h"

#include <doctest/doctest.h>

#include "server/orgs/invariants.h"
#include "server/orgs/portal_link.h"
#include "tests/world/rows.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;
using Source = SessionPolicy::Source;
using Idle = SessionPolicy::Idle;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  Fixture()
      : acme(must([&](Transaction& transaction) {
               return create(transaction, here, context, random, {.display_name = "Acme"});
             }).id) {}

  Result<SessionPolicy, Error> change(const SessionPolicyChange& wanted,
                                      EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return update_session_policy(transaction, environment, acme, context, random, settings,
                                   wanted);
    });
  }
  SessionPolicy policy() {
    return must(
        [&](Transaction& transaction) { return find_session_policy(transaction, here, acme); });
  }
  SessionLifetimes lifetimes() { return effective_lifetimes(policy(), settings); }

  environments::Settings settings;
  OrgId acme;
};

}  // namespace

TEST_CASE("orgs: a new organization has the environment's session lifetimes") {
  Fixture fixture;
  CHECK(fixture.policy().source == Source::application);
  CHECK(fixture.lifetimes().absolute == fixture.settings.session_absolute_lifetime);
  CHECK(fixture.lifetimes().idle == fixture.settings.session_idle_lifetime);
}

TEST_CASE("orgs: a policy keeps numbers and units as they were given") {
  Fixture fixture;
  const auto changed = fixture.change({.source = Source::custom,
                                       .absolute_count = 360,
                                       .absolute_unit = TimeUnit::minutes,
                                       .idle_rule = Idle::limited,
                                       .idle_count = 2,
                                       .idle_unit = TimeUnit::hours});
  REQUIRE(changed.ok());
  for (const SessionPolicy& policy : {changed.value(), fixture.policy()}) {
    CHECK(policy.source == Source::custom);
    CHECK(policy.absolute == Timeout{360, TimeUnit::minutes});
    CHECK(policy.idle_rule == Idle::limited);
    CHECK(policy.idle == Timeout{2, TimeUnit::hours});
  }
  CHECK(fixture.lifetimes().absolute == hours(6));
  CHECK(fixture.lifetimes().idle == hours(2));

  SUBCASE("a change keeps what it does not name") {
    CHECK(fixture.change({.absolute_count = 1, .absolute_unit = TimeUnit::days}).ok());
    CHECK(fixture.policy().absolute == Timeout{1, TimeUnit::days});
    CHECK(fixture.policy().idle == Timeout{2, TimeUnit::hours});
  }
  SUBCASE("an idle time can be kept and not applied") {
    CHECK(fixture.change({.idle_rule = Idle::ignored}).ok());
    CHECK(fixture.policy().idle == Timeout{2, TimeUnit::hours});
    CHECK(fixture.lifetimes().idle == fixture.settings.session_idle_lifetime);
  }
  SUBCASE("going back to the application's forgets them") {
    CHECK(fixture.change({.source = Source::application}).ok());
    CHECK(fixture.policy().source == Source::application);
    CHECK_FALSE(fixture.policy().absolute.has_value());
    CHECK(fixture.lifetimes().absolute == fixture.settings.session_absolute_lifetime);
  }
}

TEST_CASE("orgs: a number without a unit is in minutes, an idle number alone switches it on") {
  Fixture fixture;
  REQUIRE(fixture.change({.source = Source::custom, .absolute_count = 90, .idle_count = 45}).ok());
  CHECK(fixture.policy().absolute == Timeout{90, TimeUnit::minutes});
  CHECK(fixture.policy().idle_rule == Idle::limited);
  CHECK(fixture.lifetimes().idle == minutes(45));
}

TEST_CASE("orgs: a policy can only make sessions shorter") {
  Fixture fixture;
  REQUIRE(fixture
              .change({.source = Source::custom,
                       .absolute_count = 300,
                       .absolute_unit = TimeUnit::days,
                       .idle_count = 20,
                       .idle_unit = TimeUnit::days})
              .ok());
  CHECK(fixture.lifetimes().absolute == fixture.settings.session_absolute_lifetime);
  CHECK(fixture.lifetimes().idle == fixture.settings.session_idle_lifetime);
}

TEST_CASE("orgs: a policy whose times contradict each other is refused") {
  Fixture fixture;
  const auto field_of = [&](const SessionPolicyChange& change) {
    SessionPolicyChange custom = change;
    custom.source = Source::custom;
    const auto outcome = fixture.change(custom);
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::invalid_argument);
    return outcome.error().field;
  };
  const std::string absolute = "absolute_session_timeout";
  const std::string idle = "idle_session_timeout";
  CHECK(field_of({.absolute_count = 0}) == absolute);
  CHECK(field_of({.absolute_count = -5}) == absolute);
  CHECK(field_of({.absolute_count = 366, .absolute_unit = TimeUnit::days}) == absolute);
  CHECK(field_of({.absolute_count = 2'147'483'648}) == absolute);
  CHECK(field_of({.idle_count = 0}) == idle);
  // Not longer than access tokens live.
  CHECK(field_of({.absolute_count = 15}) == absolute);
  CHECK(field_of({.absolute_count = 60, .idle_count = 15}) == idle);
  // Idle as long as the session.
  CHECK(field_of({.absolute_count = 60, .idle_count = 60}) == idle);
  CHECK(field_of({.idle_count = 30, .idle_unit = TimeUnit::days}) == idle);
  CHECK(field_of({.absolute_count = 60, .idle_rule = Idle::limited}) == idle);
  CHECK(fixture.policy().source == Source::application);
  CHECK(fixture.change({.source = Source::custom, .absolute_count = 60, .idle_count = 59}).ok());
}

TEST_CASE("orgs: half a policy and a portal link of another environment are found by fsck") {
  Fixture fixture;
  REQUIRE(fixture.change({.source = Source::custom, .absolute_count = 60, .idle_count = 30}).ok());
  fixture.must([&](Transaction& transaction) {
    return create_portal_link(transaction, here, fixture.acme, fixture.context, fixture.random, {});
  });
  const auto problems = [&](const storage::Sql& sql) {
    fixture.must([&](Transaction& transaction) { return transaction.execute(sql, {}); });
    return fixture.must([](Transaction& transaction) { return check_invariants(transaction); })
        .size();
  };
  constexpr storage::Sql nothing{"test.nothing", "UPDATE organizations SET slug = slug"};
  constexpr storage::Sql half{"test.half_a_policy",
                              "UPDATE organizations SET session_policy_source = 'APPLICATION'"};
  constexpr storage::Sql foreign{"test.foreign_link", "UPDATE portal_links SET environment_id = 2"};
  CHECK(problems(nothing) == 0);
  CHECK(problems(half) == 1);
  CHECK(problems(foreign) == 2);
}

TEST_CASE("orgs: nobody sets or sees the policy of another environment") {
  Fixture fixture;
  CHECK(fixture.change({.source = Source::custom, .absolute_count = 60}, elsewhere).error().code ==
        ErrorCode::not_found);
  const auto seen = fixture.act([&](Transaction& transaction) {
    return find_session_policy(transaction, elsewhere, fixture.acme);
  });
  CHECK(seen.error().code == ErrorCode::not_found);
}

}  // namespace gatehouse::orgs
