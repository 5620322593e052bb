#include "tests/world/rerunning_database.h"

#include <doctest/doctest.h>

#include "tests/world/test_database.h"

namespace gatehouse::world {
namespace {

using storage::Sql;
using storage::Transaction;

constexpr Sql revoke{"test.revoke",
                     "INSERT INTO revoked_tokens (environment_id, token_id, expires_at_ms)"
                     " VALUES (1, $1, 1)"};
constexpr Sql count{"test.count", "SELECT COUNT(*) FROM revoked_tokens"};

struct Fixture {
  TestDatabase place;
  RerunningDatabase database{place.database()};
  Context context = make_context(EnvironmentId(1));
  int runs = 0;

  std::int64_t rows() {
    return storage::read(place.database(), context,
                         [](Transaction& transaction) {
                           return transaction.find(
                               count, {}, [](const storage::Row& row) { return row.integer(0); });
                         })
        .take()
        .value();
  }
};

TEST_CASE("rerunning: a write runs twice, and only its second run is kept") {
  Fixture fixture;
  const auto done = storage::write(fixture.database, fixture.context,
                                   [&](Transaction& transaction) -> Result<Unit, Error> {
                                     ++fixture.runs;
                                     TRY(transaction.execute(revoke, {fixture.runs}));
                                     return Unit{};
                                   });
  CHECK(done.ok());
  CHECK(fixture.runs >= 2);  // on a place that runs writes again itself, more often
  CHECK(fixture.rows() == 1);
}

TEST_CASE("rerunning: a write that refuses or fails has its way the first time") {
  Fixture fixture;
  const auto refused = storage::write(fixture.database, fixture.context,
                                      [&](Transaction& transaction) -> Result<Unit, Error> {
                                        ++fixture.runs;
                                        TRY(transaction.execute(revoke, {7}));
                                        return Error(ErrorCode::not_found, "a reason");
                                      });
  CHECK(refused.error().code == ErrorCode::not_found);
  const auto failed = storage::write(fixture.database, fixture.context,
                                     [&](Transaction& transaction) -> Result<Unit, Error> {
                                       ++fixture.runs;
                                       TRY(transaction.execute(revoke, {7}));
                                       TRY(transaction.execute(revoke, {7}));
                                       return Unit{};
                                     });
  CHECK(failed.error().code == ErrorCode::already_exists);
  CHECK(fixture.runs == 2);
  CHECK(fixture.rows() == 0);
}

TEST_CASE("rerunning: what a function left in its captures is seen") {
  Fixture fixture;
  std::string name = "kept";
  std::string seen;
  const auto done =
      storage::write(fixture.database, fixture.context, [&](Transaction&) -> Result<Unit, Error> {
        seen = std::move(name);
        name.clear();
        return Unit{};
      });
  CHECK(done.ok());
  CHECK(seen.empty());
}

}  // namespace
}  // namespace gatehouse::world
