#include "tests/world/rerunning_database.h"

#include <cstdlib>

namespace gatehouse::world {

using storage::Transaction;
using storage::Verdict;

Result<Unit, Error> RerunningDatabase::run_read(const Context& context,
                                                FunctionRef<void(Transaction&)> work) {
  return inner_.run_read(context, work);
}

Result<Unit, Error> RerunningDatabase::run_write(const Context& context,
                                                 FunctionRef<Verdict(Transaction&)> work) {
  Verdict first = Verdict::roll_back;
  TRY(inner_.run_write(context, [&](Transaction& transaction) {
    first = work(transaction);
    return Verdict::roll_back;
  }));
  if (first == Verdict::roll_back) return Unit{};
  return inner_.run_write(context, work);
}

bool writes_run_twice() { return std::getenv("GATEHOUSE_TEST_RERUN") != nullptr; }

}  // namespace gatehouse::world
