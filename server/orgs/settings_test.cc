#include "server/orgs/settings.h"

#include <doctest/doctest.h>

#include "server/orgs/organization.h"
#include "tests/world/rows.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  Fixture()
      : acme(must([&](Transaction& transaction) {
               return create(transaction, here, context, random, {.display_name = "Acme"});
             }).id) {}

  Result<Unit, Error> change(const std::vector<FeatureChange>& changes,
                             EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return change_features(transaction, environment, acme, context, random, changes);
    });
  }
  FeatureSet features() {
    return must(
               [&](Transaction& transaction) { return find_organization(transaction, here, acme); })
        ->features;
  }
  Result<Unit, Error> limit_to(std::optional<std::int64_t> count,
                               EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return set_user_limit(transaction, environment, acme, context, random, {count});
    });
  }
  Result<UserLimit, Error> limit(EnvironmentId environment = here) {
    return act(
        [&](Transaction& transaction) { return find_user_limit(transaction, environment, acme); });
  }

  OrgId acme;
};

}  // namespace

TEST_CASE("orgs: features have names, one of which is an old one") {
  for (const Feature feature : all_features) {
    CHECK(parse_feature(feature_name(feature)) == feature);
  }
  CHECK(feature_name(all_features[0]) == "sso");
  CHECK(feature_name(all_features[1]) == "dir_sync");
  CHECK(parse_feature("scim") == Feature::dir_sync);
  for (const char* name : {"", "SSO", "sso ", "everything"}) CHECK_FALSE(parse_feature(name));
}

TEST_CASE("orgs: a set of features survives being stored") {
  const FeatureSet set{Feature::session_policy, Feature::sso};
  CHECK(feature_set_to_json(set) == R"(["sso","session_policy"])");
  CHECK(feature_set_from_json(feature_set_to_json(set)).value() == set);
  CHECK(feature_set_from_json("[]").value().empty());
  for (const char* text : {"", "{}", "[1]", R"(["flying"])"}) {
    CHECK_FALSE(feature_set_from_json(text).ok());
  }
}

TEST_CASE("orgs: switching a feature leaves the others as they are") {
  Fixture fixture;
  CHECK(fixture.features() == default_features());
  CHECK(fixture.change({{Feature::dir_sync, Switch::off}}).ok());
  CHECK(fixture.features() == FeatureSet{Feature::sso, Feature::domain_verification});
  CHECK(fixture.change({{Feature::sso, Switch::off}, {Feature::session_policy, Switch::on}}).ok());
  CHECK(fixture.features() == FeatureSet{Feature::domain_verification, Feature::session_policy});
  CHECK(fixture.change({{Feature::sso, Switch::on}, {Feature::sso, Switch::off}}).ok());
  CHECK_FALSE(fixture.features().has(Feature::sso));
  CHECK(fixture.audited("organization.updated") == 3);
}

TEST_CASE("orgs: nobody switches features of another environment") {
  Fixture fixture;
  CHECK(fixture.change({{Feature::sso, Switch::off}}, elsewhere).error().code ==
        ErrorCode::not_found);
  CHECK(fixture.features() == default_features());
  CHECK(fixture.audited("organization.updated") == 0);
}

TEST_CASE("orgs: a limit of people is kept as it was given") {
  Fixture fixture;
  CHECK_FALSE(fixture.limit().value().max_allowed_users.has_value());
  for (const std::int64_t count : {5, 1, 0, 2'147'483'647}) {
    CHECK(fixture.limit_to(count).ok());
    CHECK(fixture.limit().value().max_allowed_users == count);
  }
  CHECK(fixture.limit_to(std::nullopt).ok());
  CHECK_FALSE(fixture.limit().value().max_allowed_users.has_value());
}

TEST_CASE("orgs: a limit that makes no sense or is another environment's is refused") {
  Fixture fixture;
  REQUIRE(fixture.limit_to(5).ok());
  CHECK(fixture.limit_to(-1).error().code == ErrorCode::invalid_argument);
  CHECK(fixture.limit_to(2'147'483'648).error().code == ErrorCode::invalid_argument);
  CHECK(fixture.limit_to(1, elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.limit(elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.limit().value().max_allowed_users == 5);
}

}  // namespace gatehouse::orgs
