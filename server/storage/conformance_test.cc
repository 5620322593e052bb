// What every database behind the Database interface must do. A new driver adds its factory below.
// Which engine: see tests/world/test_database.h.

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <stdexcept>
#include <thread>

#include "server/core/story.h"
#include "server/storage/fault.h"
#include "server/storage/test_support.h"
#include "tests/world/test_database.h"

namespace gatehouse::storage {
namespace {

using namespace testing;

// A database with the tables of test_support.h.
struct Subject {
  explicit Subject(world::TestDatabaseSettings::Place place)
      : stored({.migrations = things_schema, .now = noon, .place = place}) {}
  world::TestDatabase stored;
  FaultDatabase fault{stored.database()};
};

void for_each_database(const std::function<void(Database&)>& test) {
  using Place = world::TestDatabaseSettings::Place;
  for (const Place place : {Place::memory, Place::file}) {
    Subject subject(place);
    test(subject.stored.database());
    if (world::is_on_postgres()) break;  // it knows one place only
  }
  Subject subject(Place::memory);
  test(subject.fault);  // behind faults that never come
}

TEST_CASE("every test gets a database of its own, and finds no rows of one before it") {
  for (int round = 0; round < 3; ++round) {
    world::TestDatabase one({.migrations = things_schema}), other({.migrations = things_schema});
    CHECK(ids(one.database()).value().empty());
    CHECK(ids(other.database()).value().empty());
    REQUIRE(add(one.database(), 1, "a").ok());
    REQUIRE(write(one.database(), context(), [](Transaction& transaction) {
              return transaction.execute(add_full, {2, "b", std::nullopt, 1});
            }).ok());
    CHECK(ids(other.database()).value().empty());
  }
}

struct Thing {
  std::int64_t id;
  std::optional<std::string> name;
  std::optional<std::string> content;
  std::optional<std::int64_t> parent;
};

Thing to_thing(const Row& row) {
  Thing thing{row.integer(0), row.optional_string(1), std::nullopt, std::nullopt};
  if (!row.is_null(2)) thing.content = std::string(row.blob(2));
  if (!row.is_null(3)) thing.parent = row.integer(3);
  return thing;
}

Result<std::optional<Thing>, Error> get(Database& database, std::int64_t id) {
  return read(database, context(), [&](Transaction& transaction) {
    return transaction.find(get_thing, {id}, to_thing);
  });
}

TEST_CASE("what is written is read back, byte for byte, and NULL stays NULL") {
  for_each_database([](Database& database) {
    const std::string bytes("\0\xff\x01 bytes", 9);
    const auto added =
        write(database, context(), [&](Transaction& transaction) -> Result<Unit, Error> {
          TRY(transaction.execute(add_full, {1, "ünïcode", Blob{bytes}, std::nullopt}));
          TRY(transaction.execute(add_full, {2, "", Blob{""}, 1}));
          TRY(transaction.execute(add_full, {INT64_MAX, std::nullopt, Blob{{}}, std::nullopt}));
          TRY(transaction.execute(add_full, {-5, std::string_view(), std::nullopt, 2}));
          return Unit{};
        });
    REQUIRE_FALSE(added.ok());  // two empty names: an empty text is a value like any other
    CHECK(added.error().code == ErrorCode::already_exists);

    REQUIRE(write(database, context(), [&](Transaction& transaction) -> Result<Unit, Error> {
              TRY(transaction.execute(add_full, {1, "ünïcode", Blob{bytes}, std::nullopt}));
              TRY(transaction.execute(add_full, {2, std::string_view(), Blob{{}}, 1}));
              TRY(transaction.execute(add_full, {INT64_MAX, std::nullopt, std::nullopt, 2}));
              return Unit{};
            }).ok());
    const Thing one = *get(database, 1).value();
    CHECK(one.name == "ünïcode");
    CHECK(one.content == bytes);
    CHECK_FALSE(one.parent.has_value());
    const Thing two = *get(database, 2).value();
    CHECK(two.name == "");
    CHECK(two.content == "");
    CHECK(two.parent == 1);
    const Thing last = *get(database, INT64_MAX).value();
    CHECK_FALSE(last.name.has_value());
    CHECK_FALSE(last.content.has_value());
    CHECK_FALSE(get(database, 3).value().has_value());
  });
}

TEST_CASE("execute counts the rows it changed") {
  for_each_database([](Database& database) {
    CHECK(add(database, 1, "a").value() == 1);
    const auto renamed = [&](std::int64_t id) {
      return write(database, context(),
                   [&](Transaction& transaction) {
                     return transaction.execute(rename_thing, {id, "b"});
                   })
          .value();
    };
    CHECK(renamed(1) == 1);
    CHECK(renamed(2) == 0);
  });
}

TEST_CASE("a write sees its own changes, and everybody sees them once it returned") {
  for_each_database([](Database& database) {
    const auto count =
        write(database, context(), [](Transaction& transaction) -> Result<std::int64_t, Error> {
          TRY(transaction.execute(add_thing, {1, "a"}));
          return TRY(transaction.find(count_things, {},
                                      [](const Row& row) { return row.integer(0); }))
              .value();
        });
    CHECK(count.value() == 1);
    CHECK(ids(database).value() == std::vector<std::int64_t>{1});
  });
}

TEST_CASE("a write that returns an error leaves nothing behind and its error is the answer") {
  for_each_database([](Database& database) {
    const auto refused =
        write(database, context(), [](Transaction& transaction) -> Result<Unit, Error> {
          TRY(transaction.execute(add_thing, {1, "a"}));
          return Error(ErrorCode::permission_denied, "not you");
        });
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::permission_denied);
    CHECK(ids(database).value().empty());
  });
}

TEST_CASE("a roll-back that was asked for is a success of run_write") {
  for_each_database([](Database& database) {
    const auto outcome = database.run_write(context(), [](Transaction& transaction) {
      CHECK(transaction.execute(add_thing, {1, "a"}).ok());
      return Verdict::roll_back;
    });
    CHECK(outcome.ok());
    CHECK(ids(database).value().empty());
  });
}

TEST_CASE("after a statement's error the transaction is over, even if the work will not have it") {
  for_each_database([](Database& database) {
    REQUIRE(add(database, 1, "taken").ok());
    const auto outcome = database.run_write(context(), [](Transaction& transaction) {
      CHECK(transaction.execute(add_thing, {2, "free"}).ok());
      const auto clash = transaction.execute(add_thing, {3, "taken"});
      CHECK(clash.error().code == ErrorCode::already_exists);
      const auto later = transaction.execute(add_thing, {4, "also free"});
      CHECK(later.error().code == ErrorCode::already_exists);
      return Verdict::commit;
    });
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::already_exists);
    CHECK(ids(database).value() == std::vector<std::int64_t>{1});
  });
}

TEST_CASE("what is sent is kept, and its failure is that of the whole write") {
  for_each_database([](Database& database) {
    REQUIRE(write(database, context(), [](Transaction& transaction) -> Result<Unit, Error> {
              TRY(transaction.send(add_thing, {1, "taken"}));
              TRY(transaction.send(add_thing, {2, "free"}));
              return transaction.send(rename_thing, {2, "renamed"});
            }).ok());
    CHECK(get(database, 2).value()->name == "renamed");
    const auto clash_at_the_end = write(database, context(), [](Transaction& transaction) {
      return transaction.send(add_thing, {3, "taken"});
    });
    REQUIRE_FALSE(clash_at_the_end.ok());
    CHECK(clash_at_the_end.error().code == ErrorCode::already_exists);
    CHECK(clash_at_the_end.error().detail.find("thing.add") != std::string::npos);
    const auto clash_before_more =
        write(database, context(), [](Transaction& transaction) -> Result<Unit, Error> {
          TRY(transaction.send(add_thing, {3, "taken"}));
          TRY(transaction.execute(rename_thing, {1, "renamed too"}));
          return transaction.send(add_thing, {4, "never"});
        });
    REQUIRE_FALSE(clash_before_more.ok());
    CHECK(clash_before_more.error().code == ErrorCode::already_exists);
    const auto refused =
        write(database, context(), [](Transaction& transaction) -> Result<Unit, Error> {
          TRY(transaction.send(add_thing, {5, "gone"}));
          return Error(ErrorCode::permission_denied, "not you");
        });
    CHECK(refused.error().code == ErrorCode::permission_denied);
    CHECK(ids(database).value() == std::vector<std::int64_t>{1, 2});
    CHECK(get(database, 1).value()->name == "taken");
  });
}

TEST_CASE("a clash of primary keys is already_exists, a dangling foreign key is internal") {
  for_each_database([](Database& database) {
    REQUIRE(add(database, 1).ok());
    CHECK(add(database, 1).error().code == ErrorCode::already_exists);
    const auto dangling = write(database, context(), [](Transaction& transaction) {
      return transaction.execute(add_full, {2, "x", std::nullopt, 99});
    });
    CHECK(dangling.error().code == ErrorCode::internal);
    CHECK(dangling.error().detail.find("thing.add_full") != std::string::npos);
    CHECK(ids(database).value() == std::vector<std::int64_t>{1});
  });
}

constexpr Sql broken{"test.broken", "SELECT nothing FROM nowhere"};
constexpr Sql two_in_one{"test.two", "DELETE FROM thing; DELETE FROM thing"};
constexpr Sql gap{"test.gap", "SELECT $1 + $3"};

TEST_CASE(
    "a statement that cannot be prepared is internal, and a read that changes something too") {
  for_each_database([](Database& database) {
    for (const Sql& sql : {broken, two_in_one, gap}) {
      const auto outcome = write(database, context(), [&](Transaction& transaction) {
        return transaction.execute(sql, {});
      });
      REQUIRE_FALSE(outcome.ok());
      CHECK(outcome.error().code == ErrorCode::internal);
    }
    const auto outcome = read(database, context(), [](Transaction& transaction) {
      return transaction.execute(add_thing, {1, "a"});
    });
    CHECK(outcome.error().code == ErrorCode::internal);
    CHECK(ids(database).value().empty());
  });
}

TEST_CASE("what the work throws is thrown in the calling thread and leaves nothing behind") {
  for_each_database([](Database& database) {
    const auto caller = std::this_thread::get_id();
    bool caught = false;
    try {
      (void)database.run_write(context(), [](Transaction& transaction) -> Verdict {
        CHECK(transaction.execute(add_thing, {1, "a"}).ok());
        throw EnsureFailed("a bug");
      });
    } catch (const EnsureFailed& failure) {
      caught = true;
      CHECK(std::string(failure.what()) == "a bug");
      CHECK(std::this_thread::get_id() == caller);
    }
    CHECK(caught);
    CHECK_THROWS_AS(
        (void)database.run_read(context(),
                                [](Transaction& transaction) {
                                  CHECK(transaction.query(list_ids, {}, [](const Row&) {}).ok());
                                  throw std::runtime_error("another");
                                }),
        std::runtime_error);
    CHECK_THROWS_AS((void)database.run_write(context(),
                                             [](Transaction& transaction) -> Verdict {
                                               CHECK(transaction.execute(add_thing, {1, "a"}).ok());
                                               (void)transaction.query(
                                                   list_ids, {}, [](const Row&) {
                                                     throw std::runtime_error("in a row");
                                                   });
                                               return Verdict::commit;
                                             }),
                    std::runtime_error);
    CHECK(ids(database).value().empty());
    CHECK(add(database, 1, "a").ok());
  });
}

TEST_CASE("a read keeps its snapshot while others write") {
  for_each_database([](Database& database) {
    REQUIRE(add(database, 1).ok());
    const auto outcome = database.run_read(context(), [&](Transaction& transaction) {
      const auto count = [&] {
        return transaction.find(count_things, {}, [](const Row& row) { return row.integer(0); })
            .value()
            .value();
      };
      CHECK(count() == 1);
      CHECK(add(database, 2).ok());  // does not wait for this read
      CHECK(ids(database).value().size() == 2);
      CHECK(count() == 1);
    });
    CHECK(outcome.ok());
    CHECK(ids(database).value().size() == 2);
  });
}

TEST_CASE("a time that is over refuses before anything happens") {
  for_each_database([](Database& database) {
    const Context late = context_with(std::chrono::steady_clock::now());
    const auto written = write(database, late, [](Transaction& transaction) {
      return transaction.execute(add_thing, {1, "a"});
    });
    CHECK(written.error().code == ErrorCode::deadline_exceeded);
    const auto seen = read(database, late, [](Transaction& transaction) {
      return transaction.list(list_ids, {}, [](const Row& row) { return row.integer(0); });
    });
    CHECK(seen.error().code == ErrorCode::deadline_exceeded);
    CHECK(ids(database).value().empty());
  });
}

TEST_CASE("every statement tells its name to the story, and nothing of its parameters") {
  for_each_database([](Database& database) {
    Story story;
    Context told = context();
    told.story = &story;
    CHECK(write(database, told, [](Transaction& transaction) {
            return transaction.execute(add_thing, {1, "hush"});
          }).ok());
    CHECK(read(database, told, [](Transaction& transaction) {
            return transaction.list(list_ids, {}, [](const Row& row) { return row.integer(0); });
          }).ok());
    CHECK(story.lines() == std::vector<std::string>{"sql: thing.add", "sql: thing.list"});
  });
}

constexpr Sql claim{"test.claim", "UPDATE thing SET name = $2 WHERE id = $1 AND name IS NULL"};

TEST_CASE("of many who claim one thing at once, exactly one gets it") {
  for_each_database([](Database& database) {
    constexpr int threads = 16;
    REQUIRE(add(database, 1).ok());
    std::atomic<int> winners{0};
    std::latch start(threads);
    std::vector<std::thread> claimers;
    for (int i = 0; i < threads; ++i) {
      claimers.emplace_back([&database, &winners, &start, i] {
        start.arrive_and_wait();
        const auto changed = write(database, context(), [&](Transaction& transaction) {
          return transaction.execute(claim, {1, std::to_string(i)});
        });
        if (changed.ok() && changed.value() == 1) ++winners;
      });
    }
    for (std::thread& claimer : claimers) claimer.join();
    CHECK(winners == 1);
  });
}

TEST_CASE("those who are refused at the same time do not disturb those who are not") {
  for_each_database([](Database& database) {
    constexpr int threads = 8;
    constexpr int each = 30;
    std::latch start(threads);
    std::atomic<int> surprises{0};
    std::vector<std::thread> writers;
    for (int thread = 0; thread < threads; ++thread) {
      writers.emplace_back([&database, &start, &surprises, thread] {
        start.arrive_and_wait();
        for (int i = 0; i < each; ++i) {
          const std::int64_t id = thread * 1000 + i;
          const auto outcome =
              write(database, context(), [&](Transaction& transaction) -> Result<Unit, Error> {
                TRY(transaction.execute(add_thing, {id, std::nullopt}));
                if (i % 3 == 1) return Error(ErrorCode::not_found, "refused");
                if (i % 3 == 2) TRY(transaction.execute(add_thing, {id, std::nullopt}));
                return Unit{};
              });
          const bool as_expected =
              i % 3 == 0 ? outcome.ok()
                         : !outcome.ok() &&
                               outcome.error().code ==
                                   (i % 3 == 1 ? ErrorCode::not_found : ErrorCode::already_exists);
          if (!as_expected) ++surprises;
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    CHECK(surprises == 0);
    const auto stored = ids(database).value();
    CHECK(stored.size() == threads * each / 3);
    for (const std::int64_t id : stored) CHECK(id % 1000 % 3 == 0);
  });
}

}  // namespace
}  // namespace gatehouse::storage
