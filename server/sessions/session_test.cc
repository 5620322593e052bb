#include "server/sessions/session.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "server/sessions/invariants.h"
#include "server/sessions/session_store.h"
#include "tests/world/signed_in.h"

namespace gatehouse::sessions {
namespace {

using storage::Sql;
using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::SignedIn {
 public:
  std::optional<LiveSession> check_token(std::string_view token, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return check_cookie(transaction, environment, token, context.now);
    });
  }
  void touch_session(const Session& session) {
    must([&](Transaction& transaction) { return touch(transaction, here, session, context.now); });
  }
  std::vector<Session> live() {
    return must([&](Transaction& transaction) {
      return list_live_of_user(transaction, here, ada, context.now);
    });
  }
  std::int64_t reclaim_all(Duration keep) {
    return must(
        [&](Transaction& transaction) { return reclaim(transaction, context.now, keep, 1000); });
  }
  Result<Unit, Error> note(SessionId session, ApplicationId application,
                           EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return note_client(transaction, environment, session, application, acme, context.now);
    });
  }
  Result<Unit, Error> move_to(SessionId session, OrgId organization) {
    return act([&](Transaction& transaction) {
      return set_organization(transaction, here, session, organization);
    });
  }
  std::vector<std::string> problems() {
    return must([](Transaction& transaction) { return check_invariants(transaction); });
  }
};

}  // namespace

TEST_CASE("sessions: a session is found by its cookie and its id, with its user") {
  Fixture fixture;
  fixture.context.client_address = "192.0.2.7";
  fixture.context.user_agent = "Browser\x01 \xff";
  const CreatedSession created = fixture.sign_in();
  CHECK(created.token.size() == session_token_characters);
  const auto by_cookie = fixture.check_token(created.token.reveal());
  REQUIRE(by_cookie.has_value());
  CHECK(by_cookie->session.id == created.session.id);
  CHECK(by_cookie->user.id == fixture.ada);
  CHECK(by_cookie->user.email.text() == "ada@acme.test");
  CHECK(by_cookie->session.organization == fixture.acme);
  CHECK(by_cookie->session.method == Method::email_code);
  CHECK(by_cookie->session.authenticated_at == world::test_start);
  CHECK(by_cookie->session.expires_at == world::test_start + days(30));
  CHECK(by_cookie->session.idle_expires_at == world::test_start + days(7));
  CHECK(by_cookie->session.client_address == "192.0.2.7");
  CHECK(by_cookie->session.user_agent == "Browser? ?");
  CHECK(fixture.check(created.session.id)->user.id == fixture.ada);
  CHECK(fixture.audited("session.created") == 1);
  CHECK(fixture.problems().empty());
}

TEST_CASE("sessions: any other cookie finds nothing") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in();
  const std::string token(created.token.reveal());
  std::string changed = token;
  changed[0] = changed[0] == 'A' ? 'B' : 'A';
  CHECK_FALSE(fixture.check_token(changed).has_value());
  CHECK_FALSE(fixture.check_token("").has_value());
  CHECK_FALSE(fixture.check_token(token + "A").has_value());
  CHECK_FALSE(fixture.check_token(token.substr(1)).has_value());
  CHECK_FALSE(fixture.check_token(token, elsewhere).has_value());
  CHECK_FALSE(fixture.check(SessionId(99)).has_value());
  const auto foreign = fixture.must([&](Transaction& transaction) {
    return check_id(transaction, elsewhere, created.session.id, fixture.context.now);
  });
  CHECK_FALSE(foreign.has_value());
}

TEST_CASE("sessions: every session has its own token and id") {
  Fixture fixture;
  const CreatedSession first = fixture.sign_in();
  const CreatedSession second = fixture.sign_in();
  CHECK(first.session.id != second.session.id);
  CHECK(first.token.reveal() != second.token.reveal());
}

TEST_CASE("sessions: the idle limit holds to the millisecond") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in(hours(10), hours(1));
  fixture.context.now = world::test_start + hours(1) - milliseconds(1);
  CHECK(fixture.check(created.session.id).has_value());
  CHECK(fixture.live().size() == 1);
  fixture.context.now += milliseconds(1);
  CHECK_FALSE(fixture.check(created.session.id).has_value());
  CHECK_FALSE(fixture.check_token(created.token.reveal()).has_value());
  CHECK(fixture.live().empty());
}

TEST_CASE("sessions: the absolute limit holds to the millisecond, however busy the session") {
  Fixture fixture;
  const SessionId session = fixture.sign_in(hours(3), hours(1)).session.id;
  for (int i = 0; i < 5; ++i) {
    fixture.context.now += minutes(35);
    const auto live = fixture.check(session);
    REQUIRE(live.has_value());
    fixture.touch_session(live->session);
  }
  fixture.context.now = world::test_start + hours(3) - milliseconds(1);
  REQUIRE(fixture.check(session).has_value());
  CHECK(fixture.check(session)->session.idle_expires_at == world::test_start + hours(3));
  fixture.context.now += milliseconds(1);
  CHECK_FALSE(fixture.check(session).has_value());
}

TEST_CASE("sessions: an idle limit beyond the absolute one is the absolute one") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in(hours(1), days(7));
  CHECK(created.session.idle_expires_at == created.session.expires_at);
  CHECK(fixture.problems().empty());
}

TEST_CASE("sessions: activity slides the idle limit, at most once a minute") {
  Fixture fixture;
  const SessionId session = fixture.sign_in(days(1), hours(1)).session.id;
  fixture.context.now += seconds(60) - milliseconds(1);
  CHECK_FALSE(needs_touch(fixture.check(session)->session, fixture.context.now));
  fixture.touch_session(fixture.check(session)->session);
  CHECK(fixture.check(session)->session.last_active_at == world::test_start);
  fixture.context.now += milliseconds(1);
  CHECK(needs_touch(fixture.check(session)->session, fixture.context.now));
  fixture.touch_session(fixture.check(session)->session);
  CHECK(fixture.check(session)->session.last_active_at == fixture.context.now);
  CHECK(fixture.check(session)->session.idle_expires_at == fixture.context.now + hours(1));
  CHECK_FALSE(needs_touch(fixture.check(session)->session, fixture.context.now));
}

TEST_CASE("sessions: a short idle limit slides every tenth of itself") {
  Fixture fixture;
  const SessionId session = fixture.sign_in(days(1), minutes(5)).session.id;
  fixture.context.now += seconds(30) - milliseconds(1);
  CHECK_FALSE(needs_touch(fixture.check(session)->session, fixture.context.now));
  fixture.context.now += milliseconds(1);
  CHECK(needs_touch(fixture.check(session)->session, fixture.context.now));
}

TEST_CASE("sessions: a clock that goes back takes no activity back") {
  Fixture fixture;
  const Session session = fixture.sign_in(days(1), hours(1)).session;
  fixture.context.now -= minutes(10);
  CHECK_FALSE(needs_touch(session, fixture.context.now));
  fixture.touch_session(session);
  CHECK(fixture.check(session.id)->session.last_active_at == world::test_start);
}

TEST_CASE("sessions: an ended session never lives again") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in(days(1), hours(1));
  const Session before = created.session;
  CHECK(fixture.end(before.id));
  CHECK_FALSE(fixture.end(before.id, EndReason::revoked));
  CHECK_FALSE(fixture.check_token(created.token.reveal()).has_value());
  fixture.context.now += minutes(5);
  fixture.touch_session(before);  // as a request does that began before the end
  CHECK_FALSE(fixture.check(before.id).has_value());
  CHECK(fixture.note(before.id, Fixture::web).error().code == ErrorCode::failed_precondition);
  CHECK(fixture.move_to(before.id, fixture.acme).error().code == ErrorCode::failed_precondition);
  fixture.context.now = world::test_start;  // nor by a clock that goes back
  CHECK_FALSE(fixture.check(before.id).has_value());
  CHECK(fixture.audited("session.ended") == 1);
  CHECK_FALSE(fixture.end(SessionId(99)));
  CHECK(fixture.problems().empty());
}

TEST_CASE("sessions: an expired session is not touched back to life") {
  Fixture fixture;
  const Session session = fixture.sign_in(days(1), hours(1)).session;
  fixture.context.now += hours(1);
  fixture.touch_session(session);
  CHECK_FALSE(fixture.check(session.id).has_value());
}

TEST_CASE("sessions: no statement slides a session that is over, whatever its caller believed") {
  Fixture fixture;
  const SessionId expired = fixture.sign_in(days(1), hours(1)).session.id;
  const SessionId ended = fixture.sign_in(days(1), hours(3)).session.id;
  const SessionId live = fixture.sign_in(days(1), hours(3)).session.id;
  REQUIRE(fixture.end(ended));
  fixture.context.now += hours(1);
  const auto slides = [&](SessionId session) {
    return fixture.must([&](Transaction& transaction) {
      return update_activity(transaction, here, session, fixture.context.now,
                             fixture.context.now + hours(1));
    });
  };
  CHECK_FALSE(slides(expired));
  CHECK_FALSE(slides(ended));
  CHECK(slides(live));
  CHECK_FALSE(slides(live));  // nor twice for one moment
}

TEST_CASE("sessions: nobody ends a session of another environment") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  const bool ended = fixture.must([&](Transaction& transaction) {
    return end(transaction, elsewhere, fixture.context, fixture.random, session,
               EndReason::signed_out);
  });
  CHECK_FALSE(ended);
  CHECK(fixture.check(session).has_value());
}

TEST_CASE("sessions: a disabled user has no sessions and gets none") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in();
  fixture.set_state(users::State::disabled);
  CHECK_FALSE(fixture.check(created.session.id).has_value());
  CHECK_FALSE(fixture.check_token(created.token.reveal()).has_value());
  const NewSession wanted{.user = fixture.ada,
                          .organization = std::nullopt,
                          .method = Method::email_link,
                          .absolute_lifetime = days(1),
                          .idle_lifetime = hours(1)};
  const auto make = [&](EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return create(transaction, environment, fixture.context, fixture.random, wanted);
    });
  };
  CHECK(make(here).error().code == ErrorCode::failed_precondition);
  fixture.set_state(users::State::active);
  CHECK(make(elsewhere).error().code == ErrorCode::failed_precondition);
  CHECK(make(here).ok());
}

TEST_CASE("sessions: all sessions of a user end, but one if it is to stay") {
  Fixture fixture;
  std::vector<SessionId> sessions;
  for (int i = 0; i < 600; ++i) {
    fixture.context.now += milliseconds(1);
    sessions.push_back(fixture.sign_in().session.id);
  }
  const auto end_all = [&](std::optional<SessionId> keep) {
    return fixture.must([&](Transaction& transaction) {
      return end_all_of_user(transaction, here, fixture.context, fixture.random, fixture.ada,
                             EndReason::revoked, keep);
    });
  };
  CHECK(end_all(sessions[3]) == 599);
  CHECK(end_all(sessions[3]) == 0);
  REQUIRE(fixture.live().size() == 1);
  CHECK(fixture.live()[0].id == sessions[3]);
  CHECK(end_all(std::nullopt) == 1);
  CHECK(fixture.live().empty());
}

TEST_CASE("sessions: those in an organization end with it, others go on") {
  Fixture fixture;
  const OrgId other = fixture.must([&](Transaction& transaction) -> Result<OrgId, Error> {
    const OrgId id = TRY(orgs::create(transaction, here, fixture.context, fixture.random,
                                      {.display_name = "Other"}))
                         .id;
    TRY(orgs::add_member(transaction, here, id, fixture.context, fixture.random, fixture.ada,
                         orgs::Provisioning::direct_provision));
    return id;
  });
  const SessionId stays = fixture.sign_in().session.id;
  const SessionId goes = fixture.sign_in().session.id;
  REQUIRE(fixture.move_to(goes, other).ok());
  const auto end_in = [&](OrgId organization, std::optional<UserId> member) {
    return fixture.must([&](Transaction& transaction) {
      return end_all_in_organization(transaction, here, organization, fixture.context,
                                     fixture.random, EndReason::revoked, member);
    });
  };
  CHECK(end_in(other, UserId(99)) == 0);
  CHECK(end_in(other, fixture.ada) == 1);
  CHECK(fixture.check(stays).has_value());
  CHECK_FALSE(fixture.check(goes).has_value());
  CHECK(end_in(fixture.acme, std::nullopt) == 1);
}

TEST_CASE("sessions: only an organization of the user's becomes the current one") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  const OrgId strange = fixture
                            .must([&](Transaction& transaction) {
                              return orgs::create(transaction, here, fixture.context,
                                                  fixture.random, {.display_name = "Strange"});
                            })
                            .id;
  CHECK(fixture.move_to(session, strange).error().code == ErrorCode::failed_precondition);
  CHECK(fixture.check(session)->session.organization == fixture.acme);
  CHECK(fixture.move_to(session, fixture.acme).ok());
}

TEST_CASE("sessions: applications are remembered once, in the order of their first sign-in") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  CHECK(fixture.note(session, Fixture::spa).ok());
  fixture.context.now += seconds(1);
  CHECK(fixture.note(session, Fixture::web).ok());
  CHECK(fixture.note(session, Fixture::spa).ok());
  const auto clients = fixture.must(
      [&](Transaction& transaction) { return list_clients(transaction, here, session); });
  CHECK(clients == std::vector{Fixture::spa, Fixture::web});
  CHECK(fixture.note(session, Fixture::foreign_web).error().code == ErrorCode::failed_precondition);
  CHECK(fixture.note(session, Fixture::web, elsewhere).error().code ==
        ErrorCode::failed_precondition);
}

TEST_CASE("sessions: live ones are listed with the last active first") {
  Fixture fixture;
  const Session first = fixture.sign_in().session;
  const Session second = fixture.sign_in().session;
  const Session ended = fixture.sign_in().session;
  REQUIRE(fixture.end(ended.id));
  fixture.context.now += minutes(2);
  fixture.touch_session(first);
  const auto live = fixture.live();
  REQUIRE(live.size() == 2);
  CHECK(live[0].id == first.id);
  CHECK(live[1].id == second.id);
}

TEST_CASE("sessions: what ended or expired long enough ago is deleted, nothing else") {
  Fixture fixture;
  const SessionId ended = fixture.sign_in().session.id;
  fixture.sign_in(days(1), hours(1));  // will have expired by being idle
  const SessionId lives = fixture.sign_in().session.id;
  REQUIRE(fixture.end(ended));
  CHECK(fixture.reclaim_all(hours(1)) == 0);
  fixture.context.now += hours(1);
  CHECK(fixture.reclaim_all(hours(1)) == 1);
  fixture.context.now += hours(1) - milliseconds(1);
  CHECK(fixture.reclaim_all(hours(1)) == 0);
  fixture.context.now += milliseconds(1);
  CHECK(fixture.reclaim_all(hours(1)) == 1);
  CHECK(fixture.check(lives).has_value());
}

TEST_CASE("sessions: a deleted user or organization takes its sessions along") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  fixture.start_family(session);
  fixture.must([&](Transaction& transaction) {
    return orgs::delete_organization(transaction, here, fixture.context, fixture.random,
                                     fixture.acme);
  });
  CHECK_FALSE(fixture.check(session).has_value());
  CHECK(fixture.problems().empty());
}

TEST_CASE("sessions: fsck finds a family that outlived its session, and impossible times") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  fixture.start_family(session);
  fixture.must([&](Transaction& transaction) {
    static constexpr Sql sql{"test.end_badly",
                             "UPDATE sessions SET ended_at_ms = 1, end_reason = 'revoked', "
                             "idle_expires_at_ms = expires_at_ms + 1 WHERE id = $1"};
    return transaction.execute(sql, {session});
  });
  CHECK(fixture.problems().size() == 2);
}

}  // namespace gatehouse::sessions
