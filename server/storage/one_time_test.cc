#include "server/storage/one_time.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "server/storage/fault.h"
#include "server/storage/fsck.h"
#include "server/storage/test_support.h"
#include "tests/world/test_database.h"

namespace gatehouse::storage {
namespace {

using namespace testing;

constexpr EnvironmentId elsewhere{2};

std::string hash_of(char c) { return std::string(32, c); }

OneTimeThing code(char c, std::int64_t subject = 7) {
  return {OneTimePurpose::authorization_code, hash_of(c), subject, "{\"for\":\"x\"}",
          noon + minutes(1)};
}

struct World {
  std::unique_ptr<world::TestDatabase> stored = std::make_unique<world::TestDatabase>();
  Database* database = &stored->database();

  Result<Unit, Error> put(const OneTimeThing& thing) const {
    return write(*database, context(), [&](Transaction& transaction) {
      return put_one_time(transaction, environment, thing, noon);
    });
  }
  std::optional<Consumed> consume(
      char c, Instant now = noon, EnvironmentId where = environment,
      OneTimePurpose purpose = OneTimePurpose::authorization_code) const {
    return write(*database, context(),
                 [&](Transaction& transaction) {
                   return consume_one_time(transaction, where, purpose, hash_of(c), now);
                 })
        .value();
  }
  std::optional<Consumed> consumed(char c, EnvironmentId where = environment) const {
    return read(*database, context(),
                [&](Transaction& transaction) {
                  return find_consumed(transaction, where, OneTimePurpose::authorization_code,
                                       hash_of(c));
                })
        .value();
  }
  std::int64_t reclaim(Instant now, std::int64_t rows_max = 100) const {
    return write(*database, context(),
                 [&](Transaction& transaction) {
                   return reclaim_one_time(transaction, now, rows_max);
                 })
        .value();
  }
};

TEST_CASE("looking at a one-time thing tells its state and uses nothing up") {
  const World world;
  using State = OneTimeSight::State;
  const auto look = [&](char c, EnvironmentId where = environment) {
    return read(*world.database, context(),
                [&](Transaction& transaction) {
                  return look_at_one_time(transaction, where, OneTimePurpose::authorization_code,
                                          hash_of(c));
                })
        .value();
  };
  REQUIRE(world.put(code('a')).ok());
  for (int i = 0; i < 2; ++i) {
    const auto sight = look('a');
    REQUIRE(sight.has_value());
    CHECK(sight->state == State::live);
    CHECK(sight->subject == 7);
    CHECK(sight->expires_at == noon + minutes(1));
  }
  CHECK_FALSE(look('b').has_value());
  CHECK_FALSE(look('a', elsewhere).has_value());
  REQUIRE(world.consume('a').has_value());
  CHECK(look('a')->state == State::consumed);

  REQUIRE(world.put(code('c', 8)).ok());
  REQUIRE(write(*world.database, context(), [](Transaction& transaction) {
            return void_subject(transaction, environment, OneTimePurpose::authorization_code, 8);
          }).ok());
  CHECK(look('c')->state == State::void_);
}

TEST_CASE("a one-time thing works once, and is known as consumed afterwards") {
  const World world;
  REQUIRE(world.put(code('a')).ok());
  CHECK_FALSE(world.consumed('a').has_value());
  const auto first = world.consume('a');
  REQUIRE(first.has_value());
  CHECK(first->subject == 7);
  CHECK(first->payload == "{\"for\":\"x\"}");
  CHECK_FALSE(world.consume('a').has_value());
  REQUIRE(world.consumed('a').has_value());
  CHECK(world.consumed('a')->payload == "{\"for\":\"x\"}");
}

TEST_CASE("a made-up secret, another purpose and another environment find nothing") {
  const World world;
  REQUIRE(world.put(code('a')).ok());
  CHECK_FALSE(world.consume('b').has_value());
  CHECK_FALSE(world.consume('a', noon, elsewhere).has_value());
  CHECK_FALSE(world.consume('a', noon, environment, OneTimePurpose::login_link).has_value());
  CHECK(world.consume('a').has_value());
  CHECK_FALSE(world.consumed('a', elsewhere).has_value());
}

TEST_CASE("a thing works until the instant it expires and not at it") {
  const World world;
  REQUIRE(world.put(code('a')).ok());
  REQUIRE(world.put(code('b')).ok());
  CHECK_FALSE(world.consume('a', noon + minutes(1)).has_value());
  CHECK_FALSE(world.consumed('a').has_value());
  CHECK(world.consume('b', noon + minutes(1) - milliseconds(1)).has_value());
}

TEST_CASE("a taken secret is refused without harm to the transaction") {
  const World world;
  REQUIRE(world.put(code('a')).ok());
  CHECK(world.put(code('a')).error().code == ErrorCode::already_exists);
  OneTimeThing link = code('a');
  link.purpose = OneTimePurpose::login_link;
  CHECK(world.put(link).ok());  // a secret is taken for one purpose only
  CHECK(world.consume('a').has_value());
}

TEST_CASE("voiding a subject ends what is unconsumed of that purpose, and nothing else") {
  const World world;
  REQUIRE(world.put(code('a', 7)).ok());
  REQUIRE(world.put(code('b', 7)).ok());
  REQUIRE(world.put(code('c', 8)).ok());
  OneTimeThing link = code('d', 7);
  link.purpose = OneTimePurpose::login_link;
  REQUIRE(world.put(link).ok());
  REQUIRE(world.consume('a').has_value());
  REQUIRE(write(*world.database, context(), [](Transaction& transaction) {
            return void_subject(transaction, environment, OneTimePurpose::authorization_code, 7);
          }).ok());
  CHECK(world.consumed('a').has_value());
  CHECK_FALSE(world.consume('b').has_value());
  CHECK_FALSE(world.consumed('b').has_value());  // void is not consumed
  CHECK(world.consume('c').has_value());
  CHECK(world.consume('d', noon, environment, OneTimePurpose::login_link).has_value());
}

TEST_CASE("what expired is kept for a day more, then reclaimed in bounded steps") {
  const World world;
  for (const char c : {'a', 'b', 'c'}) REQUIRE(world.put(code(c)).ok());
  REQUIRE(world.consume('a').has_value());
  const Instant over = noon + minutes(1) + days(1);
  CHECK(world.reclaim(over) == 0);
  CHECK(world.consumed('a').has_value());
  CHECK(world.reclaim(over + milliseconds(1), 2) == 2);
  CHECK(world.reclaim(over + milliseconds(1), 2) == 1);
  CHECK(world.reclaim(over + milliseconds(1), 2) == 0);
  CHECK_FALSE(world.consumed('a').has_value());
}

TEST_CASE("of sixteen who show one code at once, exactly one is served") {
  const World world;
  constexpr int threads = 16;
  for (const char c : {'a', 'b', 'c', 'd', 'e'}) {
    REQUIRE(world.put(code(c)).ok());
    std::atomic<int> served{0};
    std::latch start(threads);
    std::vector<std::thread> clients;
    for (int i = 0; i < threads; ++i) {
      clients.emplace_back([&world, &served, &start, c] {
        start.arrive_and_wait();
        if (world.consume(c).has_value()) ++served;
      });
    }
    for (std::thread& client : clients) client.join();
    CHECK(served == 1);
  }
}

TEST_CASE("whatever fails, a code is put or not, and is consumed at most once") {
  for (const FaultPoint point :
       {FaultPoint::statement, FaultPoint::commit, FaultPoint::acknowledgement}) {
    std::int64_t n = 1;
    for (;; ++n) {
      const World world;
      FaultDatabase database(*world.database);
      database.arm({.point = point, .number = n, .span = FaultSpan::once});
      const auto put = write(database, context(), [&](Transaction& transaction) {
        return put_one_time(transaction, environment, code('a'), noon);
      });
      const auto use = [&] {
        return write(database, context(), [&](Transaction& transaction) {
          return consume_one_time(transaction, environment, OneTimePurpose::authorization_code,
                                  hash_of('a'), noon);
        });
      };
      int served = 0;
      for (int i = 0; i < 3; ++i) {
        const auto used = use();
        if (used.ok() && used.value().has_value()) ++served;
      }
      CHECK(served <= 1);
      if (put.ok() && point != FaultPoint::acknowledgement) CHECK(served == 1);
      if (!world::is_on_postgres()) {
        CHECK(check_sqlite(*world.database, context()).value().empty());
      }
      if (!database.fired()) break;
    }
    CHECK(n > 2);
  }
}

TEST_CASE("every purpose has its own name") {
  CHECK(one_time_purpose_name(OneTimePurpose::authorization_code) == "authorization_code");
  CHECK(one_time_purpose_name(OneTimePurpose::login_code) == "login_code");
  CHECK(one_time_purpose_name(OneTimePurpose::login_link) == "login_link");
}

}  // namespace
}  // namespace gatehouse::storage
