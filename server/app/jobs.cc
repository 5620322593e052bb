#include "server/app/jobs.h"

#include <algorithm>

namespace gatehouse::app {

JobThread::JobThread(const std::vector<Job>& jobs, Log& log)
    : jobs_(jobs), log_(log), thread_([this] { run(); }) {}

JobThread::~JobThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void JobThread::run() {
  using Moment = std::chrono::steady_clock::time_point;
  std::vector<Moment> due;
  for (const Job& job : jobs_) due.push_back(std::chrono::steady_clock::now() + job.every);
  std::unique_lock lock(mutex_);
  while (!stopping_ && !jobs_.empty()) {
    const auto next = std::ranges::min_element(due);
    if (stopped_.wait_until(lock, *next, [this] { return stopping_; })) break;
    const Job& job = jobs_[static_cast<std::size_t>(next - due.begin())];
    lock.unlock();
    const auto outcome = job.run();
    if (!outcome.ok()) {
      log_.write(LogLevel::warning, "job.failed",
                 {{"job", job.name},
                  {"code", error_code_name(outcome.error().code)},
                  {"detail", outcome.error().detail}});
    }
    lock.lock();
    *next = std::chrono::steady_clock::now() + job.every;
  }
}

}  // namespace gatehouse::app
