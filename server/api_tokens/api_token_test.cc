#include "server/api_tokens/api_token.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "server/api_tokens/invariants.h"
#include "server/orgs/organization.h"
#include "server/rbac/role.h"
#include "tests/world/rows.h"

namespace gatehouse::api_tokens {
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
  }
  OrgId organization(std::optional<std::string> external_id = std::nullopt) {
    return must([&](Transaction& transaction) {
             return orgs::create(transaction, here, context, random,
                                 {.display_name = "Acme", .external_id = external_id});
           })
        .id;
  }
  UserId user(std::string_view email) {
    return must([&](Transaction& transaction) {
             return users::create(
                 transaction, here, context, random,
                 {.email = users::Email::parse(email).value(), .external_id = "u-1"});
           })
        .id;
  }
  UserId member(OrgId organization, std::string_view email = "ada@acme.test") {
    const UserId person = user(email);
    join(organization, person);
    return person;
  }
  void join(OrgId organization, UserId person) {
    must([&](Transaction& transaction) -> Result<Unit, Error> {
      TRY(orgs::add_member(transaction, here, organization, context, random, person,
                           orgs::Provisioning::direct_provision));
      for (const auto* role : {"member", "admin"}) {
        TRY(rbac::assign_role(transaction, here, organization, context, random, person, role));
      }
      return Unit{};
    });
  }
  void leave(OrgId organization, UserId person) {
    must([&](Transaction& transaction) {
      return orgs::remove_member(transaction, here, organization, context, random, person);
    });
  }
  void set_state(UserId person, users::State state) {
    must([&](Transaction& transaction) {
      return users::set_state(transaction, here, context, random, person, state);
    });
  }
  Result<CreatedApiToken, Error> make(const NewApiToken& wanted, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return create(transaction, environment, context, random, wanted);
    });
  }
  CreatedApiToken made(const NewApiToken& wanted) { return make(wanted).take(); }
  Result<ApiToken, Error> check(std::string_view reference, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return validate(transaction, environment, reference, context.now);
    });
  }
  bool works(const CreatedApiToken& token) { return check(token.token.reveal()).ok(); }
  Result<ApiToken, Error> change(std::string_view reference, const ApiTokenChange& change,
                                 EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return update(transaction, environment, context, random, reference, change);
    });
  }
  Result<Unit, Error> end(std::string_view reference, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return invalidate(transaction, environment, context, random, reference);
    });
  }
  Result<Page<ApiToken>, Error> page(const ApiTokenFilter& filter, const PageQuery& query = {},
                                     EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return list(transaction, environment, filter, query, context.now);
    });
  }
  std::vector<std::string> problems() {
    return must([](Transaction& transaction) { return check_invariants(transaction); });
  }
};

std::vector<ApiTokenId> ids_of(const Page<ApiToken>& page) {
  std::vector<ApiTokenId> ids;
  for (const ApiToken& token : page.items) ids.push_back(token.id);
  return ids;
}

template <class Value>
void check_refused(const Result<Value, Error>& result, ErrorCode code, std::string_view message) {
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == code);
  CHECK(result.error().message == message);
}

}  // namespace

TEST_CASE("API tokens: one of an organization tells whose it is, by token and by id") {
  Fixture fixture;
  const OrgId organization = fixture.organization("cust-1");
  const auto made = fixture.made({.organization = organization,
                                  .claims = {{"tier", "gold"}, {"env", "test"}},
                                  .description = "CI",
                                  .expires_at = fixture.context.now + hours(1)});
  const std::string token(made.token.reveal());
  CHECK(token.starts_with("ghapi_"));
  CHECK(token.size() == 49);
  for (const std::string& reference : {token, made.info.id.text()}) {
    const ApiToken info = fixture.check(reference).take();
    CHECK(info.id == made.info.id);
    CHECK(info.organization == organization);
    CHECK(info.organization_external_id == "cust-1");
    CHECK(info.claims == Claims{{"env", "test"}, {"tier", "gold"}});
    CHECK(info.description == "CI");
    CHECK(info.suffix == token.substr(token.size() - 4));
    CHECK(info.created_at == world::test_start);
    CHECK(info.expires_at == world::test_start + hours(1));
    CHECK_FALSE(info.user.has_value());
    CHECK_FALSE(info.email.has_value());
    CHECK(info.roles.empty());
  }
  CHECK(fixture.audited("api_token.created") == 1);
  CHECK(fixture.problems().empty());
}

TEST_CASE("API tokens: one of a member tells who they are and what they are in that organization") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const UserId person = fixture.member(organization);
  const auto made = fixture.made({.organization = organization, .user = person});
  const ApiToken info = fixture.check(made.token.reveal()).take();
  CHECK(info.user == person);
  CHECK(info.user_external_id == "u-1");
  CHECK(info.email == "ada@acme.test");
  CHECK(info.roles == std::vector<std::string>{"admin", "member"});
}

TEST_CASE("API tokens: what is stored does not tell the token") {
  Fixture fixture;
  const auto made = fixture.made({.organization = fixture.organization()});
  static constexpr storage::Sql sql{
      "test.token_row",
      "SELECT token_hash, suffix || custom_claims || COALESCE(description, '') FROM api_tokens"};
  const auto row = fixture.must([&](Transaction& transaction) {
    return transaction.find(sql, {}, [](const storage::Row& found) {
      return std::string(found.blob(0)) + found.string(1);
    });
  });
  REQUIRE(row.has_value());
  CHECK(row->find(made.token.reveal().substr(6, 20)) == std::string::npos);
}

TEST_CASE("API tokens: unknown, malformed and foreign ones are all not found") {
  Fixture fixture;
  const auto made = fixture.made({.organization = fixture.organization()});
  const std::string token(made.token.reveal());
  std::string other = token;
  other[20] = other[20] == 'A' ? 'B' : 'A';
  for (const std::string& reference :
       {other, token.substr(0, 48), token + "A", token.substr(6), std::string("apit_1"),
        std::string("apit_"), std::string("apit_x"), std::string("usr_1"), std::string()}) {
    CAPTURE(reference);
    check_refused(fixture.check(reference), ErrorCode::not_found, "token not found");
    check_refused(fixture.end(reference), ErrorCode::not_found, "token not found");
    check_refused(fixture.change(reference, {.description = "x"}), ErrorCode::not_found,
                  "token not found");
  }
  for (const std::string& reference : {token, made.info.id.text()}) {
    check_refused(fixture.check(reference, elsewhere), ErrorCode::not_found, "token not found");
    check_refused(fixture.end(reference, elsewhere), ErrorCode::not_found, "token not found");
    check_refused(fixture.change(reference, {.description = "x"}, elsewhere), ErrorCode::not_found,
                  "token not found");
  }
  CHECK(fixture.works(made));
}

TEST_CASE("API tokens: one stops at its expiry, and an expiry lies ahead") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const auto made =
      fixture.made({.organization = organization, .expires_at = fixture.context.now + hours(1)});
  fixture.context.now += hours(1) - milliseconds(1);
  CHECK(fixture.works(made));
  fixture.context.now += milliseconds(1);
  CHECK_FALSE(fixture.works(made));
  CHECK_FALSE(fixture.change(made.info.id.text(), {.description = "later"}).ok());
  CHECK(fixture.page({.organization = organization}).take().total == 0);
  check_refused(fixture.make({.organization = organization, .expires_at = fixture.context.now}),
                ErrorCode::invalid_argument, "expiry must be in the future");
}

TEST_CASE("API tokens: an invalidated one is over for good, and invalidating it again is fine") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const auto by_id = fixture.made({.organization = organization});
  const auto by_token = fixture.made({.organization = organization});
  CHECK(fixture.end(by_id.info.id.text()).ok());
  CHECK(fixture.end(by_token.token.reveal()).ok());
  CHECK_FALSE(fixture.works(by_id));
  CHECK_FALSE(fixture.works(by_token));
  CHECK(fixture.end(by_id.info.id.text()).ok());
  CHECK(fixture.end(by_id.token.reveal()).ok());
  CHECK(fixture.audited("api_token.invalidated") == 2);
  CHECK(fixture.page({.organization = organization}).take().total == 0);
}

TEST_CASE("API tokens: one of a member ends with the membership, also if they come back") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const UserId person = fixture.member(organization);
  const auto own = fixture.made({.organization = organization, .user = person});
  const auto shared = fixture.made({.organization = organization});
  fixture.leave(organization, person);
  CHECK_FALSE(fixture.works(own));
  CHECK(fixture.works(shared));
  fixture.join(organization, person);
  CHECK_FALSE(fixture.works(own));
  CHECK(fixture.problems().empty());
}

TEST_CASE("API tokens: one of a member who may not sign in, or is not active, does not work") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const UserId person = fixture.member(organization);
  const auto own = fixture.made({.organization = organization, .user = person});
  SUBCASE("a disabled user") { fixture.set_state(person, users::State::disabled); }
  SUBCASE("an inactive membership") {
    static constexpr storage::Sql sql{"test.pause", "UPDATE memberships SET status = 'INACTIVE'"};
    fixture.must([&](Transaction& transaction) { return transaction.execute(sql, {}); });
  }
  CHECK_FALSE(fixture.works(own));
  CHECK(fixture.page({.organization = organization}).take().total == 0);
  check_refused(fixture.make({.organization = organization, .user = person}),
                ErrorCode::failed_precondition,
                "the user is not an active member of the organization");
  CHECK(fixture.audited("api_token.created") == 1);
}

TEST_CASE("API tokens: organization and user of a new one must be of the environment, and fit") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const UserId stranger = fixture.user("eve@evil.test");
  check_refused(fixture.make({.organization = OrgId(7)}), ErrorCode::not_found,
                "organization not found");
  check_refused(fixture.make({.organization = organization}, elsewhere), ErrorCode::not_found,
                "organization not found");
  check_refused(fixture.make({.organization = organization, .user = UserId(7)}),
                ErrorCode::not_found, "user not found");
  check_refused(fixture.make({.organization = organization, .user = stranger}),
                ErrorCode::failed_precondition,
                "the user is not an active member of the organization");
}

TEST_CASE("API tokens: deleting the organization ends its tokens") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const auto made = fixture.made({.organization = organization});
  const auto own =
      fixture.made({.organization = organization, .user = fixture.member(organization)});
  fixture.must([&](Transaction& transaction) {
    return orgs::delete_organization(transaction, here, fixture.context, fixture.random,
                                     organization);
  });
  CHECK_FALSE(fixture.works(made));
  CHECK_FALSE(fixture.works(own));
  check_refused(fixture.page({.organization = organization}), ErrorCode::not_found,
                "organization not found");
}

TEST_CASE("API tokens: given claims replace the old ones, no claims leave them") {
  Fixture fixture;
  const auto made = fixture.made({.organization = fixture.organization(),
                                  .claims = {{"a", "1"}, {"b", "2"}},
                                  .description = "first"});
  const std::string id = made.info.id.text();
  CHECK(fixture.change(made.token.reveal(), {.claims = {{"b", "3"}}}).take().claims ==
        Claims{{"b", "3"}});
  CHECK(fixture.change(id, {}).take().claims == Claims{{"b", "3"}});
  CHECK(fixture.check(id).take().description == "first");
  CHECK(fixture.change(id, {.description = "second"}).take().description == "second");
  CHECK_FALSE(fixture.change(id, {.description = ""}).take().description.has_value());
  CHECK(fixture.check(id).take().claims == Claims{{"b", "3"}});
  CHECK(fixture.audited("api_token.updated") == 3);
  CHECK(fixture.problems().empty());
}

TEST_CASE("API tokens: claims and descriptions have their limits") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  Claims twenty;
  for (int i = 0; i < 20; ++i) twenty.emplace("key" + std::to_string(i), "value");
  Claims too_many = twenty;
  too_many.emplace("one", "more");
  std::string wide;  // 255 characters of two bytes
  for (int i = 0; i < 255; ++i) wide += "\xc3\xa9";
  CHECK(fixture.make({.organization = organization, .claims = twenty}).ok());
  CHECK(fixture.make({.organization = organization, .description = wide}).ok());
  CHECK(fixture
            .make({.organization = organization,
                   .claims = {{std::string(30, 'k'), std::string(256, 'v')}}})
            .ok());
  const std::vector<NewApiToken> refused = {
      {.organization = organization, .claims = too_many},
      {.organization = organization, .claims = {{"", "v"}}},
      {.organization = organization, .claims = {{"k", ""}}},
      {.organization = organization, .claims = {{std::string(31, 'k'), "v"}}},
      {.organization = organization, .claims = {{"k", std::string(257, 'v')}}},
      {.organization = organization, .claims = {{"k", "\xff"}}},
      {.organization = organization, .claims = {{"k", std::string(1, '\0')}}},
      {.organization = organization, .description = wide + "e"},
      {.organization = organization, .description = "\xff"},
  };
  const auto good = fixture.made({.organization = organization});
  for (const NewApiToken& wanted : refused) {
    CHECK(fixture.make(wanted).error().code == ErrorCode::invalid_argument);
    CHECK(fixture
              .change(good.info.id.text(),
                      {.claims = wanted.claims, .description = wanted.description})
              .error()
              .code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("API tokens: a list has the live ones of an organization, newest first, by pages") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const OrgId other = fixture.organization();
  const UserId person = fixture.member(organization);
  std::vector<ApiTokenId> made;
  for (int i = 0; i < 5; ++i) {
    fixture.context.now += seconds(1);
    made.push_back(fixture.made({.organization = organization, .user = person}).info.id);
  }
  std::reverse(made.begin(), made.end());
  const auto foreign = fixture.made({.organization = other});

  const auto first = fixture.page({.organization = organization}, {.limit = 2}).take();
  CHECK(ids_of(first) == std::vector(made.begin(), made.begin() + 2));
  CHECK(first.items.front().roles == std::vector<std::string>{"admin", "member"});
  CHECK(first.total == 5);
  CHECK_FALSE(first.newer.has_value());
  REQUIRE(first.older.has_value());
  const auto second =
      fixture.page({.organization = organization}, {.from = first.older, .limit = 2}).take();
  CHECK(ids_of(second) == std::vector(made.begin() + 2, made.begin() + 4));
  REQUIRE(second.newer.has_value());
  const auto back =
      fixture
          .page({.organization = organization},
                {.direction = PageQuery::Direction::newer, .from = second.newer, .limit = 2})
          .take();
  CHECK(ids_of(back) == ids_of(first));
  const auto last =
      fixture.page({.organization = organization}, {.from = second.older, .limit = 2}).take();
  CHECK(ids_of(last) == std::vector{made.back()});
  CHECK_FALSE(last.older.has_value());

  CHECK(ids_of(fixture.page({.organization = other}).take()) == std::vector{foreign.info.id});
}

TEST_CASE("API tokens: a list can be of one member, who must be known") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const UserId person = fixture.member(organization);
  const auto shared = fixture.made({.organization = organization});
  const auto own = fixture.made({.organization = organization, .user = person});
  const auto page = fixture.page({.organization = organization, .user = person}).take();
  CHECK(ids_of(page) == std::vector{own.info.id});
  CHECK(page.total == 1);
  check_refused(fixture.page({.organization = organization, .user = UserId(7)}),
                ErrorCode::not_found, "user not found");
  check_refused(fixture.page({.organization = organization}, {}, elsewhere), ErrorCode::not_found,
                "organization not found");
  CHECK(fixture.page({.organization = organization}).take().total == 2);
  CHECK(fixture.works(shared));
}

TEST_CASE("API tokens: what ended long ago is deleted, what works or ended lately is not") {
  Fixture fixture;
  const OrgId organization = fixture.organization();
  const auto ended = fixture.made({.organization = organization});
  const auto works = fixture.made({.organization = organization});
  const auto expired =
      fixture.made({.organization = organization, .expires_at = fixture.context.now + days(2)});
  fixture.must([&](Transaction& transaction) {
    return invalidate(transaction, here, fixture.context, fixture.random, ended.info.id.text());
  });
  const auto reclaimed = [&] {
    return fixture.must([&](Transaction& transaction) {
      return reclaim(transaction, fixture.context.now, days(30), 100);
    });
  };
  fixture.context.now += days(29);
  CHECK(reclaimed() == 0);
  fixture.context.now += days(1);
  CHECK(reclaimed() == 1);
  fixture.context.now += days(2);
  CHECK(reclaimed() == 1);
  CHECK(reclaimed() == 0);
  CHECK(fixture.works(works));
}

}  // namespace gatehouse::api_tokens
