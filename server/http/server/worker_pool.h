// WorkerPool: a bounded queue and a bounded number of threads for handlers that may wait. Threads
// start when there is work for them, so that an idle server stays small.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "server/http/message.h"
#include "server/http/server/server.h"

namespace gatehouse::http::server {

// A request on its way to a handler, and where its answer goes back to.
struct Job {
  std::size_t io_thread = 0;
  std::uint64_t connection = 0;
  std::int32_t stream = 0;
  Request request;
  Plan plan;
};

class WorkerPool {
 public:
  struct Size {
    int threads_max;
    std::size_t queue_max;
  };

  // `work` runs on the pool's threads, several at a time, and does not throw.
  WorkerPool(Size size, std::function<void(Job)> work);
  // Drops what is queued and waits for what runs.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  enum class Submitted { queued, refused_full };
  // Takes the job, or leaves it untouched if the queue is full. Never waits.
  [[nodiscard]] Submitted submit(Job& job);

 private:
  void run();
  void start_thread_if_needed();  // needs mutex_

  const Size size_;
  const std::function<void(Job)> work_;
  std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::deque<Job> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_threads_ = 0;
  bool is_stopping_ = false;
};

}  // namespace gatehouse::http::server
