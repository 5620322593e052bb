// How migrations reach SQLite. Private to the driver.

#pragma once

#include "server/storage/migrate.h"
#include "server/storage/sqlite/connection.h"

namespace gatehouse::storage {

class SqliteMigrationTarget final : public MigrationTarget {
 public:
  explicit SqliteMigrationTarget(Connection& connection) : connection_(connection) {}

  [[nodiscard]] std::string_view engine() const override { return "sqlite"; }
  Result<Unit, Error> in_transaction(FunctionRef<Result<Unit, Error>(Transaction&)> work) override;
  Result<Unit, Error> run_script(std::string_view script) override;

 private:
  Connection& connection_;
};

}  // namespace gatehouse::storage
