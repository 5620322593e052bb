// What a function handed to the driver sees: statements on one connection, inside a transaction
// that somebody else began and will end. Private to the driver.

#pragma once

#include <optional>

#include "server/storage/database.h"
#include "server/storage/sqlite/connection.h"

namespace gatehouse::storage {

class SqliteTransaction final : public Transaction {
 public:
  using Access = ConnectionSettings::Access;

  SqliteTransaction(Connection& connection, const Context& context, Access access)
      : connection_(connection), context_(context), access_(access) {}

  Result<std::int64_t, Error> execute(const Sql& sql, Params params) override;
  Result<Unit, Error> query(const Sql& sql, Params params,
                            FunctionRef<void(const Row&)> each) override;

  // The first error of a statement. It is for good: every later statement gets it too.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  Result<std::int64_t, Error> run(const Sql& sql, Params params,
                                  FunctionRef<void(const Row&)> each);
  Result<std::int64_t, Error> attempt(const Sql& sql, Params params,
                                      FunctionRef<void(const Row&)> each);

  Connection& connection_;
  const Context& context_;
  const Access access_;
  std::optional<Error> failure_;
  enum class State { ready, in_statement } state_ = State::ready;
};

}  // namespace gatehouse::storage
