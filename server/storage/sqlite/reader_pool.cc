#include "server/storage/sqlite/reader_pool.h"

#include <utility>

#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/transaction.h"

namespace gatehouse::storage {
namespace {

constexpr Sql begin_read{"sqlite.begin_read", "BEGIN"};
constexpr Sql end_read{"sqlite.end_read", "COMMIT"};
constexpr Sql drop_read{"sqlite.drop_read", "ROLLBACK"};

}  // namespace

// A connection for the length of one read; ends the transaction however the read ends.
class ReaderPool::Loan {
 public:
  Loan(ReaderPool& pool, std::unique_ptr<Connection> connection)
      : pool_(pool), connection_(std::move(connection)) {}
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  ~Loan() {
    connection_->set_deadline(Deadline::max());
    if (connection_->in_transaction() && connection_->run_control(end_read) != SQLITE_OK) {
      (void)connection_->run_control(drop_read);
    }
    if (connection_->in_transaction()) connection_.reset();
    pool_.give_back(std::move(connection_));
  }
  [[nodiscard]] Connection& connection() { return *connection_; }

 private:
  ReaderPool& pool_;
  std::unique_ptr<Connection> connection_;
};

ReaderPool::ReaderPool(ConnectionSettings settings, int readers_max)
    : settings_(std::move(settings)), readers_max_(readers_max) {}

Result<Unit, Error> ReaderPool::run(const Context& context, FunctionRef<void(Transaction&)> work) {
  Loan loan(*this, TRY(take(context.deadline)));
  Connection& connection = loan.connection();
  connection.set_deadline(context.deadline);
  const int began = connection.run_control(begin_read);
  if (began != SQLITE_OK) return connection.error(began, "begin");
  SqliteTransaction transaction(connection, context, SqliteTransaction::Access::read);
  work(transaction);
  if (transaction.failure().has_value()) return *transaction.failure();
  return Unit{};
}

Result<std::unique_ptr<Connection>, Error> ReaderPool::take(Deadline deadline) {
  {
    std::unique_lock lock(mutex_);
    const auto can_go_on = [&] { return !idle_.empty() || open_ < readers_max_; };
    if (deadline == Deadline::max()) {
      returned_.wait(lock, can_go_on);
    } else if (!returned_.wait_until(lock, deadline, can_go_on)) {
      return Error(ErrorCode::deadline_exceeded, "read: out of time waiting for a connection");
    }
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    ++open_;
  }
  auto opened = Connection::open(settings_);
  if (!opened.ok()) give_back(nullptr);
  return opened;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connection != nullptr) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }
  returned_.notify_one();
}

}  // namespace gatehouse::storage
