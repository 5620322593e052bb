#include "server/sessions/session_list.h"

#include <doctest/doctest.h>

#include "server/encoding/json.h"
#include "server/events/event.h"
#include "tests/world/signed_in.h"

namespace gatehouse::sessions {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::SignedIn {
 public:
  // Each a second after the one before, so that their order is plain.
  SessionId make(Duration absolute = days(30), Duration idle = days(7)) {
    context.now += seconds(1);
    return sign_in(absolute, idle).session.id;
  }
  Result<SessionDetails, Error> details(SessionId session, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return find_details(transaction, environment, session, context.now);
    });
  }
  Status status(SessionId session) { return details(session).take().status; }
  Result<Page<SessionDetails>, Error> page(const SessionFilter& filter = {},
                                           const PageQuery& query = {},
                                           EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return list_of_user(transaction, environment, ada, filter, query, context.now);
    });
  }
  std::vector<SessionId> ids(const SessionFilter& filter = {}, const PageQuery& query = {}) {
    const auto found = page(filter, query).take();
    std::vector<SessionId> all;
    for (const SessionDetails& item : found.items) all.push_back(item.session.id);
    return all;
  }
  Result<SessionDetails, Error> revoke_one(SessionId session, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return revoke(transaction, environment, context, random, session);
    });
  }
  Result<std::vector<SessionDetails>, Error> revoke_all(UserId user,
                                                        EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return revoke_all_of_user(transaction, environment, context, random, user);
    });
  }
  void note(SessionId session, ApplicationId application, std::optional<OrgId> organization) {
    must([&](Transaction& transaction) {
      return note_client(transaction, here, session, application, organization, context.now);
    });
  }
};

}  // namespace

TEST_CASE("session list: each session says how it stands") {
  Fixture fixture;
  const SessionId active = fixture.make();
  const SessionId short_lived = fixture.make(minutes(10), minutes(10));
  const SessionId left = fixture.make();
  const SessionId revoked = fixture.make();
  const SessionId replaced = fixture.make();
  const SessionId reused = fixture.make();
  fixture.end(left);
  fixture.end(revoked, EndReason::revoked);
  fixture.end(replaced, EndReason::replaced);
  fixture.end(reused, EndReason::reuse_detected);
  const Instant ended_at = fixture.context.now;
  CHECK(fixture.status(short_lived) == Status::active);
  fixture.context.now += minutes(10);
  CHECK(fixture.status(active) == Status::active);
  CHECK_FALSE(fixture.details(active).take().over_at().has_value());
  CHECK(fixture.status(short_lived) == Status::expired);
  CHECK(fixture.details(short_lived).take().over_at() ==
        world::test_start + seconds(2) + minutes(10));
  CHECK(fixture.status(left) == Status::logout);
  CHECK(fixture.details(left).take().over_at() == ended_at);
  CHECK(fixture.details(left).take().updated_at() == ended_at);
  CHECK(fixture.status(revoked) == Status::revoked);
  CHECK(fixture.status(replaced) == Status::logout);
  CHECK(fixture.status(reused) == Status::revoked);
  // Ending what had expired does not make it anything else.
  fixture.end(short_lived, EndReason::revoked);
  CHECK(fixture.status(short_lived) == Status::expired);
}

TEST_CASE("session list: a session names the applications and organizations it was used in") {
  Fixture fixture;
  const SessionId session = fixture.make();
  const OrgId other = fixture
                          .must([&](Transaction& transaction) {
                            return orgs::create(transaction, here, fixture.context, fixture.random,
                                                {.display_name = "Other"});
                          })
                          .id;
  fixture.note(session, Fixture::web, fixture.acme);
  fixture.context.now += seconds(1);
  fixture.note(session, Fixture::spa, other);
  const SessionDetails details = fixture.details(session).take();
  REQUIRE(details.clients.size() == 2);
  CHECK(details.clients[0].client_id == "client_11");
  CHECK(details.clients[0].organization == fixture.acme);
  CHECK(details.clients[1].client_id == "client_12");
  CHECK(details.organizations() == std::vector{fixture.acme, other});
}

TEST_CASE("session list: unknown and foreign sessions and people are not found") {
  Fixture fixture;
  const SessionId session = fixture.make();
  CHECK(fixture.details(SessionId(7)).error().message == "session not found");
  CHECK(fixture.details(session, elsewhere).error().message == "session not found");
  CHECK(fixture.revoke_one(session, elsewhere).error().message == "session not found");
  CHECK(fixture.page({}, {}, elsewhere).error().message == "user not found");
  CHECK(fixture.revoke_all(fixture.ada, elsewhere).error().message == "user not found");
  CHECK(fixture.revoke_all(UserId(7)).error().message == "user not found");
  CHECK(fixture.status(session) == Status::active);
}

TEST_CASE("session list: newest first, by pages, with the number of all") {
  Fixture fixture;
  CHECK(fixture.page().take().total == 0);
  std::vector<SessionId> made;
  for (int i = 0; i < 5; ++i) made.insert(made.begin(), fixture.make());
  fixture.note(made[0], Fixture::web, fixture.acme);
  fixture.note(made[0], Fixture::spa, fixture.acme);
  const auto first = fixture.page({}, {.limit = 2}).take();
  CHECK(first.total == 5);
  REQUIRE(first.items.size() == 2);
  CHECK(first.items[0].session.id == made[0]);
  CHECK(first.items[0].clients.size() == 2);
  CHECK(first.items[1].session.id == made[1]);
  REQUIRE(first.older.has_value());
  CHECK(fixture.ids({}, {.from = first.older, .limit = 2}) == std::vector{made[2], made[3]});
  CHECK(fixture.ids(
            {}, {.direction = PageQuery::Direction::newer, .from = made[2].number(), .limit = 2}) ==
        std::vector{made[0], made[1]});
}

TEST_CASE("session list: it is filtered by status and by time of creation") {
  Fixture fixture;
  const SessionId oldest = fixture.make();
  const SessionId left = fixture.make();
  const SessionId revoked = fixture.make();
  const SessionId short_lived = fixture.make(minutes(10), minutes(10));
  fixture.end(left);
  fixture.end(revoked, EndReason::revoked);
  fixture.context.now += minutes(10);
  const auto with = [&](std::vector<Status> statuses) {
    return fixture.ids({.statuses = std::move(statuses)});
  };
  CHECK(with({Status::active}) == std::vector{oldest});
  CHECK(with({Status::expired}) == std::vector{short_lived});
  CHECK(with({Status::revoked}) == std::vector{revoked});
  CHECK(with({Status::logout}) == std::vector{left});
  CHECK(with({Status::active, Status::logout}) == std::vector{left, oldest});
  CHECK(with({}).size() == 4);
  CHECK(fixture.page({.statuses = {Status::revoked}}).take().total == 1);
  const Instant second = world::test_start + seconds(2);
  CHECK(fixture.ids({.created_from = second}) == std::vector{short_lived, revoked, left});
  CHECK(fixture.ids({.created_before = second}) == std::vector{oldest});
  CHECK(fixture.ids({.created_from = second, .created_before = second + seconds(1)}) ==
        std::vector{left});
}

TEST_CASE("session list: an active session is revoked, with all that hangs on it, once") {
  Fixture fixture;
  const SessionId session = fixture.make();
  const SessionId other = fixture.make();
  fixture.must([&](Transaction& transaction) -> Result<Unit, Error> {
    world::put_back_channel_uri(transaction, here, Fixture::web, "https://app.test/logout");
    return Unit{};
  });
  fixture.note(session, Fixture::web, fixture.acme);
  const Secret refresh = fixture.start_family(session);
  CHECK(fixture.revoke_one(session).take().status == Status::revoked);
  CHECK(std::holds_alternative<RefreshRefusal>(fixture.refresh(refresh).take()));
  CHECK_FALSE(fixture.check(session).has_value());
  static constexpr storage::Sql count_sql{"test.deliveries",
                                          "SELECT COUNT(*) FROM logout_deliveries"};
  CHECK(fixture.must([&](Transaction& transaction) {
    return transaction.find(count_sql, {}, [](const storage::Row& row) { return row.integer(0); });
  }) == 1);
  const auto again = fixture.revoke_one(session);
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().code == ErrorCode::failed_precondition);
  CHECK(again.error().message == "session is not active");
  CHECK(fixture.audited("session.ended") == 1);
  CHECK(fixture.status(other) == Status::active);
}

TEST_CASE("session list: all active sessions of a person are revoked, and told") {
  Fixture fixture;
  const SessionId expired = fixture.make(minutes(10), minutes(10));
  const SessionId left = fixture.make();
  const SessionId first = fixture.make();
  const SessionId second = fixture.make();
  fixture.end(left);
  fixture.context.now += minutes(10);
  const auto revoked = fixture.revoke_all(fixture.ada).take();
  REQUIRE(revoked.size() == 2);
  CHECK(revoked[0].session.id == second);
  CHECK(revoked[1].session.id == first);
  CHECK(revoked[0].status == Status::revoked);
  CHECK(fixture.status(expired) == Status::expired);
  CHECK(fixture.status(left) == Status::logout);
  CHECK(fixture.revoke_all(fixture.ada).take().empty());
}

TEST_CASE("session events: a sign-in and a signing out are told, with person and session") {
  Fixture fixture;
  fixture.context.user_agent = "curl/8.5.0";
  const SessionId session = fixture.make();
  fixture.note(session, Fixture::web, fixture.acme);
  const SessionId revoked = fixture.make();
  const SessionId expired = fixture.make(minutes(10), minutes(10));
  fixture.end(session);
  fixture.end(revoked, EndReason::revoked);
  fixture.context.now += minutes(10);
  fixture.end(expired);
  const auto told = [&](std::string type) {
    return fixture.must([&](Transaction& transaction) {
      return events::list(transaction, here, {.types = {type}}, {});
    });
  };
  CHECK(told("user.login").total == 3);
  const auto logouts = told("user.logout");
  REQUIRE(logouts.items.size() == 1);
  const events::Event& event = logouts.items.front();
  CHECK(event.object == "User");
  CHECK(event.organization == fixture.acme);
  const Json data = Json::parse(event.data).take();
  CHECK(data.find("user")->string("email") == "ada@acme.test");
  const Json& told_session = *data.find("user_session");
  CHECK(told_session.string("session_id") == session.text());
  CHECK(told_session.string("status") == "logout");
  CHECK(told_session.string("logout_at").has_value());
  CHECK(told_session.find("device")->string("browser") == "curl");
  REQUIRE(told_session.array("authenticated_clients")->size() == 1);
  CHECK(told_session.array("authenticated_clients")->front().string("client_id") == "client_11");
}

}  // namespace gatehouse::sessions
