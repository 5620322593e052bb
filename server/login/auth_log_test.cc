#include "server/login/auth_log.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/world/rows.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;
using Emails = std::vector<std::string>;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;
constexpr ApplicationId wiki{5};

class Fixture : public world::DomainFixture {
 public:
  Fixture() {
    must([](Transaction& transaction) -> Result<Unit, Error> {
      world::put_application(transaction, here, wiki);
      return Unit{};
    });
  }
  FlowId flow() {
    context.now += seconds(1);
    return FlowId::make(random, context.now);
  }
  void note(const AttemptStep& step, EnvironmentId environment = here) {
    must([&](Transaction& transaction) {
      return note_attempt(transaction, environment, context, random, step);
    });
  }
  Page<Attempt> page(const AttemptFilter& filter = {}, const PageQuery& query = {},
                     EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return list_attempts(transaction, environment, filter, query);
    });
  }
  Emails emails(const AttemptFilter& filter) {
    Emails found;
    for (const Attempt& attempt : page(filter).items) found.push_back(attempt.email);
    return found;
  }
};

}  // namespace

TEST_CASE("auth log: an attempt is one row from its start to its success") {
  Fixture fixture;
  const FlowId flow = fixture.flow();
  const Instant begun = fixture.context.now;
  fixture.note({.status = AttemptStatus::initiated,
                .flow = flow,
                .intent = Intent::sign_in,
                .client_id = "client_5"});
  CHECK(fixture.page().items.at(0).status == "INITIATED");
  CHECK(fixture.page().items.at(0).email.empty());
  fixture.context.now += seconds(9);
  fixture.note({.status = AttemptStatus::pending,
                .flow = flow,
                .intent = Intent::sign_up,
                .email = "ada@acme.test"});
  CHECK(fixture.page().items.at(0).workflow == "SIGN_UP");
  fixture.note({.status = AttemptStatus::failed, .flow = flow, .detail = "wrong code"});
  CHECK(fixture.page().items.at(0).status == "FAILED");
  CHECK(fixture.page().items.at(0).detail == "wrong code");
  fixture.note({.status = AttemptStatus::success,
                .flow = flow,
                .organization = OrgId(7),
                .connection_type = "PASSWORDLESS",
                .detail = "email_code"});
  const auto page = fixture.page();
  CHECK(page.total == 1);
  REQUIRE(page.items.size() == 1);
  const Attempt& attempt = page.items[0];
  CHECK(attempt.id.number() == flow.number());
  CHECK(attempt.status == "SUCCESS");
  CHECK(attempt.workflow == "SIGN_UP");
  CHECK(attempt.email == "ada@acme.test");
  CHECK(attempt.client_id == "client_5");
  CHECK(attempt.client_name == "An application");
  CHECK(attempt.client_type == "WEB_APP");
  CHECK(attempt.organization == OrgId(7));
  CHECK(attempt.connection_type == "PASSWORDLESS");
  CHECK(attempt.detail == "email_code");
  CHECK(attempt.created_at == begun);
  CHECK(attempt.updated_at == fixture.context.now);
}

TEST_CASE("auth log: what succeeded is not undone, nor touched from another environment") {
  Fixture fixture;
  const FlowId flow = fixture.flow();
  fixture.note({.status = AttemptStatus::pending, .flow = flow, .email = "ada@acme.test"});
  fixture.note({.status = AttemptStatus::failed, .flow = flow}, elsewhere);
  CHECK(fixture.page().items.at(0).status == "PENDING");
  fixture.note({.status = AttemptStatus::success, .flow = flow});
  fixture.note({.status = AttemptStatus::failed, .flow = flow});
  CHECK(fixture.page().items.at(0).status == "SUCCESS");
  CHECK(fixture.page({}, {}, elsewhere).items.empty());
}

TEST_CASE("auth log: an attempt without a flow is a row of its own, with the user's address") {
  Fixture fixture;
  const UserId ada =
      fixture
          .must([&](Transaction& transaction) {
            return users::create(transaction, here, fixture.context, fixture.random,
                                 {.email = users::Email::parse("ada@acme.test").value()});
          })
          .id;
  fixture.note({.status = AttemptStatus::success, .user = ada});
  fixture.note({.status = AttemptStatus::success, .user = ada, .client_id = "gone"});
  const auto page = fixture.page();
  REQUIRE(page.items.size() == 2);
  CHECK(page.items[0].email == "ada@acme.test");
  CHECK(page.items[1].email == "ada@acme.test");
  CHECK(page.items[0].client_name.empty());
}

TEST_CASE("auth log: filters by address, status, time, client and resource") {
  Fixture fixture;
  const FlowId first = fixture.flow();
  const Instant start = fixture.context.now;
  fixture.note({.status = AttemptStatus::success, .flow = first, .email = "a@acme.test"});
  fixture.note({.status = AttemptStatus::failed,
                .flow = fixture.flow(),
                .email = "b@acme.test",
                .client_id = "client_5"});
  fixture.note({.status = AttemptStatus::pending, .flow = fixture.flow(), .email = "a@acme.test"});
  CHECK(fixture.page({.email = "a@acme.test"}).total == 2);
  CHECK(fixture.emails({.email = "a@acme.test", .statuses = {AttemptStatus::success}}) ==
        Emails{"a@acme.test"});
  CHECK(fixture.emails({.email = "a"}).empty());
  CHECK(fixture.emails({.statuses = {AttemptStatus::failed, AttemptStatus::success}}) ==
        Emails{"b@acme.test", "a@acme.test"});
  CHECK(fixture.emails({.statuses = {AttemptStatus::initiated}}).empty());
  CHECK(fixture.emails({.after = start + seconds(1), .before = start + seconds(2)}) ==
        Emails{"b@acme.test"});
  const Instant never = instant_from_ms(std::numeric_limits<std::int64_t>::max());
  const Instant ever = instant_from_ms(std::numeric_limits<std::int64_t>::min());
  CHECK(fixture.page({.after = ever, .before = never}).total == 3);
  CHECK(fixture.page({.before = ever}).total == 0);
  CHECK(fixture.emails({.client_id = "client_5"}) == Emails{"b@acme.test"});
  CHECK(fixture.emails({.resource = ResourceId(3)}).empty());
}

TEST_CASE("auth log: pages of all and of one address") {
  Fixture fixture;
  for (int i = 0; i < 5; ++i) {
    fixture.note({.status = AttemptStatus::pending,
                  .flow = fixture.flow(),
                  .email = i % 2 == 0 ? "even@acme.test" : "odd@acme.test"});
  }
  for (const AttemptFilter& filter : {AttemptFilter{}, AttemptFilter{.email = "even@acme.test"}}) {
    const auto first = fixture.page(filter, {.limit = 2});
    REQUIRE(first.items.size() == 2);
    CHECK_FALSE(first.newer.has_value());
    const auto second = fixture.page(filter, {.from = first.older, .limit = 2});
    REQUIRE_FALSE(second.items.empty());
    CHECK(second.items[0].id < first.items[1].id);
    const auto back = fixture.page(
        filter, {.direction = PageQuery::Direction::newer, .from = second.newer, .limit = 2});
    CHECK(back.items.at(0).id == first.items[0].id);
  }
}

TEST_CASE("auth log: status names are read in any case, and only those there are") {
  CHECK(parse_attempt_status("success") == AttemptStatus::success);
  CHECK(parse_attempt_status("INITIATED") == AttemptStatus::initiated);
  CHECK(parse_attempt_status("Failure") == AttemptStatus::failed);
  CHECK_FALSE(parse_attempt_status("DONE").has_value());
  CHECK_FALSE(parse_attempt_status("").has_value());
}

TEST_CASE("auth log: rows are gone after ninety days, some at a time") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) {
    fixture.note({.status = AttemptStatus::pending, .flow = fixture.flow()});
  }
  const auto reclaim = [&](Instant now) {
    return fixture.must(
        [&](Transaction& transaction) { return reclaim_attempts(transaction, now, 2); });
  };
  CHECK(reclaim(fixture.context.now + days(89)) == 0);
  const Instant then = fixture.context.now + attempts_kept + seconds(1);
  CHECK(reclaim(then) == 2);
  CHECK(reclaim(then) == 1);
  CHECK(fixture.page().total == 0);
}

}  // namespace gatehouse::login
