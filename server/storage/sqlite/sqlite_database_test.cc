// What is true of the SQLite driver alone: grouping of commits, files, checkpoints.

#include "server/storage/sqlite/sqlite_database.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <latch>
#include <thread>

#include "server/storage/fsck.h"
#include "server/storage/test_support.h"

namespace gatehouse::storage {
namespace {

using namespace testing;

constexpr Sql fill{"test.fill",
                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
                   " INSERT INTO thing (id, content) SELECT i + $2, zeroblob(2000) FROM n"};
constexpr Sql endless{"test.endless",
                      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                      " SELECT count(*) FROM n"};
constexpr Sql endless_insert{"test.endless_insert",
                             "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n)"
                             " INSERT INTO thing (id) SELECT i FROM n"};
constexpr Sql add_debt{"debt.add", "INSERT INTO debt (id, thing) VALUES ($1, $2)"};

struct File {
  ScratchFolder folder = ScratchFolder::make().value();
  std::string path = folder.path() + "/test.db";
};

Deadline in(milliseconds time) { return std::chrono::steady_clock::now() + time; }

// Holds the writer inside one closure until released, so that what comes meanwhile forms one group.
class Gate {
 public:
  explicit Gate(Database& database)
      : holder_([this, &database] {
          (void)database.run_write(context(), [this](Transaction&) {
            inside_.count_down();
            open_.wait();
            return Verdict::roll_back;
          });
        }) {
    inside_.wait();
  }
  void open() {
    open_.count_down();
    holder_.join();
  }

 private:
  std::latch inside_{1};
  std::latch open_{1};
  std::thread holder_;
};

using Act = std::function<Result<Unit, Error>(Transaction&)>;

// Runs all `acts` as one group, about in their order, and gives each one's outcome.
std::vector<std::optional<Error>> as_one_group(Database& database, const std::vector<Act>& acts,
                                               const std::vector<Deadline>& deadlines = {}) {
  Gate gate(database);
  std::vector<std::optional<Error>> errors(acts.size());
  std::atomic<std::size_t> queued{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    threads.emplace_back([&, i] {
      const Context mine = deadlines.empty() ? context() : context_with(deadlines[i]);
      ++queued;
      const auto outcome = write(database, mine, acts[i]);
      if (!outcome.ok()) errors[i] = outcome.error();
    });
    // Who comes after the gate opens makes a second group: the outcomes are the same.
    while (queued <= i) std::this_thread::yield();
  }
  gate.open();
  for (std::thread& thread : threads) thread.join();
  return errors;
}

Act adding(std::int64_t id) {
  return [id](Transaction& transaction) -> Result<Unit, Error> {
    TRY(transaction.execute(add_thing, {id, std::nullopt}));
    return Unit{};
  };
}

TEST_CASE("one that is refused, one that fails and one that throws leave their group unharmed") {
  const auto database = SqliteDatabase::open(in_memory()).value();
  REQUIRE(add(*database, 100).ok());
  const auto errors =
      as_one_group(*database, {adding(1),
                               [](Transaction& transaction) -> Result<Unit, Error> {
                                 TRY(transaction.execute(add_thing, {2, std::nullopt}));
                                 return Error(ErrorCode::not_found, "refused");
                               },
                               adding(3),
                               [](Transaction& transaction) -> Result<Unit, Error> {
                                 TRY(transaction.execute(add_thing, {4, std::nullopt}));
                                 TRY(transaction.execute(add_thing, {100, std::nullopt}));
                                 return Unit{};
                               },
                               adding(5)});
  CHECK_FALSE(errors[0].has_value());
  CHECK(errors[1]->code == ErrorCode::not_found);
  CHECK_FALSE(errors[2].has_value());
  CHECK(errors[3]->code == ErrorCode::already_exists);
  CHECK_FALSE(errors[4].has_value());
  CHECK(ids(*database).value() == std::vector<std::int64_t>{1, 3, 5, 100});
}

TEST_CASE("one that runs out of time while writing is undone, the rest of its group is kept") {
  const auto database = SqliteDatabase::open(in_memory()).value();
  // SQLite drops the whole transaction here, so those before it must run again.
  const auto errors =
      as_one_group(*database,
                   {adding(1), adding(2),
                    [](Transaction& transaction) -> Result<Unit, Error> {
                      TRY(transaction.execute(endless_insert, {}));
                      return Unit{};
                    },
                    adding(3)},
                   {Deadline::max(), Deadline::max(), in(milliseconds(150)), Deadline::max()});
  REQUIRE(errors[2].has_value());
  CHECK(errors[2]->code == ErrorCode::deadline_exceeded);
  for (const std::size_t i : {0U, 1U, 3U}) CHECK_FALSE(errors[i].has_value());
  CHECK(ids(*database).value() == std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE("a statement that does not end is interrupted at the deadline") {
  const auto database = SqliteDatabase::open(in_memory()).value();
  const auto outcome = read(*database, context_with(in(milliseconds(30))), [](Transaction& t) {
    return t.find(endless, {}, [](const Row& row) { return row.integer(0); });
  });
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == ErrorCode::deadline_exceeded);
  CHECK(ids(*database).ok());
}

TEST_CASE("who waits in the queue beyond the deadline is told so and nothing happens later") {
  const auto database = SqliteDatabase::open(in_memory()).value();
  Gate gate(*database);
  const auto outcome = write(*database, context_with(in(milliseconds(20))), adding(1));
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == ErrorCode::deadline_exceeded);
  gate.open();
  REQUIRE(add(*database, 2).ok());
  CHECK(ids(*database).value() == std::vector<std::int64_t>{2});
}

TEST_CASE("who finds every reading connection lent out waits until the deadline only") {
  SqliteSettings settings = in_memory();
  settings.readers_max = 1;
  const auto database = SqliteDatabase::open(settings).value();
  const auto outer = database->run_read(context(), [&](Transaction&) {
    const auto inner = database->run_read(context_with(in(milliseconds(20))), [](Transaction&) {});
    REQUIRE_FALSE(inner.ok());
    CHECK(inner.error().code == ErrorCode::deadline_exceeded);
  });
  CHECK(outer.ok());
  CHECK(ids(*database).ok());
}

TEST_CASE("a foreign key that is due at the commit fails its own transaction, not its group") {
  const auto database = SqliteDatabase::open(in_memory()).value();
  const auto owing = [](std::int64_t debt, std::int64_t thing) -> Act {
    return [debt, thing](Transaction& transaction) -> Result<Unit, Error> {
      TRY(transaction.execute(add_debt, {debt, thing}));
      if (thing == 1) TRY(transaction.execute(add_thing, {1, std::nullopt}));
      return Unit{};
    };
  };
  const auto errors = as_one_group(*database, {owing(1, 1), owing(2, 99), adding(2)});
  CHECK_FALSE(errors[0].has_value());
  REQUIRE(errors[1].has_value());
  CHECK(errors[1]->code == ErrorCode::internal);
  CHECK_FALSE(errors[2].has_value());
  CHECK(check_sqlite(*database, context()).value().empty());
}

TEST_CASE("many threads write and read at once and every write is there") {
  const auto database = SqliteDatabase::open(in_memory()).value();
  constexpr int threads = 12;
  constexpr int each = 100;
  std::atomic<int> surprises{0};
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      for (int i = 0; i < each; ++i) {
        const std::int64_t id = thread * each + i;
        if (!add(*database, id).ok()) ++surprises;
        const auto found = read(*database, context(), [&](Transaction& transaction) {
          return transaction.find(get_thing, {id}, [](const Row& row) { return row.integer(0); });
        });
        if (!found.ok() || !found.value().has_value()) ++surprises;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(surprises == 0);
  CHECK(ids(*database).value().size() == threads * each);
}

TEST_CASE("a closed database is one file, private to its owner, and opens again with its rows") {
  const File file;
  {
    const auto database = SqliteDatabase::open(in_file(file.path)).value();
    REQUIRE(add(*database, 1).ok());
    CHECK(std::filesystem::exists(file.path + "-wal"));
  }
  CHECK_FALSE(std::filesystem::exists(file.path + "-wal"));
  struct stat status {};
  REQUIRE(::stat(file.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const auto database = SqliteDatabase::open(in_file(file.path)).value();
  CHECK(ids(*database).value() == std::vector<std::int64_t>{1});
}

TEST_CASE("a database in memory leaves nothing behind and shares nothing with another") {
  const auto one = SqliteDatabase::open(in_memory()).value();
  const auto two = SqliteDatabase::open(in_memory()).value();
  REQUIRE(add(*one, 1).ok());
  CHECK(ids(*two).value().empty());
}

TEST_CASE("the WAL begins anew after a checkpoint, also while somebody reads all the time") {
  const File file;
  SqliteSettings settings = in_file(file.path);
  settings.checkpoint_pages = 20;
  const auto database = SqliteDatabase::open(settings).value();
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop) CHECK(ids(*database).ok());
    });
  }
  for (int i = 0; i < 1500; ++i) REQUIRE(add(*database, i % 50 == 0 ? 10'000 + i : i).ok());
  stop = true;
  for (std::thread& reader : readers) reader.join();
  constexpr std::uintmax_t frame = 4096 + 24;
  CHECK(std::filesystem::file_size(file.path + "-wal") < 40 * 20 * frame);
  CHECK(ids(*database).value().size() == 1500);
}

TEST_CASE("what is not a database is refused, and so is a place that is not there") {
  const File file;
  { std::ofstream(file.path) << std::string(8192, 'x'); }
  const auto damaged = SqliteDatabase::open(in_file(file.path));
  REQUIRE_FALSE(damaged.ok());
  CHECK(damaged.error().code == ErrorCode::internal);
  CHECK(damaged.error().detail.find(file.path) != std::string::npos);

  const auto nowhere = SqliteDatabase::open(in_file(file.folder.path() + "/no/such/folder.db"));
  REQUIRE_FALSE(nowhere.ok());
  CHECK(nowhere.error().code == ErrorCode::unavailable);
  CHECK(SqliteDatabase::open(in_file(file.folder.path())).error().code == ErrorCode::unavailable);
  // A file that nobody may write, not even root: a program that runs.
  CHECK(SqliteDatabase::open(in_file("/proc/self/exe")).error().code == ErrorCode::unavailable);
  CHECK(SqliteDatabase::open(in_file("")).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a database that may not grow refuses writes as unavailable and goes on reading") {
  SqliteSettings settings = in_memory();
  settings.pages_max = 60;
  const auto database = SqliteDatabase::open(settings).value();
  REQUIRE(add(*database, 1).ok());
  const auto errors = as_one_group(*database, {adding(2),
                                               [](Transaction& transaction) -> Result<Unit, Error> {
                                                 TRY(transaction.execute(fill, {500, 1000}));
                                                 return Unit{};
                                               },
                                               adding(3)});
  CHECK_FALSE(errors[0].has_value());
  REQUIRE(errors[1].has_value());
  CHECK(errors[1]->code == ErrorCode::unavailable);
  CHECK_FALSE(errors[2].has_value());
  CHECK(ids(*database).value() == std::vector<std::int64_t>{1, 2, 3});
  CHECK_FALSE(database->failed());
}

constexpr Sql hold{"test.hold", "UPDATE thing SET name = 'held' WHERE id = 1"};

TEST_CASE("two programs on one file take turns, and who waits too long is told") {
  const File file;
  SqliteSettings settings = in_file(file.path);
  settings.busy_timeout = milliseconds(20);
  const auto server = SqliteDatabase::open(settings).value();
  const auto command = SqliteDatabase::open(settings).value();
  REQUIRE(add(*server, 1).ok());
  REQUIRE(add(*command, 2).ok());
  CHECK(ids(*server).value().size() == 2);
  const auto outcome = write(*server, context(), [&](Transaction& transaction) {
    const auto blocked = add(*command, 3);
    CHECK(blocked.error().code == ErrorCode::unavailable);
    return transaction.execute(hold, {});
  });
  CHECK(outcome.ok());
  CHECK(add(*command, 3).ok());
}

TEST_CASE("fsck finds nothing in a sound database, and a broken page in a damaged one") {
  const File file;
  {
    const auto database = SqliteDatabase::open(in_file(file.path)).value();
    REQUIRE(write(*database, context(), [](Transaction& transaction) {
              return transaction.execute(fill, {200, 0});
            }).ok());
    CHECK(check_sqlite(*database, context()).value().empty());
  }
  {
    std::fstream damage(file.path, std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(40 * 4096);
    damage << std::string(4096, '\x55');
  }
  const auto database = SqliteDatabase::open(in_file(file.path)).value();
  const auto findings = check_sqlite(*database, context());
  CHECK((!findings.ok() || !findings.value().empty()));
}

constexpr Sql foreign_keys{"test.foreign_keys", "PRAGMA foreign_keys"};
constexpr Sql synchronous{"test.synchronous", "PRAGMA synchronous"};
constexpr Sql journal_mode{"test.journal_mode", "PRAGMA journal_mode"};

TEST_CASE("the connection that writes holds foreign keys, and syncs each commit of a WAL") {
  const File file;
  const auto database = SqliteDatabase::open(in_file(file.path)).value();
  const auto held =
      write(*database, context(), [](Transaction& transaction) -> Result<Unit, Error> {
        const auto number = [](const Row& row) { return row.integer(0); };
        CHECK(TRY(transaction.find(foreign_keys, {}, number)) == 1);
        CHECK(TRY(transaction.find(synchronous, {}, number)) == 2);
        CHECK(TRY(transaction.find(journal_mode, {},
                                   [](const Row& row) { return row.string(0); })) == "wal");
        return Unit{};
      });
  CHECK(held.ok());
}

}  // namespace
}  // namespace gatehouse::storage
