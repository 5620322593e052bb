// What a function handed to the driver sees: statements on a connection of the pool, inside one
// transaction. Private to the driver.

#pragma once

#include <memory>
#include <optional>

#include "server/storage/database.h"
#include "server/storage/postgres/pool.h"

namespace gatehouse::storage {

class PostgresTransaction final : public Transaction {
 public:
  // Takes a connection when the first statement needs one.
  PostgresTransaction(PostgresPool& pool, const Context& context, TransactionMode mode,
                      milliseconds answer_timeout)
      : pool_(pool), context_(context), mode_(mode), answer_timeout_(answer_timeout) {}
  // Rolls back what was not committed.
  ~PostgresTransaction() override;
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;

  Result<std::int64_t, Error> execute(const Sql& sql, Params params) override;
  Result<Unit, Error> query(const Sql& sql, Params params,
                            FunctionRef<void(const Row&)> each) override;

  Result<Unit, Error> send(const Sql& sql, Params params) override;

  // A failure whose fate is connection_lost leaves the outcome unknown.
  Result<Unit, Failure> commit();
  // The first failure of a statement. It is for good: every later statement gets it too.
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  // For migrations.
  Result<Unit, Error> run_script(std::string_view script);

 private:
  Result<std::int64_t, Error> run(const Sql& sql, Params params,
                                  FunctionRef<void(const Row&)> each);
  Result<std::int64_t, Failure> attempt(const Sql& sql, Params params,
                                        FunctionRef<void(const Row&)> each);
  Result<std::int64_t, Failure> first_attempt(const Sql& sql, Params params, Deadline deadline,
                                              FunctionRef<void(const Row&)> each);
  Error fail(Failure failure);
  [[nodiscard]] Result<Unit, Failure> check_time(const Sql& sql) const;
  [[nodiscard]] Deadline answer_by() const;

  PostgresPool& pool_;
  const Context& context_;
  const TransactionMode mode_;
  const milliseconds answer_timeout_;
  std::unique_ptr<PostgresConnection> connection_;  // null before the first statement
  std::optional<Failure> failure_;
  enum class State { ready, in_statement } state_ = State::ready;
};

}  // namespace gatehouse::storage
