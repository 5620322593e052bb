// Jobs: periodic work inside the server: fresh caches, refusals into the audit log, key rotation,
// back-channel logouts, sealing, reclaiming what is over.

#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "server/core/error.h"
#include "server/core/log.h"
#include "server/core/result.h"
#include "server/core/time.h"

namespace gatehouse::app {

struct Job {
  std::string_view name;  // a literal, for logs
  Duration every;
  std::function<Result<Unit, Error>()> run;
};

// Runs each job when its time has come, on a thread of its own, so that none waits for another: a
// logout that a slow application keeps waiting must not delay what other nodes have revoked. A
// failure is tried again at the next time; the log hears of it once a minute.
class JobThreads {
 public:
  // `jobs` outlives this.
  JobThreads(const std::vector<Job>& jobs, Log& log);
  // Finishes the jobs under way, then stops.
  ~JobThreads();
  JobThreads(const JobThreads&) = delete;
  JobThreads& operator=(const JobThreads&) = delete;

  // Runs the job at once, or once more if it is running. No such job: nothing. From any thread.
  void wake(std::string_view name);

 private:
  struct Runner;
  void run(Runner& runner);
  void run_once(Runner& runner);

  Log& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_, as is Runner::is_woken
  std::vector<std::unique_ptr<Runner>> runners_;
};

}  // namespace gatehouse::app
