#include "server/sessions/refresh.h"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>

#include "server/encoding/base64.h"
#include "server/sessions/invariants.h"
#include "tests/world/signed_in.h"

namespace gatehouse::sessions {
namespace {

using storage::Params;
using storage::Row;
using storage::Sql;
using storage::Transaction;
using Kind = RefreshUse::ClientKind;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::SignedIn {
 public:
  // The token answered with; a refusal fails the test.
  Secret renewed(const Secret& shown, ApplicationId application = web,
                 Kind kind = Kind::confidential) {
    RefreshOutcome outcome = refresh(shown, application, kind).take();
    REQUIRE(std::holds_alternative<RefreshGrant>(outcome));
    return std::move(std::get<RefreshGrant>(outcome).token);
  }
  // The refusal; an answer fails the test.
  RefreshRefusal refused(const Secret& shown, ApplicationId application = web,
                         Kind kind = Kind::confidential, EnvironmentId environment = here) {
    const RefreshOutcome outcome = refresh(shown, application, kind, environment).take();
    REQUIRE(std::holds_alternative<RefreshRefusal>(outcome));
    return std::get<RefreshRefusal>(outcome);
  }
  std::optional<FamilyState> inspect(const Secret& shown, EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
      return inspect_refresh_token(transaction, environment, refresh_key, shown, context.now);
    });
  }
  void spoil(const Sql& sql) {
    must([&](Transaction& transaction) { return transaction.execute(sql, {}); });
  }
  std::vector<std::string> problems() {
    return must([](Transaction& transaction) { return check_invariants(transaction); });
  }
};

bool same(const Secret& a, const Secret& b) { return a.reveal() == b.reveal(); }

// A transaction in which somebody else does `interfere` just before the first rotation, as another
// node may between our read and our write.
class RacingTransaction final : public Transaction {
 public:
  RacingTransaction(Transaction& inner, const Sql& interfere)
      : inner_(inner), interfere_(interfere) {}

  Result<std::int64_t, Error> execute(const Sql& sql, Params params) override {
    if (sql.name() == "sessions.rotate_family" && rounds_-- > 0) {
      static_cast<void>(inner_.execute(interfere_, {}).take());
    }
    return inner_.execute(sql, params);
  }
  Result<Unit, Error> query(const Sql& sql, Params params,
                            FunctionRef<void(const Row&)> each) override {
    return inner_.query(sql, params, each);
  }

 private:
  Transaction& inner_;
  const Sql& interfere_;
  int rounds_ = 1;
};

}  // namespace

TEST_CASE("refresh: each use of the head gives another token, of the same grant") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in();
  Secret token = fixture.start_family(created.session.id);
  std::set<std::string> seen{std::string(token.reveal())};
  for (int i = 0; i < 5; ++i) {
    RefreshOutcome outcome = fixture.refresh(token).take();
    REQUIRE(std::holds_alternative<RefreshGrant>(outcome));
    RefreshGrant& grant = std::get<RefreshGrant>(outcome);
    CHECK(grant.family.scope == "openid offline_access");
    CHECK(grant.family.session == created.session.id);
    CHECK(grant.family.application == Fixture::web);
    CHECK(grant.family.user == fixture.ada);
    CHECK(grant.family.organization == fixture.acme);
    CHECK(grant.live.user.email.text() == "ada@acme.test");
    CHECK(grant.token.reveal().starts_with("rt_"));
    CHECK(seen.insert(std::string(grant.token.reveal())).second);
    token = std::move(grant.token);
  }
  CHECK(fixture.problems().empty());
}

TEST_CASE("refresh: a lost answer is given again, until its token is used") {
  Fixture fixture;
  const Secret first = fixture.start_family(fixture.sign_in().session.id);
  const Secret second = fixture.renewed(first);
  fixture.context.now += hours(20);  // a confidential client has all the time
  CHECK(same(fixture.renewed(first), second));
  CHECK(same(fixture.renewed(first), second));
  const Secret third = fixture.renewed(second);
  CHECK(same(fixture.renewed(second), third));
  CHECK(fixture.refused(first) == RefreshRefusal::reused);
}

TEST_CASE("refresh: a reused token ends the family for everybody, and is recorded once") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in();
  const Secret first = fixture.start_family(created.session.id);
  const Secret other = fixture.start_family(created.session.id);
  const Secret second = fixture.renewed(first);
  const Secret third = fixture.renewed(second);
  CHECK(fixture.refused(first) == RefreshRefusal::reused);
  CHECK(fixture.refused(third) == RefreshRefusal::ended);
  CHECK(fixture.refused(second) == RefreshRefusal::ended);
  CHECK(fixture.refused(first) == RefreshRefusal::ended);
  CHECK(fixture.audited("refresh.reused") == 1);
  CHECK(fixture.check(created.session.id).has_value());  // the browser stays signed in
  fixture.renewed(other);                                // as do other grants
  CHECK(fixture.problems().empty());
}

TEST_CASE("refresh: a public client's parent works for a minute after the rotation") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  const Secret first = fixture.start_family(session, Fixture::spa);
  const Secret second = fixture.renewed(first, Fixture::spa, Kind::public_);
  fixture.context.now += seconds(60) - milliseconds(1);
  CHECK(same(fixture.renewed(first, Fixture::spa, Kind::public_), second));
  fixture.context.now += milliseconds(1);
  CHECK(fixture.refused(first, Fixture::spa, Kind::public_) == RefreshRefusal::reused);
  CHECK(fixture.refused(second, Fixture::spa, Kind::public_) == RefreshRefusal::ended);
}

TEST_CASE("refresh: a token that is not ours to the last bit changes nothing") {
  Fixture fixture;
  const Secret first = fixture.start_family(fixture.sign_in().session.id);
  const Secret second = fixture.renewed(first);
  const Secret third = fixture.renewed(second);
  const std::string bytes = *base64url_decode(third.reveal().substr(3));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    CAPTURE(bit);
    REQUIRE(fixture.refused(Secret("rt_" + base64url_encode(changed))) == RefreshRefusal::unknown);
  }
  const std::string text(third.reveal());
  for (const std::string& garbage :
       {std::string(), std::string("rt_"), text + "A", text.substr(0, text.size() - 1),
        "RT_" + text.substr(3), text.substr(3), std::string(62, 'A'), "rt_" + std::string(59, '='),
        "rt_" + std::string(59, 'A'), std::string(100'000, 'A')}) {
    REQUIRE(fixture.refused(Secret(garbage)) == RefreshRefusal::unknown);
  }
  CHECK(fixture.audited("refresh.reused") == 0);
  fixture.renewed(third);
}

TEST_CASE("refresh: a token is good for its client, environment and key alone") {
  Fixture fixture;
  const Secret first = fixture.start_family(fixture.sign_in().session.id);
  CHECK(fixture.refused(first, Fixture::spa) == RefreshRefusal::unknown);
  CHECK(fixture.refused(first, Fixture::web, Kind::confidential, elsewhere) ==
        RefreshRefusal::unknown);
  CHECK_FALSE(fixture.inspect(first, elsewhere).has_value());
  fixture.refresh_key = Secret(std::string(32, 'x'));
  CHECK(fixture.refused(first) == RefreshRefusal::unknown);
  CHECK_FALSE(fixture.inspect(first).has_value());
  fixture.refresh_key = Secret(std::string(32, 'k'));
  // A stranger cannot end a family with an old token either.
  const Secret third = fixture.renewed(fixture.renewed(first));
  CHECK(fixture.refused(first, Fixture::spa) == RefreshRefusal::unknown);
  fixture.renewed(third);
}

TEST_CASE("refresh: of two families no token is like another's") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  const Secret one = fixture.start_family(session);
  const Secret two = fixture.start_family(session);
  CHECK_FALSE(same(one, two));
  CHECK_FALSE(same(fixture.renewed(one), fixture.renewed(two)));
}

TEST_CASE("refresh: nothing is renewed once the session is over, for whatever reason") {
  Fixture fixture;
  SUBCASE("ended") {
    const SessionId session = fixture.sign_in().session.id;
    const Secret token = fixture.start_family(session);
    REQUIRE(fixture.end(session));
    CHECK(fixture.refused(token) == RefreshRefusal::ended);
    CHECK_FALSE(fixture.inspect(token)->usable);
  }
  SUBCASE("idle for too long, to the millisecond") {
    const Secret token = fixture.start_family(fixture.sign_in(days(1), hours(1)).session.id);
    fixture.context.now += hours(1) - milliseconds(1);
    CHECK(fixture.inspect(token)->usable);
    fixture.context.now += milliseconds(1);
    CHECK(fixture.refused(token) == RefreshRefusal::ended);
  }
  SUBCASE("too old, however often it was refreshed") {
    Secret token = fixture.start_family(fixture.sign_in(hours(2), hours(1)).session.id);
    for (int i = 0; i < 3; ++i) {
      fixture.context.now += minutes(39);
      token = fixture.renewed(token);
    }
    fixture.context.now = world::test_start + hours(2) - milliseconds(1);
    token = fixture.renewed(token);
    fixture.context.now += milliseconds(1);
    CHECK(fixture.refused(token) == RefreshRefusal::ended);
  }
  SUBCASE("the user is disabled") {
    const Secret token = fixture.start_family(fixture.sign_in().session.id);
    fixture.set_state(users::State::disabled);
    CHECK(fixture.refused(token) == RefreshRefusal::ended);
    CHECK_FALSE(fixture.inspect(token)->usable);
  }
  SUBCASE("the user left the organization") {
    const Secret token = fixture.start_family(fixture.sign_in().session.id);
    fixture.must([&](Transaction& transaction) {
      return orgs::remove_member(transaction, here, fixture.acme, fixture.context, fixture.random,
                                 fixture.ada);
    });
    CHECK(fixture.refused(token) == RefreshRefusal::ended);
    CHECK_FALSE(fixture.inspect(token)->usable);
  }
  SUBCASE("the user is deleted") {
    const Secret token = fixture.start_family(fixture.sign_in().session.id);
    fixture.must([&](Transaction& transaction) {
      return users::delete_user(transaction, here, fixture.context, fixture.random, fixture.ada);
    });
    CHECK(fixture.refused(token) == RefreshRefusal::unknown);
  }
  CHECK(fixture.audited("refresh.reused") == 0);
}

TEST_CASE("refresh: a family does not begin where it could not go on") {
  Fixture fixture;
  const SessionId session = fixture.sign_in(days(1), hours(1)).session.id;
  const auto start = [&](EnvironmentId environment, ApplicationId application,
                         std::optional<OrgId> organization) {
    return fixture.act([&](Transaction& transaction) {
      return start_family(transaction, environment, fixture.random, fixture.refresh_key,
                          fixture.context.now,
                          {.session = session,
                           .application = application,
                           .organization = organization,
                           .scope = "openid"});
    });
  };
  const auto is_refused = [](const Result<Secret, Error>& outcome) {
    return !outcome.ok() && outcome.error().code == ErrorCode::failed_precondition;
  };
  CHECK(start(here, Fixture::web, std::nullopt).ok());
  CHECK(is_refused(start(elsewhere, Fixture::foreign_web, std::nullopt)));
  CHECK(is_refused(start(here, Fixture::foreign_web, std::nullopt)));
  CHECK(is_refused(start(here, Fixture::web, OrgId(99))));
  fixture.context.now += hours(1);
  CHECK(is_refused(start(here, Fixture::web, std::nullopt)));
  fixture.context.now -= hours(1);
  REQUIRE(fixture.end(session));
  CHECK(is_refused(start(here, Fixture::web, std::nullopt)));
}

TEST_CASE("refresh: use slides the session's idle limit") {
  Fixture fixture;
  const SessionId session = fixture.sign_in(days(1), hours(1)).session.id;
  Secret token = fixture.start_family(session);
  fixture.context.now += minutes(50);
  token = fixture.renewed(token);
  CHECK(fixture.check(session)->session.idle_expires_at == fixture.context.now + hours(1));
  fixture.context.now += minutes(50);
  fixture.renewed(token);
}

TEST_CASE("refresh: inspection tells what use would do, and does nothing") {
  Fixture fixture;
  const CreatedSession created = fixture.sign_in();
  const Secret first = fixture.start_family(created.session.id, Fixture::spa);
  const auto state = fixture.inspect(first);
  REQUIRE(state.has_value());
  CHECK(state->usable);
  CHECK(state->expires_at == created.session.expires_at);
  CHECK(state->family.application == Fixture::spa);
  const Secret second = fixture.renewed(first, Fixture::spa, Kind::public_);
  CHECK(fixture.inspect(second)->usable);
  CHECK(fixture.inspect(first)->usable);
  fixture.context.now += seconds(60);
  CHECK_FALSE(fixture.inspect(first)->usable);
  CHECK(fixture.inspect(second)->usable);
  CHECK_FALSE(fixture.inspect(Secret("rt_nothing")).has_value());
  fixture.renewed(second, Fixture::spa, Kind::public_);
}

TEST_CASE("refresh: families end by themselves or with their client, others go on") {
  Fixture fixture;
  const SessionId session = fixture.sign_in().session.id;
  const Secret web = fixture.start_family(session);
  const Secret web_too = fixture.start_family(session);
  const Secret spa = fixture.start_family(session, Fixture::spa);
  const FamilyId family = fixture.inspect(web)->family.id;
  fixture.must([&](Transaction& transaction) -> Result<Unit, Error> {
    TRY(end_family(transaction, elsewhere, family, EndReason::revoked, fixture.context.now));
    return end_families_of(transaction, elsewhere, session, Fixture::web, EndReason::revoked,
                           fixture.context.now);
  });
  CHECK(fixture.inspect(web)->usable);
  fixture.must([&](Transaction& transaction) {
    return end_family(transaction, here, family, EndReason::revoked, fixture.context.now);
  });
  CHECK(fixture.refused(web) == RefreshRefusal::ended);
  CHECK(fixture.inspect(web_too)->usable);
  fixture.must([&](Transaction& transaction) {
    return end_families_of(transaction, here, session, Fixture::web, EndReason::reuse_detected,
                           fixture.context.now);
  });
  CHECK(fixture.refused(web_too) == RefreshRefusal::ended);
  fixture.renewed(spa, Fixture::spa, Kind::public_);
  CHECK(fixture.problems().empty());
}

TEST_CASE("refresh: sixteen threads with one head get one successor, by one rotation") {
  Fixture fixture;
  Secret token = fixture.start_family(fixture.sign_in().session.id);
  for (int round = 0; round < 10; ++round) {
    constexpr std::size_t threads = 16;
    std::vector<std::string> answers(threads);
    std::vector<std::thread> running;
    std::atomic<bool> go = false;
    for (std::size_t i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        while (!go) std::this_thread::yield();
        auto outcome = fixture.refresh(token);
        if (!outcome.ok() || !std::holds_alternative<RefreshGrant>(outcome.value())) return;
        answers[i] = std::string(std::get<RefreshGrant>(outcome.value()).token.reveal());
      });
    }
    go = true;
    for (std::thread& thread : running) thread.join();
    for (const std::string& answer : answers) REQUIRE(answer == answers[0]);
    REQUIRE(answers[0].starts_with("rt_"));
    // One rotation: what they got is the head, not already a parent.
    const std::string bytes = *base64url_decode(std::string_view(answers[0]).substr(3));
    REQUIRE(static_cast<int>(bytes[11]) == round + 2);
    token = Secret(answers[0]);
  }
  CHECK(fixture.audited("refresh.reused") == 0);
}

TEST_CASE("refresh: who loses the race to another node gets the winner's successor") {
  Fixture fixture;
  const Secret first = fixture.start_family(fixture.sign_in().session.id);
  static constexpr Sql rotate{"test.rotate",
                              "UPDATE refresh_families SET generation = generation + 1"};
  static constexpr Sql rotate_twice{"test.rotate_twice",
                                    "UPDATE refresh_families SET generation = generation + 2"};
  static constexpr Sql end{"test.end",
                           "UPDATE refresh_families SET ended_at_ms = 1, end_reason = 'revoked'"};
  const auto race = [&](const Secret& shown, const Sql& interfere) {
    return fixture.must([&](Transaction& transaction) {
      RacingTransaction racing(transaction, interfere);
      return use_refresh_token(
          racing, here, fixture.context, fixture.random, fixture.refresh_key,
          {.shown = shown, .application = Fixture::web, .client_kind = Kind::confidential});
    });
  };
  RefreshOutcome outcome = race(first, rotate);
  REQUIRE(std::holds_alternative<RefreshGrant>(outcome));
  const Secret second = std::move(std::get<RefreshGrant>(outcome).token);
  CHECK(same(fixture.renewed(first), second));
  SUBCASE("the winner ended the family") {
    CHECK(std::get<RefreshRefusal>(race(second, end)) == RefreshRefusal::ended);
  }
  SUBCASE("the successor has been used by then") {
    CHECK(std::get<RefreshRefusal>(race(second, rotate_twice)) == RefreshRefusal::reused);
    CHECK(fixture.audited("refresh.reused") == 1);
  }
}

TEST_CASE("refresh: a token newer than the database is not trusted, and ends nothing") {
  Fixture fixture;
  const Secret first = fixture.start_family(fixture.sign_in().session.id);
  const Secret third = fixture.renewed(fixture.renewed(first));
  static constexpr Sql restore{"test.restore", "UPDATE refresh_families SET generation = 1"};
  fixture.spoil(restore);
  CHECK(fixture.refused(third) == RefreshRefusal::unknown);
  CHECK_FALSE(fixture.inspect(third)->usable);
  fixture.renewed(first);
}

TEST_CASE("refresh: revoked access tokens are known until they would have expired") {
  Fixture fixture;
  const TokenId token(77);
  const auto is_revoked = [&](EnvironmentId environment) {
    return fixture.must([&](Transaction& transaction) {
      return is_token_revoked(transaction, environment, token);
    });
  };
  const auto reclaim_all = [&] {
    return fixture.must([&](Transaction& transaction) {
      return reclaim_revoked_tokens(transaction, fixture.context.now, 100);
    });
  };
  CHECK_FALSE(is_revoked(here));
  for (int i = 0; i < 2; ++i) {
    fixture.must([&](Transaction& transaction) {
      return revoke_token(transaction, here, token, fixture.context.now + minutes(15));
    });
  }
  CHECK(is_revoked(here));
  CHECK_FALSE(is_revoked(elsewhere));
  fixture.context.now += minutes(15) - milliseconds(1);
  CHECK(reclaim_all() == 0);
  fixture.context.now += milliseconds(1);
  CHECK(reclaim_all() == 1);
  CHECK_FALSE(is_revoked(here));
}

}  // namespace gatehouse::sessions
