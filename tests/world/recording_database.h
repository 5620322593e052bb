// RecordingDatabase: a database that remembers the names of the statements it was given, for the
// stories of failing tests and for comparing what two requests did.

#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::world {

// Safe from any thread, as far as `inner` is.
class RecordingDatabase final : public storage::Database {
 public:
  explicit RecordingDatabase(storage::Database& inner) : inner_(&inner) {}
  // From now on. Not while a request is under way.
  void use(storage::Database& inner) { inner_ = &inner; }

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(storage::Transaction&)> work) override;
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<storage::Verdict(storage::Transaction&)> work) override;
  Result<Unit, Error> run_write_by_row(
      const Context& context, FunctionRef<storage::Verdict(storage::Transaction&)> work) override;

  // What was recorded since the last call, in order.
  [[nodiscard]] std::vector<std::string> take_statements();

 private:
  class RecordingTransaction;
  void note(std::string_view name);

  storage::Database* inner_;
  std::mutex mutex_;
  std::vector<std::string> statements_;
};

}  // namespace gatehouse::world
