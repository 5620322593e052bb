// Jobs: periodic work inside the server: refusals into the audit log, fresh caches, key rotation,
// back-channel logouts, sealing, reclaiming what is over.

#pragma once

#include <condition_variable>
#include <functional>
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

// Runs jobs on one thread of its own, each when its time has come; a failure is logged and tried
// again at the next time.
class JobThread {
 public:
  JobThread(const std::vector<Job>& jobs, Log& log);
  // Finishes the job under way, then stops.
  ~JobThread();
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;

 private:
  void run();

  const std::vector<Job>& jobs_;
  Log& log_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::app
