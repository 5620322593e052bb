// How migrations reach PostgreSQL. Private to the driver.

#pragma once

#include "server/storage/migrate.h"
#include "server/storage/postgres/transaction.h"

namespace gatehouse::storage {

// One migrates at a time: a transaction holds the row of the table migration_lock.
class PostgresMigrationTarget final : public MigrationTarget {
 public:
  PostgresMigrationTarget(PostgresPool& pool, Deadline deadline)
      : pool_(pool), deadline_(deadline) {}

  [[nodiscard]] std::string_view engine() const override { return "postgres"; }
  Result<Unit, Error> in_transaction(FunctionRef<Result<Unit, Error>(Transaction&)> work) override;
  Result<Unit, Error> run_script(std::string_view script) override;

 private:
  Result<Unit, Error> make_lock();
  Result<Unit, Error> attempt(FunctionRef<Result<Unit, Error>(Transaction&)> work);

  PostgresPool& pool_;
  const Deadline deadline_;
  PostgresTransaction* current_ = nullptr;  // inside in_transaction()
};

}  // namespace gatehouse::storage
