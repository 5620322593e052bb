// What simulated OpenID providers say, and what is wrong with it where it should be.

#include "server/app/dev/simulator/oidc_answer.h"

#include <doctest/doctest.h>

#include <set>

#include "server/app/dev/simulator/oidc_grants.h"
#include "server/jose/jwt.h"
#include "tests/world/manual_clock.h"
#include "tests/world/seeded_random.h"

namespace gatehouse::app::dev {
namespace {

using world::test_start;

const ProviderKeys& keys() {
  static const ProviderKeys made{xml::make_key_pair("current", test_start).value(),
                                 xml::make_key_pair("next", test_start).value()};
  return made;
}

OidcOrder order_for(ProfileName profile, Outcome outcome = Outcome::success) {
  return {.profile = profile,
          .issuer = "http://localhost:8080/dev/idp/okta/conn_7/oidc",
          .tenant = tenant_of(ConnectionId(7)),
          .client_id = "simulated-conn_7",
          .nonce = "n-0S6_WzA2Mj",
          .person = {.login = "ada@example.com",
                     .email = "ada@example.com",
                     .given_name = "Ada",
                     .family_name = "Lovelace",
                     .groups = {"Engineering"},
                     .more = {{"department", "R&D"}, {"sub", "somebody else"}}},
          .outcome = outcome,
          .now = test_start};
}

Result<jose::VerifiedJwt, Error> verified(const OidcOrder& order) {
  const Json set = Json::parse(published_keys(keys())).value();
  std::vector<jose::PublicJwk> published;
  for (const Json& key : *set.array("keys")) {
    published.push_back(jose::parse_jwk(key.text()).value());
  }
  return jose::VerifiedJwt::verify(id_token(order, "access", keys()),
                                   jose::VerificationKeys(published),
                                   {.issuer = order.issuer,
                                    .audience = order.client_id,
                                    .type = jose::TokenType::jwt,
                                    .now = order.now,
                                    .skew_max = minutes(3)});
}

TEST_CASE("simulator: an ID token is what its client expects, with every profile") {
  for (int i = 0; i < profiles_count; ++i) {
    CAPTURE(i);
    const auto token = verified(order_for(static_cast<ProfileName>(i)));
    REQUIRE(token.ok());
    CHECK(token.value().string("nonce") == "n-0S6_WzA2Mj");
    CHECK(token.value().string("email") == "ada@example.com");
    CHECK(token.value().string("department") == "R&D");
    CHECK(token.value().subject() != "somebody else");
  }
}

TEST_CASE("simulator: bad ID tokens are refused by whoever verifies them") {
  for (const Outcome outcome :
       {Outcome::wrong_audience, Outcome::expired, Outcome::skewed_clock, Outcome::unsigned_,
        Outcome::bad_signature, Outcome::rotated_certificate}) {
    CAPTURE(outcome_names.name(outcome));
    CHECK_FALSE(verified(order_for(ProfileName::okta, outcome)).ok());
  }
  CHECK(verified(order_for(ProfileName::okta, Outcome::slow)).ok());
}

TEST_CASE("simulator: claims of a bad ID token differ in the one thing only") {
  const auto differing = [](Outcome outcome) {
    const Json good = Json::parse(id_token_claims(order_for(ProfileName::plain), "access")).value();
    const Json bad =
        Json::parse(id_token_claims(order_for(ProfileName::plain, outcome), "access")).value();
    std::set<std::string> names;
    for (const auto& member : *good.object()) {
      const Json* other = bad.find(member.key);
      if (other == nullptr || !(*other == member.value)) names.insert(member.key);
    }
    CHECK(bad.object()->size() <= good.object()->size());
    return names;
  };
  using Names = std::set<std::string>;
  CHECK(differing(Outcome::wrong_audience) == Names{"aud"});
  CHECK(differing(Outcome::expired) == Names{"iat", "nbf", "exp", "auth_time"});
  CHECK(differing(Outcome::skewed_clock) == Names{"iat", "nbf", "exp", "auth_time"});
  CHECK(differing(Outcome::unsigned_).empty());
  CHECK(differing(Outcome::bad_signature).empty());
  CHECK(differing(Outcome::missing_mail).contains("email"));
}

TEST_CASE("simulator: Entra ID names groups by GUID, verifies no address, and has oid and tid") {
  const Json claims = Json::parse(id_token_claims(order_for(ProfileName::entra), "a")).value();
  CHECK(claims.find("email_verified") == nullptr);
  CHECK(claims.string("tid") == tenant_of(ConnectionId(7)));
  CHECK(claims.string("oid").has_value());
  CHECK(claims.array("groups")->front().string()->size() == 36);
  const Json info = Json::parse(user_info(order_for(ProfileName::entra))).value();
  CHECK(info.find("groups") == nullptr);
  CHECK(info.string("sub") == claims.string("sub"));
  OidcOrder other = order_for(ProfileName::entra);
  other.client_id = "another";
  CHECK(Json::parse(user_info(other)).value().string("sub") != info.string("sub"));
}

TEST_CASE("simulator: a code is good once, and for a minute") {
  world::SeededRandom random;
  OidcGrants grants;
  const OidcGrant grant{.order = order_for(ProfileName::plain),
                        .connection = ConnectionId(7),
                        .redirect_uri = "http://localhost/cb",
                        .code_challenge = {}};
  const std::string code = grants.add_code(random, grant);
  CHECK(grants.consume_code(code, test_start).has_value());
  CHECK_FALSE(grants.consume_code(code, test_start).has_value());
  const std::string late = grants.add_code(random, grant);
  CHECK_FALSE(grants.consume_code(late, test_start + minutes(1)).has_value());
  CHECK_FALSE(grants.consume_code("", test_start).has_value());
}

}  // namespace
}  // namespace gatehouse::app::dev
