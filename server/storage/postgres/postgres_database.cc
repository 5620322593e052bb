#include "server/storage/postgres/postgres_database.h"

#include <chrono>
#include <exception>

#include "server/core/ensure.h"
#include "server/storage/postgres/migration_target.h"
#include "server/storage/postgres/pool.h"
#include "server/storage/postgres/transaction.h"
#include "server/storage/postgres/turns.h"

namespace gatehouse::storage {
namespace {

constexpr int runs_max = 4;  // once, and three times again
constexpr auto migration_deadline = std::chrono::hours(1);

constexpr Sql tell_time{"postgres.time",
                        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"};

}  // namespace

struct PostgresDatabase::Parts {
  Parts(const PostgresSettings& given, std::unique_ptr<PostgresPool> connections)
      : settings(given), pool(std::move(connections)) {}

  const PostgresSettings settings;
  const std::unique_ptr<PostgresPool> pool;
  Turns turns;

  Result<Unit, Error> run(const Context& context, TransactionMode mode,
                          FunctionRef<Verdict(Transaction&)> work);
};

namespace {

class Turn {
 public:
  Turn(Turns& turns, Turns::Kind kind, Deadline deadline)
      : turns_(turns), kind_(kind), is_taken_(turns.take(kind, deadline)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (is_taken_) turns_.give_back(kind_);
  }
  [[nodiscard]] bool is_taken() const { return is_taken_; }

 private:
  Turns& turns_;
  const Turns::Kind kind_;
  const bool is_taken_;
};

Turns::Kind kind_of_run(int run) {
  return run == 1   ? Turns::Kind::as_it_comes
         : run == 2 ? Turns::Kind::among_losers
                    : Turns::Kind::alone;
}

enum class Outcome { done, run_again };

// One run of `work`; what it throws belongs to the caller, unless the run is to be repeated.
Outcome run_once(PostgresTransaction& transaction, FunctionRef<Verdict(Transaction&)> work,
                 std::optional<Error>& error) {
  error.reset();
  const auto is_repeatable = [](const Failure& failure) {
    return failure.fate == Fate::lost_race ||
           (failure.fate == Fate::connection_lost && failure.error.code == ErrorCode::unavailable);
  };
  Verdict verdict = Verdict::roll_back;
  std::exception_ptr thrown;
  try {
    verdict = work(transaction);
  } catch (...) {
    thrown = std::current_exception();
  }
  const auto& failed = transaction.failure();
  if (failed.has_value() && is_repeatable(*failed)) {
    error = failed->error;
    return Outcome::run_again;
  }
  if (thrown) std::rethrow_exception(thrown);
  if (failed.has_value()) {
    if (verdict == Verdict::commit) error = failed->error;
    return Outcome::done;
  }
  if (verdict == Verdict::roll_back) return Outcome::done;
  auto committed = transaction.commit();
  if (committed.ok()) return Outcome::done;
  const Failure& failure = committed.error();
  error = failure.error;
  if (failure.fate == Fate::lost_race) return Outcome::run_again;
  if (failure.fate == Fate::connection_lost) {
    error =
        Error(ErrorCode::unavailable, failure.error.detail + "; whether it was kept is unknown");
  }
  return Outcome::done;
}

}  // namespace

Result<std::unique_ptr<PostgresDatabase>, Error> PostgresDatabase::open(
    const PostgresSettings& settings) {
  ENSURE(settings.connections_max > 0);
  auto parts = std::make_unique<Parts>(settings, TRY(PostgresPool::make(settings)));
  auto first = parts->pool->take(Deadline::max());
  if (!first.ok()) return first.error().error;
  parts->pool->give_back(std::move(first).value());
  if (settings.schema == PostgresSettings::Schema::up_to_date) {
    PostgresMigrationTarget target(*parts->pool,
                                   std::chrono::steady_clock::now() + migration_deadline);
    TRY(migrate(target, settings.migrations, settings.now));
  }
  return std::make_unique<PostgresDatabase>(std::move(parts));
}

PostgresDatabase::PostgresDatabase(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PostgresDatabase::~PostgresDatabase() = default;

Result<Unit, Error> PostgresDatabase::run_read(const Context& context,
                                               FunctionRef<void(Transaction&)> work) {
  PostgresTransaction transaction(*parts_->pool, context, TransactionMode::read,
                                  parts_->settings.answer_timeout);
  work(transaction);
  if (transaction.failure().has_value()) return transaction.failure()->error;
  return Unit{};
}

Result<Unit, Error> PostgresDatabase::run_write(const Context& context,
                                                FunctionRef<Verdict(Transaction&)> work) {
  return parts_->run(context, TransactionMode::write, work);
}

Result<Unit, Error> PostgresDatabase::run_write_by_row(const Context& context,
                                                       FunctionRef<Verdict(Transaction&)> work) {
  return parts_->run(context, TransactionMode::write_by_row, work);
}

Result<Unit, Error> PostgresDatabase::Parts::run(const Context& context, TransactionMode mode,
                                                 FunctionRef<Verdict(Transaction&)> work) {
  std::optional<Error> error;
  for (int run = 1; run <= runs_max; ++run) {
    const Turn turn(turns, kind_of_run(run), context.deadline);
    if (!turn.is_taken()) {
      if (!error.has_value()) error = Error(ErrorCode::deadline_exceeded, "write: out of time");
      break;
    }
    PostgresTransaction transaction(*pool, context, mode, settings.answer_timeout);
    if (run_once(transaction, work, error) == Outcome::done) break;
  }
  if (error.has_value()) return std::move(*error);
  return Unit{};
}

Result<std::optional<Instant>, Error> PostgresDatabase::server_time(const Context& context) {
  return read(*this, context, [](Transaction& transaction) {
    return transaction.find(tell_time, {}, [](const Row& row) { return row.instant(0); });
  });
}

PostgresPoolState PostgresDatabase::pool_state() const { return parts_->pool->state(); }

}  // namespace gatehouse::storage
