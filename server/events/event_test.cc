#include "server/events/event.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "tests/world/rows.h"

namespace gatehouse::events {
namespace {

using storage::Transaction;
using Names = std::vector<std::string>;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;
constexpr OrgId acme{7};
constexpr OrgId other{8};

class Fixture : public world::DomainFixture {
 public:
  EventId tell(std::string_view type, std::optional<OrgId> organization = std::nullopt,
               std::string data = "{}", EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return record(transaction, environment, context, random,
                    {.type = type, .object = "Thing", .organization = organization, .data = data});
    });
  }
  Page<Event> page(const EventFilter& filter, const PageQuery& query = {},
                   EnvironmentId environment = here) {
    return must(
        [&](Transaction& transaction) { return list(transaction, environment, filter, query); });
  }
  Names types(const EventFilter& filter) {
    Names names;
    for (const Event& event : page(filter).items) names.push_back(event.type);
    return names;
  }
  // The next event happens later.
  void pass(Duration duration) { context.now += duration; }
};

}  // namespace

TEST_CASE("events: what was recorded is listed as it was, newest first") {
  Fixture fixture;
  const EventId first = fixture.tell("organization.created", acme, R"({"id":"org_7"})");
  const Instant at = fixture.context.now;
  fixture.pass(seconds(1));
  const EventId second = fixture.tell("role.created");
  const auto page = fixture.page({});
  REQUIRE(page.items.size() == 2);
  CHECK(page.total == 2);
  CHECK(page.items[0].id == second);
  CHECK_FALSE(page.items[0].organization.has_value());
  CHECK(page.items[1].id == first);
  CHECK(page.items[1].type == "organization.created");
  CHECK(page.items[1].object == "Thing");
  CHECK(page.items[1].organization == acme);
  CHECK(page.items[1].occurred_at == at);
  CHECK(page.items[1].data == R"({"id":"org_7"})");
}

TEST_CASE("events: an environment sees its own alone") {
  Fixture fixture;
  fixture.tell("role.created", std::nullopt, "{}", elsewhere);
  CHECK(fixture.page({}).items.empty());
  CHECK(fixture.page({}).total == 0);
  CHECK(fixture.page({}, {}, elsewhere).total == 1);
}

TEST_CASE("events: a filter by type takes exact names, several of them") {
  Fixture fixture;
  fixture.tell("role.created");
  fixture.pass(seconds(1));
  fixture.tell("organization.sso_created", acme);
  fixture.pass(seconds(1));
  fixture.tell("organization.ssoXcreated", acme);
  CHECK(fixture.types({.types = {"organization.sso_created"}}) ==
        Names{"organization.sso_created"});
  CHECK(fixture.types({.types = {"organization.ssoXcreated", "role.created"}}) ==
        Names{"organization.ssoXcreated", "role.created"});
  CHECK(fixture.types({.types = {"role"}}).empty());
  CHECK(fixture.types({.types = {"role.%"}}).empty());
  CHECK(fixture.types({.types = {"role.created"}, .organization = acme}).empty());
}

TEST_CASE("events: a filter by time includes its start and excludes its end") {
  Fixture fixture;
  const Instant start = fixture.context.now;
  fixture.tell("first");
  fixture.pass(milliseconds(1));
  fixture.tell("second");
  fixture.pass(milliseconds(1));
  fixture.tell("third");
  CHECK(fixture.types({.after = start + milliseconds(1)}) == Names{"third", "second"});
  CHECK(fixture.types({.before = start + milliseconds(1)}) == Names{"first"});
  CHECK(fixture.types({.after = start, .before = start}).empty());
  const Instant never = instant_from_ms(std::numeric_limits<std::int64_t>::max());
  const Instant ever = instant_from_ms(std::numeric_limits<std::int64_t>::min());
  CHECK(fixture.types({.after = ever, .before = never}).size() == 3);
  CHECK(fixture.types({.after = never}).empty());
}

TEST_CASE("events: filters by organization, source and mention") {
  Fixture fixture;
  fixture.tell("organization.directory.user_created", acme, R"({"id":"diruser_1"})");
  fixture.pass(seconds(1));
  fixture.tell("organization.directory_enabled", other, R"({"id":"dir_1"})");
  CHECK(fixture.types({.organization = acme}) == Names{"organization.directory.user_created"});
  CHECK(fixture.page({.organization = acme}).total == 1);
  CHECK(fixture.types({.source = Source::directory_sync}) ==
        Names{"organization.directory.user_created"});
  CHECK(fixture.types({.source = Source::product}) == Names{"organization.directory_enabled"});
  CHECK(fixture.types({.mentions = "dir_1"}) == Names{"organization.directory_enabled"});
  CHECK(fixture.types({.mentions = "dir_"}).empty());
  CHECK(fixture.types({.mentions = "dirX1"}).empty());
  CHECK(fixture.types({.mentions = "%"}).empty());
}

TEST_CASE("events: too many or too long types are refused") {
  Fixture fixture;
  const auto refused = [&](const EventFilter& filter) {
    return fixture
        .act([&](Transaction& transaction) { return list(transaction, here, filter, {}); })
        .error()
        .code;
  };
  CHECK(refused({.types = Names(types_max + 1, "a")}) == ErrorCode::invalid_argument);
  CHECK(refused({.types = {std::string(101, 'a')}}) == ErrorCode::invalid_argument);
  CHECK(refused({.mentions = std::string(101, 'a')}) == ErrorCode::invalid_argument);
}

TEST_CASE("events: pages follow each other both ways, and one may go uncounted") {
  Fixture fixture;
  std::vector<EventId> told;
  for (int i = 0; i < 5; ++i) {
    told.push_back(fixture.tell("role.created", acme));
    fixture.pass(seconds(1));
  }
  std::ranges::reverse(told);
  const EventFilter filter{.organization = acme, .total = EventFilter::Total::left_out};
  const auto first = fixture.page(filter, {.limit = 2});
  CHECK(first.total == 0);
  REQUIRE(first.items.size() == 2);
  CHECK_FALSE(first.newer.has_value());
  const auto second = fixture.page(filter, {.from = first.older, .limit = 2});
  REQUIRE(second.items.size() == 2);
  CHECK(second.items[0].id == told[2]);
  const auto third = fixture.page(filter, {.from = second.older, .limit = 2});
  REQUIRE(third.items.size() == 1);
  CHECK_FALSE(third.older.has_value());
  const auto back = fixture.page(
      filter, {.direction = PageQuery::Direction::newer, .from = third.newer, .limit = 2});
  REQUIRE(back.items.size() == 2);
  CHECK(back.items[0].id == told[2]);
  CHECK(back.items[1].id == told[3]);
}

TEST_CASE("events: many of one millisecond are all kept") {
  Fixture fixture;
  std::set<EventId> ids;
  for (int i = 0; i < 2000; ++i) ids.insert(fixture.tell("role.created"));
  CHECK(ids.size() == 2000);
}

TEST_CASE("events: types have names for people") {
  CHECK(display_name("organization.sso_created") == "Organization SSO Created");
  CHECK(display_name("user.login") == "User Login");
  CHECK(display_name("organization.domain_dns_verification_success") ==
        "Organization Domain DNS Verification Success");
  CHECK(display_name("").empty());
  CHECK(display_name("._").empty());
}

TEST_CASE("events: what is rolled back leaves no event") {
  Fixture fixture;
  const auto outcome = fixture.act([&](Transaction& transaction) -> Result<Unit, Error> {
    TRY(record(transaction, here, fixture.context, fixture.random,
               {.type = "role.created", .object = "Role", .data = "{}"}));
    return Error(ErrorCode::failed_precondition, "changed its mind");
  });
  REQUIRE_FALSE(outcome.ok());
  CHECK(fixture.page({}).total == 0);
}

}  // namespace gatehouse::events
