#include <doctest/doctest.h>

#include <thread>

#include "server/audit/invariants.h"
#include "server/audit/query.h"
#include "server/audit/record.h"
#include "server/core/story.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"

namespace gatehouse::audit {
namespace {

using storage::Transaction;
using world::make_context;
using world::test_start;

const EnvironmentId home(11);
const EnvironmentId elsewhere(12);

// Passes work on to the real database, or refuses it.
class Switch final : public storage::Database {
 public:
  enum class Position { on, off };

  explicit Switch(storage::Database& below) : below_(below) {}
  void turn(Position position) { position_ = position; }

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(Transaction&)> work) override {
    return below_.run_read(context, work);
  }
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<storage::Verdict(Transaction&)> work) override {
    if (position_ == Position::off) return Error(ErrorCode::unavailable, "switched off");
    return below_.run_write(context, work);
  }

 private:
  storage::Database& below_;
  Position position_ = Position::on;
};

struct Fixture {
  world::TestDatabase test_database;
  Switch database{test_database.database()};
  world::SeededRandom random;
  Context context = make_context(home);
  RefusalLog log{database, random};

  static Record refusal(std::string detail) {
    return {.event = Event::authorize_refused,
            .outcome = Outcome::refused,
            .subject_type = "application",
            .subject_id = "skc_1",
            .detail = std::move(detail)};
  }
  void note_some(EnvironmentId environment, std::size_t count) {
    const Context caller = make_context(environment);
    for (std::size_t i = 0; i < count; ++i) log.note(caller, refusal(std::to_string(i)));
  }
  std::vector<StoredRecord> list_all(EnvironmentId environment, const Filter& filter = {}) {
    return storage::read(
               database, context,
               [&](Transaction& transaction) { return list(transaction, environment, filter); })
        .value();
  }
  std::int64_t count_all() {
    static constexpr storage::Sql count{"test.count", "SELECT count(*) FROM audit_records"};
    const auto found = storage::read(database, context, [&](Transaction& transaction) {
      return transaction.find(count, {}, [](const storage::Row& row) { return row.integer(0); });
    });
    return found.value().value();
  }
};

TEST_CASE_FIXTURE(Fixture, "refusal log: nothing is written before the flush, all of it by it") {
  log.note(make_context(home), refusal("redirect_uri"));
  log.note(make_context(elsewhere), refusal("unknown client"));
  CHECK_EQ(count_all(), 0);
  CHECK(log.flush(context).ok());
  REQUIRE(list_all(home).size() == 1);
  CHECK_EQ(list_all(home)[0].detail, "redirect_uri");
  CHECK_EQ(list_all(home)[0].outcome, "refused");
  REQUIRE(list_all(elsewhere).size() == 1);
  CHECK_EQ(list_all(elsewhere)[0].detail, "unknown client");
  CHECK(log.flush(context).ok());
  CHECK_EQ(count_all(), 2);
}

TEST_CASE_FIXTURE(Fixture, "refusal log: a refusal cannot be noted as a success") {
  Record entry = refusal("x");
  entry.outcome = Outcome::success;
  log.note(context, entry);
  CHECK(log.flush(context).ok());
  CHECK_EQ(list_all(home)[0].outcome, "refused");
}

TEST_CASE_FIXTURE(Fixture, "refusal log: the order of noting is the order of the log") {
  note_some(home, 200);
  CHECK(log.flush(context).ok());
  const auto all = list_all(home, {.limit = 500});
  REQUIRE(all.size() == 200);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK_EQ(all[i].detail, std::to_string(199 - i));
}

TEST_CASE_FIXTURE(Fixture, "refusal log: beyond its bound it counts, and reports by one record") {
  note_some(home, RefusalLog::pending_max);
  note_some(home, 2);
  note_some(elsewhere, 3);
  CHECK(log.flush(context).ok());
  CHECK_EQ(count_all(), static_cast<std::int64_t>(RefusalLog::pending_max) + 2);
  const auto here = list_all(home, {.event = "refusals.dropped"});
  REQUIRE(here.size() == 1);
  CHECK_EQ(here[0].detail, "2 refusals came too fast to be recorded");
  const auto there = list_all(elsewhere);
  REQUIRE(there.size() == 1);
  CHECK_EQ(there[0].detail, "3 refusals came too fast to be recorded");
  CHECK(log.flush(context).ok());
  CHECK_EQ(list_all(home, {.event = "refusals.dropped"}).size(), 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "refusal log: what a failing database refuses is kept, in order, bounded") {
  database.turn(Switch::Position::off);
  log.note(context, refusal("first"));
  CHECK(log.flush(context).error().code == ErrorCode::unavailable);
  log.note(context, refusal("second"));
  CHECK_FALSE(log.flush(context).ok());
  database.turn(Switch::Position::on);
  CHECK(log.flush(context).ok());
  const auto all = list_all(home);
  REQUIRE(all.size() == 2);
  CHECK_EQ(all[1].detail, "first");
  CHECK_EQ(all[0].detail, "second");
}

TEST_CASE_FIXTURE(Fixture, "refusal log: the count of drops survives a failing database too") {
  note_some(home, RefusalLog::pending_max + 1);
  database.turn(Switch::Position::off);
  CHECK_FALSE(log.flush(context).ok());
  database.turn(Switch::Position::on);
  CHECK(log.flush(context).ok());
  const auto reports = list_all(home, {.event = "refusals.dropped"});
  REQUIRE(reports.size() == 1);
  CHECK_EQ(reports[0].detail, "1 refusals came too fast to be recorded");
}

TEST_CASE_FIXTURE(Fixture, "refusal log: what waited out an outage does not break the seals") {
  log.note(context, refusal("waiting"));
  const Instant later = test_start + hours(1);
  const auto seal_all = [&](Instant now) {
    return storage::write(database, context,
                          [&](Transaction& transaction) {
                            return seal(transaction, home, now, minutes(1), 100);
                          })
        .value();
  };
  Context other = make_context(home, test_start + minutes(30));
  CHECK(storage::write(database, other, [&](Transaction& transaction) {
          return record(transaction, home, other, random, refusal("direct"));
        }).ok());
  CHECK_EQ(seal_all(later), 1);
  CHECK(log.flush(make_context(home, later)).ok());
  CHECK(list_all(home)[0].at == test_start);
  CHECK_EQ(seal_all(later + hours(1)), 1);
  const auto findings = storage::read(
      database, context, [&](Transaction& transaction) { return check_invariants(transaction); });
  CHECK(findings.value().empty());
}

TEST_CASE_FIXTURE(Fixture, "refusal log: it keeps no story beyond its request") {
  {
    Story story;
    Context caller = make_context(home);
    caller.story = &story;
    log.note(caller, refusal("x"));
  }
  CHECK(log.flush(context).ok());
  CHECK_EQ(count_all(), 1);
}

TEST_CASE_FIXTURE(Fixture, "refusal log: threads note while others flush, and nothing is lost") {
  constexpr std::size_t each = 500;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([this] { note_some(home, each); });
  threads.emplace_back([this] {
    for (int i = 0; i < 5; ++i) CHECK(log.flush(context).ok());
  });
  for (std::thread& thread : threads) thread.join();
  CHECK(log.flush(context).ok());
  CHECK_EQ(count_all(), static_cast<std::int64_t>(3 * each));
}

}  // namespace
}  // namespace gatehouse::audit
