#include "server/sessions/logout_delivery.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/world/signed_in.h"

namespace gatehouse::sessions {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::SignedIn {
 public:
  Fixture() {
    must([](Transaction& transaction) -> Result<Unit, Error> {
      world::put_back_channel_uri(transaction, here, web, "https://web.test/logout");
      world::put_back_channel_uri(transaction, here, web, "https://web.test/logout2");
      return Unit{};
    });
  }
  // A session that signed in to both applications, of which one wants to be told, and its end.
  SessionId end_one() {
    const SessionId session = sign_in().session.id;
    must([&](Transaction& transaction) -> Result<Unit, Error> {
      TRY(note_client(transaction, here, session, web, acme, context.now));
      return note_client(transaction, here, session, spa, acme, context.now);
    });
    REQUIRE(end(session));
    return session;
  }
  std::vector<LogoutDelivery> lease(Duration duration = minutes(1), int limit = 100) {
    return must([&](Transaction& transaction) {
      return lease_logout_deliveries(transaction, context.now, duration, limit);
    });
  }
  void delivered(DeliveryId delivery, EnvironmentId environment = here) {
    must([&](Transaction& transaction) {
      return note_delivered(transaction, environment, delivery, context.now);
    });
  }
  void failed(DeliveryId delivery, std::optional<Instant> next) {
    must([&](Transaction& transaction) {
      return note_delivery_failed(transaction, here, delivery, context.now, next,
                                  "refused\r\n\xff" + std::string(1000, 'x'));
    });
  }
  std::int64_t reclaim_all() {
    return must([&](Transaction& transaction) {
      return reclaim_logout_deliveries(transaction, context.now, hours(1), 100);
    });
  }
};

}  // namespace

TEST_CASE("logout: the end of a session queues a delivery for every back-channel URI") {
  Fixture fixture;
  const SessionId session = fixture.end_one();
  CHECK_FALSE(fixture.end(session));  // and a second end queues nothing
  auto due = fixture.lease();
  REQUIRE(due.size() == 2);
  std::ranges::sort(due, {}, &LogoutDelivery::uri);
  CHECK(due[0].uri == "https://web.test/logout");
  CHECK(due[1].uri == "https://web.test/logout2");
  for (const LogoutDelivery& delivery : due) {
    CHECK(delivery.session == session);
    CHECK(delivery.user == fixture.ada);
    CHECK(delivery.application == Fixture::web);
    CHECK(delivery.environment == here);
    CHECK(delivery.attempts == 1);
  }
}

TEST_CASE("logout: a session that signed in nowhere tells nobody") {
  Fixture fixture;
  REQUIRE(fixture.end(fixture.sign_in().session.id));
  CHECK(fixture.lease().empty());
}

TEST_CASE("logout: a leased delivery is nobody else's until the lease is over") {
  Fixture fixture;
  fixture.end_one();
  CHECK(fixture.lease(minutes(1), 1).size() == 1);
  CHECK(fixture.lease(minutes(1), 1).size() == 1);  // the other one, not none
  CHECK(fixture.lease().empty());
  fixture.context.now += minutes(1) - milliseconds(1);
  CHECK(fixture.lease().empty());
  fixture.context.now += milliseconds(1);
  const auto again = fixture.lease();
  REQUIRE(again.size() == 2);
  CHECK(again[0].attempts == 2);
}

TEST_CASE("logout: what is delivered is done, for whoever is of its environment") {
  Fixture fixture;
  fixture.end_one();
  const auto due = fixture.lease();
  fixture.delivered(due[0].id);
  fixture.delivered(due[1].id, elsewhere);
  fixture.context.now += minutes(5);
  const auto left = fixture.lease();
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == due[1].id);
}

TEST_CASE("logout: what failed is due again at its next attempt, or never") {
  Fixture fixture;
  fixture.end_one();
  const auto due = fixture.lease();
  fixture.failed(due[0].id, fixture.context.now + minutes(2));
  fixture.failed(due[1].id, std::nullopt);
  fixture.context.now += minutes(2) - milliseconds(1);
  CHECK(fixture.lease().empty());
  fixture.context.now += milliseconds(1);
  const auto again = fixture.lease();
  REQUIRE(again.size() == 1);
  CHECK(again[0].id == due[0].id);
  fixture.delivered(again[0].id);
  fixture.failed(again[0].id, fixture.context.now);  // a late word changes nothing
  fixture.context.now += days(1);
  CHECK(fixture.lease().empty());
}

TEST_CASE("logout: deliveries that are over are deleted in time, pending ones never") {
  Fixture fixture;
  fixture.end_one();
  fixture.delivered(fixture.lease(minutes(1), 1)[0].id);
  fixture.context.now += hours(1) - milliseconds(1);
  CHECK(fixture.reclaim_all() == 0);
  fixture.context.now += milliseconds(1);
  CHECK(fixture.reclaim_all() == 1);
  CHECK(fixture.reclaim_all() == 0);
  CHECK(fixture.lease().size() == 1);
}

TEST_CASE("logout: deliveries of all environments are leased together") {
  Fixture fixture;
  fixture.end_one();
  CHECK(fixture.must([&](Transaction& transaction) -> Result<std::size_t, Error> {
    Context other = fixture.context;
    other.environment = elsewhere;
    world::put_back_channel_uri(transaction, elsewhere, Fixture::foreign_web, "https://b.test/");
    const UserId eve = TRY(users::create(transaction, elsewhere, other, fixture.random,
                                         {.email = users::Email::parse("e@b.test").value()}))
                           .id;
    const SessionId session = TRY(create(transaction, elsewhere, other, fixture.random,
                                         {.user = eve,
                                          .organization = std::nullopt,
                                          .method = Method::email_link,
                                          .absolute_lifetime = days(1),
                                          .idle_lifetime = hours(1)}))
                                  .session.id;
    TRY(note_client(transaction, elsewhere, session, Fixture::foreign_web, std::nullopt,
                    other.now));
    static_cast<void>(
        TRY(end(transaction, elsewhere, other, fixture.random, session, EndReason::signed_out)));
    return TRY(lease_logout_deliveries(transaction, other.now, minutes(1), 10)).size();
  }) == 3);
}

}  // namespace gatehouse::sessions
