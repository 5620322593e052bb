// Writer: the one thread that changes the database, with group commit.
//
// Callers queue a function and wait. The thread takes what is queued, runs each function in a
// SAVEPOINT of one transaction, commits once, and then answers everybody: one fsync for all of
// them. A function that fails is rolled back alone. Should SQLite give up the transaction as a
// whole (disk full, interrupted while writing), the one that caused it is answered and the others
// run again.
//
// A refusal too is answered after the commit, since it may rest on what others in the group wrote.
//
// When the disk reports an I/O error for a commit or a checkpoint, nobody knows what is on it: the
// writer stops for good and the server is to be restarted. Asking fsync again would prove nothing.

#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/transaction.h"

namespace gatehouse::storage {

struct WriterSettings {
  std::size_t batch_max = 256;
  int checkpoint_pages = 2000;         // WAL pages after which they are moved to the database file
  int checkpoint_pages_must = 32'000;  // and when to wait for readers to leave the WAL, if need be
  milliseconds busy_timeout{5000};     // how long to wait for another process
};

class Writer {
 public:
  using Work = FunctionRef<Verdict(Transaction&)>;

  Writer(std::unique_ptr<Connection> connection, const WriterSettings& settings);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // finishes what is queued; nobody may call run() any more

  // See Database::run_write.
  Result<Unit, Error> run(const Context& context, Work work);
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }

 private:
  struct Bell;
  class BellLoan;
  struct Job;
  enum class Attempt { kept, rolled_back, transaction_lost };

  void enqueue(Job& job);
  // Returns false if the deadline passed before the writer had begun: nothing will happen.
  bool wait_for(Job& job);
  void serve();
  void run_group(std::vector<Job*>& group);
  // One transaction over `jobs`. Answers none of them; those to be run again stay in `jobs`.
  void run_transaction(std::vector<Job*>& jobs);
  Attempt run_job(Job& job);
  std::optional<Error> end_transaction(Attempt strongest);
  void roll_back();
  void checkpoint_if_due();
  void fail() { failed_.store(true, std::memory_order_release); }

  const std::unique_ptr<Connection> connection_;
  const WriterSettings settings_;
  std::atomic<bool> failed_{false};
  // The thread's own: the WAL's length as of the last commit, and of the last checkpoint.
  int wal_pages_ = 0;
  int wal_pages_checkpointed_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job*> queue_;                   // of callers that wait; guarded by mutex_
  std::vector<std::unique_ptr<Bell>> bells_;  // that nobody uses now; guarded by mutex_
  bool stopping_ = false;                     // guarded by mutex_

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace gatehouse::storage
