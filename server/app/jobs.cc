#include "server/app/jobs.h"

#include "server/core/ensure.h"

namespace gatehouse::app {
namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr minutes told_every{1};

}  // namespace

struct JobThreads::Runner {
  const Job& job;
  bool is_woken = false;
  Moment tell_from{};  // a failure is told if it comes then or later
  std::thread thread{};
};

JobThreads::JobThreads(const std::vector<Job>& jobs, Log& log) : log_(log) {
  for (const Job& job : jobs) runners_.push_back(std::make_unique<Runner>(Runner{.job = job}));
  for (const auto& runner : runners_) {
    runner->thread = std::thread([this, its = runner.get()] { run(*its); });
  }
}

JobThreads::~JobThreads() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (const auto& runner : runners_) runner->thread.join();
}

void JobThreads::wake(std::string_view name) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& runner : runners_) {
      if (runner->job.name == name) runner->is_woken = true;
    }
  }
  changed_.notify_all();
}

void JobThreads::run(Runner& runner) {
  Moment due = std::chrono::steady_clock::now() + runner.job.every;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait_until(lock, due, [&] { return stopping_ || runner.is_woken; });
    if (stopping_) return;
    runner.is_woken = false;
    lock.unlock();
    run_once(runner);
    lock.lock();
    due = std::chrono::steady_clock::now() + runner.job.every;
  }
}

// The edge of these threads: a bug met in a job is told, and the next turn comes all the same.
void JobThreads::run_once(Runner& runner) {
  const Job& job = runner.job;
  try {
    const auto outcome = job.run();
    const Moment now = std::chrono::steady_clock::now();
    if (outcome.ok()) {
      runner.tell_from = {};
    } else if (now >= runner.tell_from) {
      runner.tell_from = now + told_every;
      log_.write(LogLevel::warning, "job.failed",
                 {{"job", job.name},
                  {"code", error_code_name(outcome.error().code)},
                  {"detail", outcome.error().detail}});
    }
  } catch (const EnsureFailed& bug) {
    log_.write(LogLevel::error, "job.bug",
               {{"job", job.name}, {"what", std::string_view(bug.what())}});
  }
}

}  // namespace gatehouse::app
