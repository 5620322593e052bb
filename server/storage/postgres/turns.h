// Who may run a write now. Most run as they come. One that has lost a race waits for its turn among
// those of this process that lost one too, and one that keeps losing runs alone: of many who want
// the same row, each gets it. Private to the driver.

#pragma once

#include <condition_variable>
#include <mutex>

#include "server/core/time.h"

namespace gatehouse::storage {

class Turns {
 public:
  enum class Kind { as_it_comes, among_losers, alone };

  // Waits until `deadline` for the turn; false: it is too late, and there is none to give back.
  [[nodiscard]] bool take(Kind kind, Deadline deadline);
  void give_back(Kind kind);

 private:
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  int running_ = 0;          // of any kind
  bool loser_runs_ = false;  // among_losers or alone
  bool wants_to_be_alone_ = false;
};

}  // namespace gatehouse::storage
