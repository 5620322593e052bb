#include <doctest/doctest.h>

#include <set>
#include <thread>

#include "server/cluster/lease.h"
#include "server/cluster/lease_store.h"
#include "server/cluster/node.h"
#include "server/cluster/watch.h"
#include "server/storage/fault.h"
#include "tests/world/captured_log.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"

namespace gatehouse::cluster {
namespace {

using storage::Transaction;
using world::ManualClock;
using world::test_start;

const EnvironmentId any(1);

// A database whose clock is not this machine's.
class ElsewhereDatabase final : public storage::Database {
 public:
  ElsewhereDatabase(storage::Database& inner, const Clock& clock) : inner_(inner), clock_(clock) {}

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(Transaction&)> work) override {
    return inner_.run_read(context, work);
  }
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<storage::Verdict(Transaction&)> work) override {
    return inner_.run_write(context, work);
  }
  Result<std::optional<Instant>, Error> server_time(const Context&) override {
    return std::optional(clock_.now());
  }

 private:
  storage::Database& inner_;
  const Clock& clock_;
};

struct Fixture {
  world::TestDatabase test_database;
  ManualClock time;  // the database's
  ElsewhereDatabase database{test_database.database(), time};
  world::CapturedLog log;

  [[nodiscard]] Context context() const { return world::make_context(any, time.now()); }
  std::vector<NodeRow> nodes() {
    return storage::read(database, context(),
                         [](Transaction& transaction) { return list_nodes(transaction); })
        .take();
  }
};

// A server with a clock and ids of its own.
struct Server {
  explicit Server(Fixture& fixture)
      : node(std::make_unique<Node>(Node::Deps{fixture.database, clock, random, fixture.log},
                                    "1.2.3")) {}
  [[nodiscard]] int slot_of_ids() {
    return static_cast<int>(new_id_number(random, clock.now()) >> 14U & 0xff);
  }

  ManualClock clock;
  OsRandom random;
  std::unique_ptr<Node> node;
};

TEST_CASE("node: each has a slot of its own, which stands in its ids") {
  Fixture fixture;
  std::vector<std::unique_ptr<Server>> servers;
  std::set<int> slots;
  for (int i = 0; i < 20; ++i) {
    auto& server = *servers.emplace_back(std::make_unique<Server>(fixture));
    CHECK(server.slot_of_ids() >= IdSlots::first_guest);
    REQUIRE(server.node->join().ok());
    CHECK(server.slot_of_ids() == server.node->slot());
    slots.insert(server.node->slot());
  }
  CHECK(slots.size() == 20);
  CHECK(*slots.begin() >= IdSlots::first_node);
  CHECK(*slots.rbegin() <= IdSlots::last_node);
  const auto rows = fixture.nodes();
  REQUIRE(rows.size() == 20);
  CHECK(rows.front().version == "1.2.3");
  CHECK(rows.front().started_at == test_start);
}

TEST_CASE("node: a stop gives the slot back, and a heartbeat keeps it") {
  Fixture fixture;
  Server server(fixture);
  REQUIRE(server.node->join().ok());
  fixture.time.advance(seconds(59));
  REQUIRE(server.node->heartbeat().ok());
  REQUIRE(fixture.nodes().size() == 1);
  CHECK(fixture.nodes().front().seen_at == fixture.time.now());
  server.node.reset();
  CHECK(fixture.nodes().empty());
  CHECK(server.slot_of_ids() >= IdSlots::first_guest);
}

TEST_CASE(
    "node: where all places are taken one comes as a guest, until one was silent for a minute") {
  Fixture fixture;
  std::vector<std::unique_ptr<Server>> servers;
  for (int i = 0; i < 127; ++i) {
    REQUIRE(servers.emplace_back(std::make_unique<Server>(fixture))->node->join().ok());
  }
  Server late(fixture);
  REQUIRE(late.node->join().ok());
  CHECK(late.node->slot() == 0);
  CHECK(late.slot_of_ids() >= IdSlots::first_guest);

  fixture.time.advance(seconds(60));
  for (std::size_t i = 1; i < servers.size(); ++i) REQUIRE(servers[i]->node->heartbeat().ok());
  const auto refused = late.node->heartbeat();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::resource_exhausted);
  fixture.time.advance(milliseconds(1));
  REQUIRE(late.node->heartbeat().ok());
  CHECK(late.slot_of_ids() == late.node->slot());
  CHECK(late.node->slot() == servers[0]->node->slot());

  // Who wakes up again has lost it, and makes no id with it from then on.
  const int lost = servers[0]->node->slot();
  servers[1]->node.reset();
  REQUIRE(servers[0]->node->heartbeat().ok());
  CHECK(servers[0]->node->slot() != lost);
  CHECK(servers[0]->slot_of_ids() == servers[0]->node->slot());
}

TEST_CASE("node: one that lost its place while there is no other makes ids as a guest") {
  Fixture fixture;
  std::vector<std::unique_ptr<Server>> servers;
  for (int i = 0; i < 127; ++i) {
    REQUIRE(servers.emplace_back(std::make_unique<Server>(fixture))->node->join().ok());
  }
  fixture.time.advance(seconds(61));
  for (std::size_t i = 1; i < servers.size(); ++i) REQUIRE(servers[i]->node->heartbeat().ok());
  Server late(fixture);
  REQUIRE(late.node->join().ok());
  CHECK_FALSE(servers[0]->node->heartbeat().ok());
  CHECK(servers[0]->slot_of_ids() >= IdSlots::first_guest);
  CHECK(late.slot_of_ids() == late.node->slot());
}

TEST_CASE("node: its own clock does not matter, the database's does") {
  Fixture fixture;
  Server ahead(fixture);
  ahead.clock.advance(hours(5));
  Server behind(fixture);
  behind.clock.advance(-hours(5));
  REQUIRE(behind.node->join().ok());
  REQUIRE(ahead.node->join().ok());
  CHECK(fixture.nodes().size() == 2);
  for (const NodeRow& row : fixture.nodes()) CHECK(row.seen_at == test_start);
}

TEST_CASE("node: starting at the same time, none gets the slot of another") {
  Fixture fixture;
  std::vector<std::unique_ptr<Server>> servers;
  for (int i = 0; i < 8; ++i) servers.push_back(std::make_unique<Server>(fixture));
  std::vector<std::thread> threads;
  for (const auto& server : servers) {
    threads.emplace_back([&server] {
      // The database may ask for another try.
      for (int i = 0; i < 20 && !server->node->join().ok(); ++i) {
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<int> slots;
  for (const auto& server : servers) slots.insert(server->node->slot());
  CHECK(slots.size() == 8);
  CHECK(fixture.nodes().size() == 8);
}

TEST_CASE("node: a database that is away fails the heartbeat and nothing else") {
  Fixture fixture;
  storage::FaultDatabase faults(fixture.database);
  ManualClock clock;
  OsRandom random;
  Node node({faults, clock, random, fixture.log}, "1");
  REQUIRE(node.join().ok());
  const int slot = node.slot();
  faults.arm({.point = storage::FaultPoint::statement, .span = storage::FaultSpan::from_then_on});
  CHECK_FALSE(node.heartbeat().ok());
  CHECK(node.slot() == slot);
  CHECK((new_id_number(random, clock.now()) >> 14U & 0xff) == slot);
  faults.disarm();
  CHECK(node.heartbeat().ok());
}

struct Worker {
  Fixture& fixture;
  std::string name;
  int runs = 0;

  Turn take_turn(Duration every = seconds(10)) {
    return run_leased(fixture.database, fixture.context(),
                      {.name = "seal", .holder = name, .every = every},
                      [&]() -> Result<Unit, Error> {
                        ++runs;
                        return Unit{};
                      })
        .take();
  }
};

TEST_CASE("lease: a job runs on one node only, as long as that one runs it") {
  Fixture fixture;
  Worker one{fixture, "one"};
  Worker other{fixture, "other"};
  for (int i = 0; i < 10; ++i) {
    CHECK(one.take_turn() == Turn::ran);
    fixture.time.advance(seconds(5));
    CHECK(other.take_turn() == Turn::of_another);
    fixture.time.advance(seconds(5));
  }
  CHECK(one.runs == 10);
  CHECK(other.runs == 0);
}

TEST_CASE("lease: when its holder was killed another takes over, within three periods") {
  for (const Duration every : {Duration(seconds(1)), Duration(seconds(10)), Duration(hours(1))}) {
    CAPTURE(every.count());
    Fixture fixture;
    Worker killed{fixture, "killed"};
    Worker next{fixture, "next"};
    REQUIRE(killed.take_turn(every) == Turn::ran);
    Duration waited{};
    while (next.take_turn(every) == Turn::of_another && waited <= 10 * every) {
      fixture.time.advance(every);
      waited += every;
    }
    CHECK(waited <= std::max<Duration>(3 * every, seconds(10)));
    CHECK(waited >= std::max<Duration>(2 * every, seconds(10)));
    CHECK(killed.take_turn(every) == Turn::of_another);
  }
}

TEST_CASE("lease: a clean stop hands it on at once") {
  Fixture fixture;
  Server server(fixture);
  REQUIRE(server.node->join().ok());
  Worker leaving{fixture, server.node->instance()};
  Worker next{fixture, "next"};
  REQUIRE(leaving.take_turn(hours(1)) == Turn::ran);
  REQUIRE(next.take_turn(hours(1)) == Turn::of_another);
  server.node.reset();
  CHECK(next.take_turn(hours(1)) == Turn::ran);
}

TEST_CASE("lease: of nodes that ask at the same time one gets it") {
  Fixture fixture;
  std::vector<Worker> workers;
  for (int i = 0; i < 6; ++i) workers.push_back({fixture, "w" + std::to_string(i)});
  std::vector<std::thread> threads;
  for (Worker& worker : workers) {
    threads.emplace_back([&worker] {
      for (int i = 0; i < 5; ++i) {
        static_cast<void>(worker.take_turn());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int holders = 0;
  for (const Worker& worker : workers) holders += worker.runs > 0 ? 1 : 0;
  CHECK(holders == 1);
}

TEST_CASE("lease: a failed job is tried again by the same node, and counts as not run") {
  Fixture fixture;
  const auto run = [&](Result<Unit, Error> outcome) {
    return run_leased(fixture.database, fixture.context(),
                      {.name = "seal", .holder = "one", .every = seconds(10)},
                      [&] { return outcome; });
  };
  const auto last_ran = [&] {
    return storage::read(fixture.database, fixture.context(),
                         [](Transaction& transaction) { return find_lease(transaction, "seal"); })
        .take()
        ->last_ran_at;
  };
  CHECK_FALSE(run(Error(ErrorCode::internal, "broken")).ok());
  CHECK_FALSE(last_ran().has_value());
  CHECK(run(Unit{}).ok());
  CHECK(last_ran() == fixture.time.now());
}

struct Watched {
  Fixture fixture;
  storage::FaultDatabase faults{fixture.database};
  ManualClock ours;
  Watch watch{fixture.database, ours, newest_migration()};
  Watch failing{faults, ours, newest_migration()};
};

TEST_CASE("watch: a database that does not answer twice is away, and back at the first answer") {
  Watched here;
  CHECK(here.failing.probe(here.fixture.context()).ok());
  here.faults.arm(
      {.point = storage::FaultPoint::statement, .span = storage::FaultSpan::from_then_on});
  CHECK_FALSE(here.failing.probe(here.fixture.context()).ok());
  CHECK(here.failing.finding() == Finding::fit);
  CHECK_FALSE(here.failing.probe(here.fixture.context()).ok());
  CHECK(here.failing.finding() == Finding::database_away);
  here.faults.disarm();
  CHECK(here.failing.probe(here.fixture.context()).ok());
  CHECK(here.failing.finding() == Finding::fit);
}

TEST_CASE("watch: a clock that is off by more than 30 s is told, in both directions") {
  Watched here;
  CHECK(here.watch.finding() == Finding::fit);
  for (const int sign : {1, -1}) {
    here.ours.set(test_start + sign * seconds(30));
    CHECK(here.watch.probe(here.fixture.context()).ok());
    CHECK(here.watch.finding() == Finding::fit);
    CHECK(here.watch.clock_offset() == -sign * seconds(30));
    here.ours.set(test_start + sign * milliseconds(30'001));
    CHECK(here.watch.probe(here.fixture.context()).ok());
    CHECK(here.watch.finding() == Finding::clock_off);
  }
}

TEST_CASE("watch: a newer schema is told, unless it was made for older programs too") {
  Watched here;
  constexpr storage::Sql note{"test.note_migration",
                              "INSERT INTO schema_migrations (number, name, checksum,"
                              " applied_at_ms) VALUES ($1, 'later', '', 0)"};
  constexpr storage::Sql note_compatible{"test.note_compatible",
                                         "INSERT INTO compatible_migrations (number) VALUES ($1)"};
  const auto migrate_to = [&](const storage::Sql& sql, std::int64_t number) {
    storage::write(here.fixture.database, here.fixture.context(), [&](Transaction& transaction) {
      return transaction.execute(sql, {number});
    }).take();
  };
  const std::int64_t later = newest_migration() + 1;
  CHECK(here.watch.probe(here.fixture.context()).ok());
  CHECK(here.watch.finding() == Finding::fit);
  migrate_to(note_compatible, later);
  migrate_to(note, later);
  CHECK(here.watch.probe(here.fixture.context()).ok());
  CHECK(here.watch.finding() == Finding::fit);
  migrate_to(note, later + 1);
  CHECK(here.watch.probe(here.fixture.context()).ok());
  CHECK(here.watch.finding() == Finding::schema_beyond);
}

TEST_CASE("watch: where the database has no clock of its own, ours is right") {
  world::TestDatabase test_database;
  if (world::is_on_postgres()) return;
  ManualClock clock;
  clock.advance(days(1000));
  Watch watch(test_database.database(), clock, newest_migration());
  CHECK(watch.probe(world::make_context(any)).ok());
  CHECK(watch.finding() == Finding::fit);
  CHECK(watch.clock_offset() == Duration(0));
}

}  // namespace
}  // namespace gatehouse::cluster
