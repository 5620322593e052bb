#include "server/storage/postgres/migration_target.h"

#include <thread>

#include "server/core/ensure.h"

namespace gatehouse::storage {
namespace {

constexpr Sql make_lock_table{"postgres.make_migration_lock",
                              "CREATE TABLE IF NOT EXISTS migration_lock"
                              " (id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),"
                              " turns BIGINT NOT NULL)"};
constexpr Sql make_lock_row{"postgres.make_migration_lock_row",
                            "INSERT INTO migration_lock (id, turns) VALUES (1, 0)"
                            " ON CONFLICT DO NOTHING"};
constexpr Sql find_lock_table{"postgres.find_migration_lock",
                              "SELECT table_name FROM information_schema.tables"
                              " WHERE table_name = 'migration_lock'"
                              " AND table_schema = CURRENT_SCHEMA"};
constexpr Sql take_lock{"postgres.take_migration_lock",
                        "UPDATE migration_lock SET turns = turns + 1 WHERE id = 1"};

// Others that make the lock at the same moment, and others that hold it.
constexpr int attempts_max = 200;
constexpr milliseconds pause{50};

Context migration_context(Deadline deadline) {
  return {.request = RequestId(1),
          .now = {},
          .deadline = deadline,
          .environment = EnvironmentId(1),
          .actor = {.type = ActorType::system, .id = {}},
          .client_address = {},
          .user_agent = {}};
}

}  // namespace

// A serializable transaction sees the schema as it was when it began to wait for the lock. The row
// is changed, so that one that had to wait fails instead, and begins anew.
Result<Unit, Error> PostgresMigrationTarget::in_transaction(
    FunctionRef<Result<Unit, Error>(Transaction&)> work) {
  TRY(make_lock());
  for (int i = 1;; ++i) {
    auto outcome = attempt(work);
    if (outcome.ok() || outcome.error().code != ErrorCode::aborted || i == attempts_max) {
      return outcome;
    }
    std::this_thread::sleep_for(pause);
  }
}

Result<Unit, Error> PostgresMigrationTarget::attempt(
    FunctionRef<Result<Unit, Error>(Transaction&)> work) {
  const Context context = migration_context(deadline_);
  PostgresTransaction transaction(pool_, context, TransactionMode::write, milliseconds(0));
  TRY(transaction.execute(take_lock, {}));
  current_ = &transaction;
  auto outcome = work(transaction);
  current_ = nullptr;
  if (!outcome.ok()) return outcome;
  auto committed = transaction.commit();
  if (!committed.ok()) return committed.error().error;
  return Unit{};
}

Result<Unit, Error> PostgresMigrationTarget::run_script(std::string_view script) {
  ENSURE(current_ != nullptr);
  return current_->run_script(script);
}

Result<Unit, Error> PostgresMigrationTarget::make_lock() {
  const Context context = migration_context(deadline_);
  for (int i = 1;; ++i) {
    PostgresTransaction transaction(pool_, context, TransactionMode::write, milliseconds(0));
    bool is_there = false;
    TRY(transaction.query(find_lock_table, {}, [&](const Row&) { is_there = true; }));
    if (is_there) return Unit{};
    auto made = transaction.execute(make_lock_table, {});
    if (made.ok()) made = transaction.execute(make_lock_row, {});
    if (made.ok()) {
      auto committed = transaction.commit();
      if (committed.ok()) return Unit{};
      made = committed.error().error;
    }
    // Two that make one table at once clash in the catalog.
    if (i == attempts_max || made.error().code == ErrorCode::unavailable) return made.error();
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace gatehouse::storage
