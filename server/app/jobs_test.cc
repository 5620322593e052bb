#include "server/app/jobs.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>

#include "server/core/ensure.h"
#include "tests/world/captured_log.h"

namespace gatehouse::app {
namespace {

std::size_t lines_with(const world::CapturedLog& log, std::string_view text) {
  std::size_t count = 0;
  for (const std::string& line : log.lines()) {
    if (line.find(text) != std::string::npos) ++count;
  }
  return count;
}

TEST_CASE("jobs: one that waits keeps no other from its turn, and a stop finishes both") {
  world::CapturedLog log;
  std::latch slow_began(1), quick_ran(3), may_end(1);
  std::atomic<int> slow_ended{0};
  const std::vector<Job> jobs = {{"slow", hours(1),
                                  [&]() -> Result<Unit, Error> {
                                    slow_began.count_down();
                                    may_end.wait();
                                    ++slow_ended;
                                    return Unit{};
                                  }},
                                 {"quick", milliseconds(1), [&]() -> Result<Unit, Error> {
                                    if (!quick_ran.try_wait()) quick_ran.count_down();
                                    return Unit{};
                                  }}};
  {
    JobThreads threads(jobs, log);
    threads.wake("slow");
    slow_began.wait();
    quick_ran.wait();
    CHECK(slow_ended == 0);
    may_end.count_down();
  }
  CHECK(slow_ended == 1);
}

TEST_CASE("jobs: one that is woken while it runs, runs once more") {
  world::CapturedLog log;
  std::latch began(1), may_go_on(1), twice(2);
  const std::vector<Job> jobs = {{"follow", hours(1), [&]() -> Result<Unit, Error> {
                                    if (!began.try_wait()) {
                                      began.count_down();
                                      may_go_on.wait();
                                    }
                                    twice.count_down();
                                    return Unit{};
                                  }}};
  JobThreads threads(jobs, log);
  threads.wake("nobody");
  threads.wake("follow");
  began.wait();
  threads.wake("follow");
  may_go_on.count_down();
  twice.wait();
}

TEST_CASE("jobs: a failure is told once, a bug each time, and the next turn comes all the same") {
  world::CapturedLog log;
  std::latch failed(5), broken(3);
  const std::vector<Job> jobs = {
      {"failing", milliseconds(1),
       [&]() -> Result<Unit, Error> {
         if (!failed.try_wait()) failed.count_down();
         return Error(ErrorCode::unavailable, "away");
       }},
      {"broken", milliseconds(1), [&]() -> Result<Unit, Error> {
         if (!broken.try_wait()) broken.count_down();
         throw EnsureFailed("a bug");  // tidy: allow throw: what a failed ENSURE does in a server
       }}};
  {
    JobThreads threads(jobs, log);
    failed.wait();
    broken.wait();
  }
  CHECK(lines_with(log, "job.failed job=failing code=unavailable") == 1);
  CHECK(lines_with(log, "job.bug job=broken") >= 3);
}

}  // namespace
}  // namespace gatehouse::app
