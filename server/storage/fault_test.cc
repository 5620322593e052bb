#include "server/storage/fault.h"

#include <doctest/doctest.h>

#include "server/storage/test_support.h"
#include "tests/world/test_database.h"

namespace gatehouse::storage {
namespace {

using namespace testing;

// Three statements in two transactions, of which one is a commit.
Result<std::int64_t, Error> act(Database& database) {
  TRY(write(database, context(), [](Transaction& transaction) -> Result<Unit, Error> {
    TRY(transaction.execute(add_thing, {1, "a"}));
    TRY(transaction.execute(add_thing, {2, "b"}));
    return Unit{};
  }));
  return static_cast<std::int64_t>(TRY(ids(database)).size());
}

TEST_CASE("failing each statement in turn ends when there is none left, and nothing is half done") {
  std::int64_t n = 1;
  for (;; ++n) {
    world::TestDatabase under({.migrations = things_schema});
    FaultDatabase database(under.database());
    database.arm({.point = FaultPoint::statement, .number = n});
    const auto outcome = act(database);
    CHECK(outcome.ok() != database.fired());
    if (!database.fired()) break;
    CHECK(outcome.error().code == ErrorCode::unavailable);
    const auto stored = ids(under.database()).value();
    CHECK((stored.empty() || stored.size() == 2));
    CHECK(stored.empty() == (n <= 2));
  }
  CHECK(n == 4);
}

TEST_CASE("a failed commit keeps nothing, a lost answer keeps everything") {
  world::TestDatabase under({.migrations = things_schema});
  FaultDatabase database(under.database());
  database.arm({.point = FaultPoint::commit});
  CHECK(act(database).error().code == ErrorCode::unavailable);
  CHECK(database.fired());
  CHECK(ids(under.database()).value().empty());

  database.arm({.point = FaultPoint::acknowledgement});
  CHECK(act(database).error().code == ErrorCode::unavailable);
  CHECK(database.fired());
  CHECK(ids(under.database()).value().size() == 2);
}

TEST_CASE("a fault strikes once or from then on, as asked, and disarming ends it") {
  world::TestDatabase under({.migrations = things_schema});
  FaultDatabase database(under.database());
  database.arm({.point = FaultPoint::commit, .number = 2, .span = FaultSpan::once});
  CHECK(add(database, 1).ok());
  CHECK_FALSE(add(database, 2).ok());
  CHECK(add(database, 3).ok());
  database.arm({.point = FaultPoint::commit, .number = 2, .span = FaultSpan::from_then_on});
  CHECK(add(database, 4).ok());
  CHECK_FALSE(add(database, 5).ok());
  CHECK_FALSE(add(database, 6).ok());
  database.disarm();
  CHECK(add(database, 7).ok());
  CHECK(ids(under.database()).value() == std::vector<std::int64_t>{1, 3, 4, 7});
}

TEST_CASE("statements and commits are counted, refusals are not commits") {
  world::TestDatabase under({.migrations = things_schema});
  FaultDatabase database(under.database());
  CHECK(act(database).ok());
  CHECK(database.statements() == 3);
  CHECK(database.commits() == 1);
  (void)database.run_write(context(), [](Transaction&) { return Verdict::roll_back; });
  CHECK(database.commits() == 1);
}

}  // namespace
}  // namespace gatehouse::storage
