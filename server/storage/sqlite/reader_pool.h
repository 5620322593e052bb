// ReaderPool: connections that only read. In WAL mode each sees one snapshot for the length of a
// transaction and waits for no writer. Opened when first needed and kept.

#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "server/storage/sqlite/connection.h"

namespace gatehouse::storage {

class ReaderPool {
 public:
  ReaderPool(ConnectionSettings settings, int readers_max);
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  ~ReaderPool() = default;

  // See Database::run_read.
  Result<Unit, Error> run(const Context& context, FunctionRef<void(Transaction&)> work);

 private:
  class Loan;
  Result<std::unique_ptr<Connection>, Error> take(Deadline deadline);
  void give_back(std::unique_ptr<Connection> connection);  // null: it is closed for good

  const ConnectionSettings settings_;
  const int readers_max_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // the last used, whose cache is warm, at the end
  int open_ = 0;                                   // idle and lent; both guarded by mutex_
};

}  // namespace gatehouse::storage
