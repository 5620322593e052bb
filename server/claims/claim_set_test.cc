// Rules: which names and expressions are stored, and what becomes of them in a token.

#include "server/claims/claim_set.h"

#include <doctest/doctest.h>

namespace gatehouse::claims {
namespace {

Json facts() {
  return Json::parse(
             R"({"user": {"name": "Ada", "email": "ada@acme.test", "metadata": {"plan": "pro"}},
                    "organization": null, "membership": null})")
      .value();
}

std::string problem(std::vector<Rule> rules) { return rules_problem(rules).value_or(""); }

using Rules = std::vector<Rule>;

TEST_CASE("rules with names of their own and good expressions may be stored") {
  CHECK(problem({}).empty());
  CHECK(problem({{"plan", "user.metadata.plan"}, {"https://acme.test/domain", "user.email"}})
            .empty());
  CHECK(problem({{std::string(100, 'a'), "1"}}).empty());
}

TEST_CASE("reserved, doubled and odd names and broken expressions are refused") {
  for (const char* name :
       {"sub", "iss", "aud", "exp", "iat", "nbf", "jti", "oid", "sid", "xoid", "xuid", "roles",
        "permissions", "org_id", "org_name", "scope", "email", "cnf", "active"}) {
    CAPTURE(name);
    CHECK(problem({{name, "1"}}) ==
          "'" + std::string(name) + "' is a claim that tokens have already");
  }
  for (const std::string& name : {std::string(), std::string(101, 'a'), std::string("a b"),
                                  std::string("a\"b"), std::string("ä"), std::string("a\n")}) {
    CHECK(problem({{name, "1"}}).starts_with("the name of a claim has 1 to 100"));
  }
  CHECK(problem({{"a", "1"}, {"b", "2"}, {"a", "3"}}) == "custom claim 'a': it is there twice");
  CHECK(problem({{"a", "user."}}) ==
        "custom claim 'a': character 6: the name of a member is missing");
  std::vector<Rule> many;
  for (int i = 0; i < 20; ++i) many.push_back({"claim_" + std::to_string(i), "1"});
  CHECK(problem(many).empty());
  many.push_back({"one_more", "1"});
  CHECK(problem(many) == "there are at most 20 custom claims");
}

TEST_CASE("claims are made in order; null, failures and what is too long are left out") {
  const ClaimSet set(Rules{{"plan", "user.metadata.plan"},
                           {"none", "user.metadata.none"},
                           {"careless", "organization.name"},
                           {"who", "user.name"}});
  const auto outcomes = set.evaluate(facts());
  REQUIRE(outcomes.size() == 4);
  CHECK(outcomes[0].json == R"("pro")");
  CHECK(outcomes[1].json.empty());
  CHECK(outcomes[1].problem.empty());
  CHECK(outcomes[2].json.empty());
  CHECK(outcomes[2].problem.starts_with("character 13"));
  CHECK(outcomes[3].json == R"("Ada")");
}

TEST_CASE("one claim has a limit, and so have all together") {
  const auto text = [](std::size_t size) { return "'" + std::string(size, 'x') + "'"; };
  const auto lengths = [](const ClaimSet& set) {
    std::string all;
    for (const auto& outcome : set.evaluate(facts())) {
      all += std::to_string(outcome.json.size()) + " ";
    }
    return all;
  };
  // A single text cannot be longer than its expression, so the metadata brings it.
  const Json long_name =
      Json::parse(R"({"user": {"name": ")" + std::string(1023, 'x') + R"("}})").value();
  CHECK(ClaimSet(Rules{{"a", "user.name"}}).evaluate(long_name)[0].problem ==
        "the value is too long for a token");
  CHECK(lengths(ClaimSet(
            Rules{{"a", text(900)}, {"b", text(900)}, {"c", text(900)}, {"d", text(50)}})) ==
        "902 902 0 52 ");
}

TEST_CASE("a set leaves out what could not have been stored") {
  const ClaimSet set(Rules{{"sub", "'evil'"}, {"broken", "user."}, {"fine", "1"}, {"fine", "2"}});
  const auto outcomes = set.evaluate(facts());
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].name == "fine");
  CHECK(outcomes[0].json == "1");
  CHECK(ClaimSet().empty());
  CHECK(ClaimSet(Rules{{"sub", "1"}}).empty());
}

}  // namespace
}  // namespace gatehouse::claims
