// The statements on flows: each demands the state it starts from, so that no step is taken twice,
// out of turn, by another browser or in another environment.

#include <doctest/doctest.h>

#include "server/core/limits.h"
#include "server/login/flow.h"
#include "tests/world/rows.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

class Flows : public world::DomainFixture {
 public:
  const std::string browser = std::string(32, 'b');
  const users::Email ada = *users::Email::parse("ada@acme.test");

  Flow start(Options options = {}) {
    return must([&](Transaction& transaction) {
      return start_flow(transaction, here, random, context.now,
                        {.application = std::nullopt,
                         .browser_hash = browser,
                         .purpose = Purpose::authorize,
                         .options = options,
                         .resume = "state of its starter"});
    });
  }
  bool challenge(const Flow& flow) {
    return must([&](Transaction& transaction) {
      return note_challenge(transaction, here, flow, ada, Intent::sign_in, context.now);
    });
  }
  bool prove(const Flow& flow, EnvironmentId where = here) {
    return must([&](Transaction& transaction) {
      return note_proven(transaction, where, flow,
                         {ada, std::nullopt, sessions::Method::email_code}, context.now);
    });
  }
  bool complete(const Flow& flow) {
    return must([&](Transaction& transaction) {
      return note_completed(transaction, here, flow, {UserId(1), std::nullopt, SessionId(1)},
                            context.now);
    });
  }
  std::optional<int> wrong(const Flow& flow) {
    return must([&](Transaction& transaction) {
      return count_wrong_code(transaction, here, flow, context.now);
    });
  }
  bool take(const Flow& flow, std::string_view by) {
    return must([&](Transaction& transaction) {
             return take_completed(transaction, here, flow.id, by, context.now);
           })
        .has_value();
  }
};

TEST_CASE_FIXTURE(Flows, "a flow comes back as it was stored, to its own browser and environment") {
  const Flow flow = start({.login_hint = "ada@acme.test",
                           .organization = OrgId(9),
                           .choose_organization = Options::Choose::always});
  const auto find = [&](EnvironmentId where, std::string_view by) {
    return must(
        [&](Transaction& transaction) { return find_flow(transaction, where, flow.id, by); });
  };
  const auto found = find(here, browser);
  REQUIRE(found.has_value());
  CHECK(found->options.login_hint == "ada@acme.test");
  CHECK(found->options.organization == OrgId(9));
  CHECK(found->options.choose_organization == Options::Choose::always);
  CHECK(found->resume == "state of its starter");
  CHECK(found->expires_at == context.now + limits::flow_lifetime);
  CHECK(!find(here, std::string(32, 'x')).has_value());
  CHECK(!find(here, "").has_value());
  CHECK(!find(elsewhere, browser).has_value());
}

TEST_CASE_FIXTURE(Flows, "an address is proven once, and a completed flow is over") {
  const Flow flow = start();
  CHECK(challenge(flow));
  CHECK(!complete(flow));
  CHECK(!prove(flow, elsewhere));
  CHECK(prove(flow));
  CHECK(!prove(flow));
  CHECK(!challenge(flow));
  CHECK(!wrong(flow).has_value());
  CHECK(complete(flow));
  CHECK(!complete(flow));
}

TEST_CASE_FIXTURE(Flows, "five wrong codes, and not even the right one proves anything") {
  const Flow flow = start();
  challenge(flow);
  for (int i = 1; i <= limits::code_tries_max; ++i) CHECK(wrong(flow) == i);
  CHECK(!wrong(flow).has_value());
  CHECK(!prove(flow));
}

TEST_CASE_FIXTURE(Flows, "its starter takes a completed flow once, in the same browser") {
  const Flow flow = start();
  CHECK(!take(flow, browser));
  prove(flow);
  complete(flow);
  CHECK(!take(flow, std::string(32, 'x')));
  CHECK(take(flow, browser));
  CHECK(!take(flow, browser));
}

TEST_CASE_FIXTURE(Flows, "nothing happens to a flow after its ten minutes, but that it goes") {
  const Flow flow = start();
  const Flow proven = start();
  prove(proven);
  const Flow completed = start();
  prove(completed);
  complete(completed);
  context.now += limits::flow_lifetime;
  CHECK(!challenge(flow));
  CHECK(!prove(flow));
  CHECK(!wrong(flow).has_value());
  CHECK(!complete(proven));
  CHECK(!take(completed, browser));
  const auto reclaim = [&] {
    return must(
        [&](Transaction& transaction) { return reclaim_flows(transaction, context.now, 10); });
  };
  CHECK(reclaim() == 0);
  context.now += days(1) + milliseconds(1);
  CHECK(reclaim() == 3);
}

}  // namespace
}  // namespace gatehouse::login
