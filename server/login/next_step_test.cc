// Every small combination of what a flow can have seen, against the order of the questions written
// down once more; and the laws that hold whatever the combination.

#include "server/login/next_step.h"

#include <doctest/doctest.h>

#include <set>

#include "server/core/limits.h"
#include "tests/world/manual_clock.h"

namespace gatehouse::login {
namespace {

using world::test_start;

const EnvironmentId environment(1);
const OrgId acme(11), globex(12), umbrella(13);

// One combination. Each number counts through the values of one question.
struct Case {
  bool is_completed, is_expired, is_proven;
  int tries;       // 0, 4, 5
  int mail;        // 0: no address, 1: an address but no mail, 2: mail sent
  int user;        // 0: none, 1: active, 2: disabled
  int membership;  // 0, 1, 2 of them
  int demanded;    // 0: none, 1: acme, 2: umbrella, which is nobody's
  bool always_choose, is_open;
  int invitation = 0;  // 0: none, 1: to globex, 2: to umbrella
  int provider = 0;    // 0: none, 1: to be asked, 2: acme's has answered, 3: a social one has
};

users::User user(users::State state) {
  return {.id = UserId(5),
          .environment = environment,
          .email = *users::Email::parse("ada@acme.test"),
          .email_verified = true,
          .given_name = {},
          .family_name = {},
          .name = {},
          .picture = {},
          .locale = {},
          .external_id = {},
          .state = state,
          .created_at = test_start,
          .updated_at = test_start,
          .last_login_at = {}};
}

orgs::Membership membership(OrgId organization) {
  return {.organization = organization,
          .user = UserId(5),
          .status = orgs::MembershipStatus::active,
          .organization_name = "An organization",
          .organization_external_id = {},
          .created_at = test_start,
          .last_used_at = {}};
}

Flow flow_of(const Case& c) {
  Flow flow{.id = FlowId(1),
            .environment = environment,
            .application = {},
            .browser_hash = {},
            .purpose = Purpose::authorize,
            .options = {},
            .resume = {},
            .intent = Intent::sign_in,
            .email = {},
            .challenge_sent_at = {},
            .user = {},
            .proven_at = {},
            .method = {},
            .organization = {},
            .session = {},
            .created_at = test_start,
            .expires_at = test_start + minutes(10),
            .completed_at = {},
            .resumed_at = {}};
  flow.code_tries = c.tries;
  if (c.mail >= 1) flow.email = users::Email::parse("ada@acme.test");
  if (c.mail == 2) flow.challenge_sent_at = test_start;
  if (c.is_proven) flow.proven_at = test_start;
  if (c.is_completed) flow.completed_at = test_start;
  if (c.demanded == 1) flow.options.organization = acme;
  if (c.demanded == 2) flow.options.organization = umbrella;
  if (c.provider >= 1) flow.connection = ConnectionId(3);
  if (c.provider >= 2) {
    flow.identity = OutsideIdentity{
        .connection = ConnectionId(3), .issuer = "https://idp.test", .subject = "ada"};
  }
  if (c.provider == 2) flow.identity->organization = acme;
  if (c.always_choose) flow.options.choose_organization = Options::Choose::always;
  return flow;
}

Facts facts_of(const Case& c) {
  Facts facts;
  if (c.user == 1) facts.user = user(users::State::active);
  if (c.user == 2) facts.user = user(users::State::disabled);
  if (c.user == 0) return facts;
  if (c.membership >= 1) facts.memberships.push_back(membership(acme));
  if (c.membership >= 2) facts.memberships.push_back(membership(globex));
  if (c.invitation == 1 && c.membership < 2) facts.invitations.push_back(membership(globex));
  if (c.invitation == 2) facts.invitations.push_back(membership(umbrella));
  return facts;
}

// The table: the first row that fits decides.
Step expected(const Case& c, int memberships, int invitations) {
  struct Row {
    bool fits;
    Step step;
  };
  const int demanded = c.demanded == 0 && c.provider == 2 ? 1 : c.demanded;
  const bool is_member = memberships >= 1 && demanded == 1;
  const bool is_asked = c.provider == 1 || (c.provider >= 2 && c.mail < 2);
  const Row rows[] = {
      {c.is_completed, Step::done},
      {c.is_expired, Step::expired},
      {!c.is_proven && c.tries >= 5, Step::too_many_tries},
      {!c.is_proven && is_asked, Step::single_sign_on},
      {!c.is_proven && c.mail < 2, Step::identify},
      {!c.is_proven, Step::prove_email},
      {c.user == 2, Step::refused_disabled},
      {c.demanded == 2 && c.provider == 2, Step::refused_not_member},
      {c.demanded == 2 && invitations > 0 && c.invitation == 2, Step::choose_organization},
      {demanded != 0 && !is_member, Step::refused_not_member},
      {demanded != 0, Step::finish},
      {memberships == 0 && invitations > 0, Step::choose_organization},
      {memberships == 0 && c.is_open, Step::name_organization},
      {memberships == 0, Step::refused_no_access},
      {memberships == 1 && !c.always_choose, Step::finish},
      {true, Step::choose_organization},
  };
  for (const Row& row : rows) {
    if (row.fits) return row.step;
  }
  return Step::expired;
}

template <class Each>
void all_cases(Each each) {
  for (int bits = 0; bits < 32; ++bits) {
    for (const int tries : {0, 4, 5}) {
      for (int rest = 0; rest < 972; ++rest) {
        each(Case{.is_completed = (bits & 1) != 0,
                  .is_expired = (bits & 2) != 0,
                  .is_proven = (bits & 4) != 0,
                  .tries = tries,
                  .mail = rest % 3,
                  .user = rest / 3 % 3,
                  .membership = rest / 9 % 3,
                  .demanded = rest / 27 % 3,
                  .always_choose = (bits & 8) != 0,
                  .is_open = (bits & 16) != 0,
                  .invitation = rest / 81 % 3,
                  .provider = rest / 243});
      }
    }
  }
}

TEST_CASE("next_step answers every combination as the table of questions says") {
  std::set<Step> seen;
  all_cases([&](const Case& c) {
    const Facts facts = facts_of(c);
    environments::Settings settings;
    settings.sign_up =
        c.is_open ? environments::Settings::SignUp::open : environments::Settings::SignUp::closed;
    const Instant now = c.is_expired ? test_start + minutes(10) : test_start;
    const Decision decision = next_step(flow_of(c), facts, settings, now);
    CHECK(decision.step == expected(c, static_cast<int>(facts.memberships.size()),
                                    static_cast<int>(facts.invitations.size())));
    // An organization of one's own is on offer only where signing up is.
    CHECK((!decision.may_create_organization ||
           (c.is_open && decision.step == Step::choose_organization && facts.memberships.empty())));
    seen.insert(decision.step);
    // Nobody gets on without a proof, a person who may sign in, and a membership.
    if (decision.step != Step::finish) {
      CHECK(!decision.organization.has_value());
      return;
    }
    CHECK(c.is_proven);
    CHECK(c.user == 1);
    REQUIRE(decision.organization.has_value());
    CHECK(std::ranges::any_of(facts.memberships, [&](const orgs::Membership& one) {
      return one.organization == *decision.organization;
    }));
  });
  CHECK(seen.size() == 12);
}

TEST_CASE("a flow expires at the very end of its lifetime, not after") {
  const Case c{.is_proven = false, .mail = 2};
  const environments::Settings settings;
  CHECK(next_step(flow_of(c), {}, settings, test_start + minutes(10) - milliseconds(1)).step ==
        Step::prove_email);
  CHECK(next_step(flow_of(c), {}, settings, test_start + minutes(10)).step == Step::expired);
}

TEST_CASE("every step has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Step::refused_not_member); ++i) {
    names.insert(step_name(static_cast<Step>(i)));
  }
  CHECK(names.size() == 12);
}

}  // namespace
}  // namespace gatehouse::login
