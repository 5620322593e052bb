#include "server/storage/postgres/transaction.h"

#include <algorithm>
#include <utility>

#include "server/core/ensure.h"
#include "server/core/story.h"

namespace gatehouse::storage {

PostgresTransaction::~PostgresTransaction() {
  if (connection_ == nullptr) return;
  connection_->end();
  pool_.give_back(std::move(connection_));
}

Result<std::int64_t, Error> PostgresTransaction::execute(const Sql& sql, Params params) {
  return run(sql, params, [](const Row&) {});
}

Result<Unit, Error> PostgresTransaction::query(const Sql& sql, Params params,
                                               FunctionRef<void(const Row&)> each) {
  TRY(run(sql, params, each));
  return Unit{};
}

Result<Unit, Error> PostgresTransaction::send(const Sql& sql, Params params) {
  ENSURE(state_ == State::ready);
  if (failure_.has_value()) return failure_->error;
  tell(context_, "sql", sql.name());
  auto outcome = [&]() -> Result<Unit, Failure> {
    TRY(check_time(sql));
    if (connection_ == nullptr) {
      connection_ = TRY(pool_.take(answer_by()));
      connection_->begin(mode_);
    }
    return connection_->send(sql, params);
  }();
  if (outcome.ok()) return Unit{};
  return fail(std::move(outcome).error());
}

Result<Unit, Failure> PostgresTransaction::commit() {
  if (connection_ == nullptr) return Unit{};
  return connection_->commit(answer_by());
}

Result<Unit, Error> PostgresTransaction::run_script(std::string_view script) {
  ENSURE(connection_ != nullptr);
  auto outcome = connection_->run_script(std::string(script), answer_by());
  if (outcome.ok()) return Unit{};
  failure_ = outcome.error();
  return failure_->error;
}

Result<std::int64_t, Error> PostgresTransaction::run(const Sql& sql, Params params,
                                                     FunctionRef<void(const Row&)> each) {
  ENSURE(state_ == State::ready);  // a function that receives rows must not run statements
  if (failure_.has_value()) return failure_->error;
  tell(context_, "sql", sql.name());
  auto outcome = attempt(sql, params, each);
  state_ = State::ready;
  if (outcome.ok()) return outcome.value();
  return fail(std::move(outcome).error());
}

// A server that says nothing for the time we give it is away, as far as the caller is concerned.
// Asking again at once would only hold the caller's thread for longer.
Error PostgresTransaction::fail(Failure failure) {
  if (failure.error.code == ErrorCode::deadline_exceeded &&
      std::chrono::steady_clock::now() < context_.deadline) {
    failure.error.code = ErrorCode::unavailable;
    failure.fate = Fate::final;
  }
  failure_ = std::move(failure);
  return failure_->error;
}

Result<std::int64_t, Failure> PostgresTransaction::attempt(const Sql& sql, Params params,
                                                           FunctionRef<void(const Row&)> each) {
  TRY(check_time(sql));
  const auto receive = [&](const Row& row) {
    state_ = State::in_statement;
    each(row);
  };
  const Deadline deadline = answer_by();
  if (connection_ == nullptr) return first_attempt(sql, params, deadline, receive);
  return connection_->run(sql, params, deadline, receive);
}

// A connection may have died of old age, or with its server. As long as nothing has happened on it,
// another one does as well.
Result<std::int64_t, Failure> PostgresTransaction::first_attempt(
    const Sql& sql, Params params, Deadline deadline, FunctionRef<void(const Row&)> each) {
  connection_ = TRY(pool_.take(deadline));
  connection_->begin(mode_);
  auto outcome = connection_->run(sql, params, deadline, each);
  const bool is_stale = !outcome.ok() && outcome.error().fate == Fate::connection_lost &&
                        outcome.error().error.code == ErrorCode::unavailable;
  if (!is_stale) return outcome;
  connection_ = TRY(pool_.replace(std::move(connection_), deadline));
  connection_->begin(mode_);
  return connection_->run(sql, params, deadline, each);
}

Result<Unit, Failure> PostgresTransaction::check_time(const Sql& sql) const {
  if (std::chrono::steady_clock::now() < context_.deadline) return Unit{};
  return Failure{Error(ErrorCode::deadline_exceeded, std::string(sql.name()) + ": out of time")};
}

Deadline PostgresTransaction::answer_by() const {
  if (answer_timeout_ == milliseconds(0)) return context_.deadline;
  return std::min(context_.deadline, std::chrono::steady_clock::now() + answer_timeout_);
}

}  // namespace gatehouse::storage
