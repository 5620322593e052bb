#include "server/http/server/worker_pool.h"

#include <doctest/doctest.h>

using namespace gatehouse::http::server;

namespace {

Job job_number(std::int32_t number) {
  Job job;
  job.stream = number;
  return job;
}

}  // namespace

TEST_CASE("every job that was taken is done, by several threads") {
  std::mutex mutex;
  std::condition_variable changed;
  std::int64_t sum = 0;
  int done = 0;
  WorkerPool pool({4, 1000}, [&](Job job) {
    const std::lock_guard lock(mutex);
    sum += job.stream;
    ++done;
    changed.notify_all();
  });
  for (std::int32_t i = 1; i <= 500; ++i) {
    Job job = job_number(i);
    REQUIRE(pool.submit(job) == WorkerPool::Submitted::queued);
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return done == 500; });
  CHECK(sum == 125'250);
}

TEST_CASE("jobs that wait run side by side, up to the number of threads") {
  std::mutex mutex;
  std::condition_variable changed;
  int running = 0;
  WorkerPool pool({3, 10}, [&](Job) {
    std::unique_lock lock(mutex);
    ++running;
    changed.notify_all();
    changed.wait(lock, [&] { return running >= 3; });
  });
  for (std::int32_t i = 0; i < 3; ++i) {
    Job job = job_number(i);
    REQUIRE(pool.submit(job) == WorkerPool::Submitted::queued);
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return running == 3; });
  CHECK(running == 3);
}

TEST_CASE("a full queue refuses and leaves the job to its owner") {
  std::mutex mutex;
  std::condition_variable changed;
  bool has_begun = false;
  bool may_end = false;
  WorkerPool pool({1, 1}, [&](Job) {
    std::unique_lock lock(mutex);
    has_begun = true;
    changed.notify_all();
    changed.wait(lock, [&] { return may_end; });
  });
  Job first = job_number(1);
  REQUIRE(pool.submit(first) == WorkerPool::Submitted::queued);
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return has_begun; });
  }
  Job second = job_number(2);
  CHECK(pool.submit(second) == WorkerPool::Submitted::queued);
  Job third = job_number(3);
  third.request.path = "/kept";
  CHECK(pool.submit(third) == WorkerPool::Submitted::refused_full);
  CHECK(third.request.path == "/kept");
  const std::lock_guard lock(mutex);
  may_end = true;
  changed.notify_all();
}
