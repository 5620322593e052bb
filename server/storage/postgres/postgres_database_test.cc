// What only PostgreSQL does: lost races, connections that break, servers that are away. Needs a
// server to make databases on; see tests/world/test_database.h.

#include "server/storage/postgres/postgres_database.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

#include "server/storage/open.h"
#include "server/storage/postgres/listener.h"
#include "tests/world/test_database.h"

namespace gatehouse::storage {
namespace {

using world::EmptyPostgres;

constexpr EmbeddedFile counters{
    "0001_counters.sql",
    "CREATE TABLE counter (id BIGINT NOT NULL PRIMARY KEY, value BIGINT NOT NULL, name TEXT);"
    "INSERT INTO counter (id, value) VALUES (1, 0), (2, 0);"};
constexpr EmbeddedFile schema[] = {counters};

constexpr Sql read_counter{"test.read_counter", "SELECT value FROM counter WHERE id = $1"};
constexpr Sql set_counter{"test.set_counter", "UPDATE counter SET value = $2 WHERE id = $1"};
constexpr Sql sum_counters{"test.sum", "SELECT CAST(SUM(value) AS BIGINT) FROM counter"};
constexpr Sql name_counter{"test.name", "UPDATE counter SET name = $2 WHERE id = $1"};
constexpr Sql sleep_long{"test.sleep", "SELECT CAST(pg_sleep(5) AS TEXT)"};
constexpr Sql cut_own{"test.cut", "SELECT pg_terminate_backend(pg_backend_pid())"};
constexpr Sql cut_others{"test.cut_others",
                         "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                         " WHERE pid <> pg_backend_pid() AND datname = current_database()"};
constexpr Sql announce{"test.announce", "SELECT CAST(pg_notify('gatehouse', '') AS TEXT)"};

Context until(Deadline deadline) {
  return Context{.request = RequestId(1),
                 .now = {},
                 .deadline = deadline,
                 .environment = EnvironmentId(1),
                 .actor = {.type = ActorType::system, .id = {}},
                 .client_address = {},
                 .user_agent = {}};
}

Context soon() { return until(std::chrono::steady_clock::now() + seconds(20)); }

std::unique_ptr<PostgresDatabase> connect(const EmptyPostgres& place, int connections_max = 8) {
  auto opened = PostgresDatabase::open({.conninfo = place.url(),
                                        .migrations = schema,
                                        .now = {},
                                        .connections_max = connections_max});
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().detail));
  return std::move(opened).value();
}

Result<std::int64_t, Error> value_of(Transaction& transaction, std::int64_t id) {
  return TRY(transaction.find(read_counter, {id}, [](const Row& row) { return row.integer(0); }))
      .value();
}

// Reads, then writes what it read and one more: only right if nobody came between.
Result<std::int64_t, Error> add_one(Transaction& transaction, std::int64_t id) {
  const std::int64_t value = TRY(value_of(transaction, id));
  TRY(transaction.execute(set_counter, {id, value + 1}));
  return value + 1;
}

std::int64_t stored(Database& database, std::int64_t id) {
  return read(database, soon(), [&](Transaction& transaction) { return value_of(transaction, id); })
      .value();
}

// True, and says so, where there is no server to test on.
bool is_skipped() {
  if (world::is_on_postgres()) return false;
  MESSAGE("skipped: GATEHOUSE_TEST_POSTGRES names no server");
  return true;
}

TEST_CASE("32 threads that read and write one row lose no update, and none of them fails") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place, 32);
  constexpr int threads = 32;
  constexpr int each = 10;
  std::latch start(threads);
  std::atomic<int> failures{0};
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      start.arrive_and_wait();
      for (int j = 0; j < each; ++j) {
        const auto outcome = write(
            *database, soon(), [](Transaction& transaction) { return add_one(transaction, 1); });
        if (!outcome.ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  CHECK(failures == 0);
  CHECK(stored(*database, 1) == threads * each);
}

TEST_CASE("two that each decide by what the other changes do not both go through") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  // Each may set its own counter only while the sum is zero: write skew on a weaker isolation.
  std::latch both_have_read(2);
  std::atomic<int> runs{0};
  const auto take = [&](std::int64_t id) {
    return write(*database, soon(), [&, id](Transaction& transaction) -> Result<bool, Error> {
      const std::int64_t sum = TRY(transaction.find(sum_counters, {}, [](const Row& row) {
                                 return row.integer(0);
                               })).value();
      if (++runs <= 2) both_have_read.arrive_and_wait();
      if (sum > 0) return false;
      TRY(transaction.execute(set_counter, {id, 1}));
      return true;
    });
  };
  bool other_took = false;
  std::thread other([&] { other_took = take(2).value(); });
  const bool took = take(1).value();
  other.join();
  CHECK(took != other_took);
  CHECK(stored(*database, 1) + stored(*database, 2) == 1);
}

TEST_CASE("a race that is lost every time is `aborted`, after four runs") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  const auto other = connect(place);
  int runs = 0;
  const auto outcome = write(*database, soon(), [&](Transaction& transaction) {
    ++runs;
    const auto seen = value_of(transaction, 1);
    CHECK(seen.ok());
    CHECK(write(*other, soon(), [](Transaction& between) { return add_one(between, 1); }).ok());
    return transaction.execute(set_counter, {1, 100});
  });
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == ErrorCode::aborted);
  CHECK(runs == 4);
  CHECK(stored(*database, 1) == 4);
}

TEST_CASE("a connection that broke while it was unused is noticed by nobody") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  const auto other = connect(place);
  int runs = 0;
  for (int i = 1; i <= 3; ++i) {
    CHECK(read(*other, soon(), [](Transaction& transaction) {
            return transaction.query(cut_others, {}, [](const Row&) {});
          }).ok());
    const auto outcome = write(*database, soon(), [&](Transaction& transaction) {
      ++runs;
      return add_one(transaction, 1);
    });
    REQUIRE_MESSAGE(outcome.ok(), (outcome.ok() ? "" : outcome.error().detail));
    CHECK(outcome.value() == i);
    CHECK(runs == i);  // the statement was sent again, the work was not run again
  }
}

TEST_CASE("a connection that breaks before COMMIT has a write run again, and a read fail") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  int runs = 0;
  const auto broken_once = [&](Transaction& transaction) -> Result<std::int64_t, Error> {
    ++runs;
    const std::int64_t now = TRY(add_one(transaction, 1));
    if (runs == 1) TRY(transaction.query(cut_own, {}, [](const Row&) {}));
    return now;
  };
  CHECK(write(*database, soon(), broken_once).value() == 1);
  CHECK(runs == 2);
  CHECK(stored(*database, 1) == 1);

  const auto seen = read(*database, soon(), [](Transaction& transaction) -> Result<Unit, Error> {
    TRY(value_of(transaction, 1));
    TRY(transaction.query(cut_own, {}, [](const Row&) {}));
    return Unit{};
  });
  REQUIRE_FALSE(seen.ok());
  CHECK(seen.error().code == ErrorCode::unavailable);
  CHECK(stored(*database, 1) == 1);
}

TEST_CASE("a statement that takes too long ends at the deadline, and its connection with it") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  const auto began = std::chrono::steady_clock::now();
  const auto outcome =
      read(*database, until(began + milliseconds(200)), [](Transaction& transaction) {
        return transaction.query(sleep_long, {}, [](const Row&) {});
      });
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == ErrorCode::deadline_exceeded);
  CHECK(std::chrono::steady_clock::now() - began < seconds(3));
  CHECK(stored(*database, 1) == 0);
  CHECK(database->pool_state().in_use == 0);
}

TEST_CASE("calls beyond the connections wait for one, until their deadline") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place, 1);
  const auto outcome = database->run_read(soon(), [&](Transaction& transaction) {
    CHECK(value_of(transaction, 1).ok());
    const auto late = read(*database, until(std::chrono::steady_clock::now() + milliseconds(100)),
                           [](Transaction& second) { return value_of(second, 1); });
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().code == ErrorCode::deadline_exceeded);
  });
  CHECK(outcome.ok());
  CHECK(stored(*database, 1) == 0);
  CHECK(database->pool_state().open == 1);
}

TEST_CASE("bytes that are no text are the caller's mistake") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  for (const std::string_view text : {std::string_view("a\0b", 3), std::string_view("\xff")}) {
    const auto outcome = write(*database, soon(), [&](Transaction& transaction) {
      return transaction.execute(name_counter, {1, text});
    });
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::invalid_argument);
  }
  CHECK(stored(*database, 1) == 0);
}

TEST_CASE("many nodes that start at once on an empty database all find one schema") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  constexpr int nodes = 6;
  std::latch start(nodes);
  std::atomic<int> failures{0};
  std::vector<std::thread> all;
  for (int i = 0; i < nodes; ++i) {
    all.emplace_back([&] {
      start.arrive_and_wait();
      if (!PostgresDatabase::open({.conninfo = place.url(), .migrations = schema, .now = {}})
               .ok()) {
        ++failures;
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  CHECK(failures == 0);
  CHECK(stored(*connect(place), 2) == 0);
}

TEST_CASE("nobody there is unavailable, at once and for those who ask again") {
  const auto none = PostgresDatabase::open(
      {.conninfo = "postgres://ada:hush@127.0.0.1:1/none", .migrations = schema, .now = {}});
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::unavailable);
  CHECK(none.error().detail.find("hush") == std::string::npos);
  const auto nonsense = PostgresDatabase::open(
      {.conninfo = "postgres://ada:hush@host:port:port/?x=hush", .migrations = schema, .now = {}});
  REQUIRE_FALSE(nonsense.ok());
  CHECK(nonsense.error().code == ErrorCode::invalid_argument);
  CHECK(nonsense.error().detail.find("hush") == std::string::npos);
}

TEST_CASE("of several hosts the one that answers is used") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  // The first one refuses; of parameters given twice the last one counts.
  const auto parameter = [&](const std::string& name) {
    const std::size_t begin = place.url().find(name + "=") + name.size() + 1;
    return place.url().substr(begin, place.url().find('&', begin) - begin);
  };
  const std::string both =
      place.url() + "&host=127.0.0.1," + parameter("host") + "&port=1," + parameter("port");
  const auto database = PostgresDatabase::open({.conninfo = both, .migrations = schema, .now = {}});
  REQUIRE_MESSAGE(database.ok(), (database.ok() ? "" : database.error().detail));
  CHECK(stored(*database.value(), 1) == 0);
}

TEST_CASE("a listener hears announcements, and goes on after its connection broke") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  std::mutex mutex;
  std::condition_variable heard;
  int notices = 0;
  const auto wait_for_more_than = [&](int count) {
    std::unique_lock lock(mutex);
    return heard.wait_for(lock, seconds(10), [&] { return notices > count; });
  };
  const auto listener = PostgresListener::start(place.url(), "gatehouse", [&] {
    {
      const std::lock_guard lock(mutex);
      ++notices;
    }
    heard.notify_all();
  });
  REQUIRE(listener.ok());
  CHECK(wait_for_more_than(0));  // it is connected
  for (const Sql& act : {announce, cut_others, announce}) {
    int before = 0;
    {
      const std::lock_guard lock(mutex);
      before = notices;
    }
    CHECK(write(*database, soon(), [&](Transaction& transaction) {
            return transaction.query(act, {}, [](const Row&) {});
          }).ok());
    CHECK(wait_for_more_than(before));
  }
}

TEST_CASE("what one listener announces, another hears") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  std::mutex mutex;
  std::condition_variable heard;
  int notices = 0;
  const auto one = PostgresListener::start(place.url(), "gatehouse", [] {});
  const auto other = PostgresListener::start(place.url(), "gatehouse", [&] {
    {
      const std::lock_guard lock(mutex);
      ++notices;
    }
    heard.notify_all();
  });
  REQUIRE((one.ok() && other.ok()));
  std::unique_lock lock(mutex);
  for (int tries = 0; tries < 500 && notices < 3; ++tries) {  // one is that it has connected
    one.value()->announce();  // lost while it is not connected itself
    heard.wait_for(lock, milliseconds(20));
  }
  CHECK(notices >= 3);
}

TEST_CASE("the server's clock is told") {
  if (is_skipped()) return;
  const EmptyPostgres place;
  const auto database = connect(place);
  const Instant before = SystemClock().now();
  const auto told = database->server_time(soon());
  REQUIRE(told.ok());
  CHECK(told.value().value() >= before - milliseconds(1));
  CHECK(told.value().value() <= SystemClock().now() + milliseconds(1));
}

TEST_CASE("a location shows no secret") {
  const auto shown = [](std::string_view text) { return Location::parse(text).value().shown(); };
  CHECK(shown("postgres://ada:hush@db:5432/gatehouse?password=hush") ==
        "postgres://ada@db:5432/gatehouse");
  CHECK(shown("postgresql://ada@db1,db2/gatehouse") == "postgresql://ada@db1,db2/gatehouse");
  CHECK(shown("sqlite:/var/lib/gatehouse/gatehouse.db") == "/var/lib/gatehouse/gatehouse.db");
  CHECK(shown("sqlite:gatehouse.db") == "gatehouse.db");
  for (const std::string_view text : {"", "sqlite:", "mysql://x", "/var/lib/gatehouse.db"}) {
    CHECK(Location::parse(text).error().code == ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace gatehouse::storage
