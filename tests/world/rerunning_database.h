// RerunningDatabase: a database that lost a race for every write the first time. It runs each
// twice, and keeps nothing of the first run: what a function left behind outside its transaction
// then shows in what the second run does. Tests stand on it where GATEHOUSE_TEST_RERUN is set.

#pragma once

#include "server/storage/database.h"

namespace gatehouse::world {

// Safe from any thread, as far as `inner` is.
class RerunningDatabase final : public storage::Database {
 public:
  explicit RerunningDatabase(storage::Database& inner) : inner_(inner) {}

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(storage::Transaction&)> work) override;
  // A function that asks to be rolled back has had its way after the first run.
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<storage::Verdict(storage::Transaction&)> work) override;
  [[nodiscard]] bool failed() const override { return inner_.failed(); }
  Result<std::optional<Instant>, Error> server_time(const Context& context) override {
    return inner_.server_time(context);
  }
  [[nodiscard]] bool waits_for_network() const override { return inner_.waits_for_network(); }

 private:
  storage::Database& inner_;
};

// GATEHOUSE_TEST_RERUN is set.
[[nodiscard]] bool writes_run_twice();

}  // namespace gatehouse::world
