#include "server/http/server/worker_pool.h"

#include <system_error>

#include "server/core/scheduling.h"

namespace gatehouse::http::server {

WorkerPool::WorkerPool(Size size, std::function<void(Job)> work)
    : size_(size), work_(std::move(work)) {}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    queue_.clear();
  }
  work_arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

WorkerPool::Submitted WorkerPool::submit(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || queue_.size() >= size_.queue_max) return Submitted::refused_full;
    start_thread_if_needed();
    if (threads_.empty()) return Submitted::refused_full;
    queue_.push_back(std::move(job));
  }
  work_arrived_.notify_one();
  return Submitted::queued;
}

void WorkerPool::start_thread_if_needed() {
  if (idle_threads_ > queue_.size()) return;
  if (threads_.size() >= static_cast<std::size_t>(size_.threads_max)) return;
  try {
    threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {
    // The machine has no thread to give: those that run must do.
  }
}

void WorkerPool::run() {
  run_in_batches();
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_threads_;
    work_arrived_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    --idle_threads_;
    if (is_stopping_) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work_(std::move(job));
    lock.lock();
  }
}

}  // namespace gatehouse::http::server
