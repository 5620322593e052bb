#include <doctest/doctest.h>

#include "server/users/search_key.h"
#include "server/users/search_store.h"
#include "server/users/user.h"
#include "tests/world/rows.h"

namespace gatehouse::users {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  UserId add(const NewUser& wanted, EnvironmentId environment = here) {
    context.now += seconds(1);
    return must([&](Transaction& transaction) {
             return create(transaction, environment, context, random, wanted);
           })
        .id;
  }
  UserId add(std::string_view email, std::string given = {}, std::string family = {}) {
    return add(NewUser{.email = Email::parse(email).value(),
                       .given_name = std::move(given),
                       .family_name = std::move(family)});
  }
  Page<UserId> find(std::string_view query, const PageQuery& page = {},
                    EnvironmentId environment = here) {
    return must(
        [&](Transaction& transaction) { return search(transaction, environment, query, page); });
  }
};

}  // namespace

TEST_CASE("users: a search key has no capitals, in Latin, Greek and Cyrillic") {
  CHECK(search_key("Ada LOVELACE 7") == "ada lovelace 7");
  CHECK(search_key("ÉLODIE Ærø ÿ × ß") == "élodie ærø ÿ × ß");
  CHECK(search_key("ŁUKASZ Žižka Ÿ ĀĹŇ") == "łukasz žižka ÿ āĺň");
  CHECK(search_key("ΑΩΪ") == "αωϊ");
  CHECK(search_key("ЖАННА Ё") == "жанна ё");
  CHECK(search_key("NGUYỄN") == "nguyễn");
  CHECK(search_key("日本 \xff\xc3") == "日本 \xff\xc3");
  CHECK(search_key("").empty());
}

TEST_CASE("users: the end of a prefix is beyond all that begin with it, and before what does not") {
  const std::string end = end_of_prefix("ada");
  CHECK(std::string("ada") < end);
  CHECK(std::string("adazzz") < end);
  CHECK(std::string("ada\xf4\x8f\xbf\xbe") < end);
  CHECK_FALSE(std::string("adb") < end);
}

TEST_CASE("users: search finds by the beginning of address, names and external id") {
  Fixture fixture;
  const UserId ada = fixture.add({.email = Email::parse("Ada@acme.test").value(),
                                  .given_name = "Ada",
                                  .family_name = "Éluard",
                                  .external_id = "CRM-17"});
  const UserId bob = fixture.add("bob@acme.test", "Bob", "Adams");
  fixture.add("eve@evil.test", "Eve", "Moneypenny");
  const std::vector both{bob, ada};  // the newest first
  CHECK(fixture.find("ada").items == both);
  CHECK(fixture.find("  ADA ").items == both);
  CHECK(fixture.find("ada").total == 2);
  CHECK(fixture.find("ada@").items == std::vector{ada});
  CHECK(fixture.find("ada é").items == std::vector{ada});
  CHECK(fixture.find("ÉLU").items == std::vector{ada});
  CHECK(fixture.find("CRM-1").items == std::vector{ada});
  CHECK(fixture.find("bob a").items == std::vector{bob});
  for (const char* query : {"crm-1", "acme", "dam", "a%", "a_a", "zzz", "   ", "", "'", "\xff"}) {
    CAPTURE(query);
    CHECK(fixture.find(query).items.empty());
    CHECK(fixture.find(query).total == 0);
  }
}

TEST_CASE("users: search finds nobody of another environment") {
  Fixture fixture;
  fixture.add("ada@acme.test", "Ada", "Lovelace");
  const UserId other = fixture.add(
      {.email = Email::parse("ada@other.test").value(), .given_name = "Ada"}, elsewhere);
  CHECK(fixture.find("ada", {}, elsewhere).items == std::vector{other});
  CHECK(fixture.find("love", {}, elsewhere).items.empty());
}

TEST_CASE("users: a new name is found, the old one is not") {
  Fixture fixture;
  const UserId ada = fixture.add("ada@acme.test", "Ada", "Byron");
  fixture.must([&](Transaction& transaction) {
    return change_profile(transaction, here, fixture.context, fixture.random, ada,
                          {.family_name = "Lovelace"});
  });
  CHECK(fixture.find("byron").items.empty());
  CHECK(fixture.find("lovel").items == std::vector{ada});
  CHECK(fixture.find("ada l").items == std::vector{ada});
}

TEST_CASE("users: what search finds comes in pages, in both directions") {
  Fixture fixture;
  std::vector<UserId> added;
  for (const char* email : {"ada1@a.test", "ada2@a.test", "ada3@a.test", "ada4@a.test"}) {
    added.push_back(fixture.add(email));
    fixture.add(std::string("x") + email);
  }
  const auto first = fixture.find("ada", {.limit = 3});
  CHECK(first.items == std::vector{added[3], added[2], added[1]});
  CHECK(first.total == 4);
  CHECK_FALSE(first.newer.has_value());
  const auto second = fixture.find("ada", {.from = first.older, .limit = 3});
  CHECK(second.items == std::vector{added[0]});
  CHECK_FALSE(second.older.has_value());
  const auto back = fixture.find(
      "ada", {.direction = PageQuery::Direction::newer, .from = second.newer, .limit = 3});
  CHECK(back.items == first.items);
}

}  // namespace gatehouse::users
