#include "server/storage/postgres/pool.h"

#include <algorithm>
#include <utility>

namespace gatehouse::storage {
namespace {

// How long an attempt that failed speaks for all who come after it.
constexpr milliseconds failure_lasts{250};

using std::chrono::steady_clock;

}  // namespace

Result<std::unique_ptr<PostgresPool>, Error> PostgresPool::make(const PostgresSettings& settings) {
  auto servers = TRY(server_addresses(settings.conninfo));
  return std::make_unique<PostgresPool>(settings, std::move(servers));
}

PostgresPool::PostgresPool(const PostgresSettings& settings, std::vector<ServerAddress> servers)
    : settings_(settings), servers_(std::move(servers)) {}

Result<std::unique_ptr<PostgresConnection>, Failure> PostgresPool::take(Deadline deadline) {
  std::unique_ptr<PostgresConnection> connection;
  {
    std::unique_lock lock(mutex_);
    const auto can_go_on = [&] { return !idle_.empty() || open_ < settings_.connections_max; };
    ++waiting_;
    bool is_in_time = true;
    if (deadline == Deadline::max()) {
      returned_.wait(lock, can_go_on);
    } else {
      is_in_time = returned_.wait_until(lock, deadline, can_go_on);
    }
    --waiting_;
    if (!is_in_time) {
      return Failure{Error(ErrorCode::deadline_exceeded, "out of time waiting for a connection")};
    }
    if (idle_.empty()) {
      ++open_;
    } else {
      connection = std::move(idle_.back());  // the one used last: others may be closed for idleness
      idle_.pop_back();
    }
  }
  if (connection == nullptr) {
    auto made = connect(deadline);
    if (!made.ok()) give_back(nullptr);
    return made;
  }
  if (is_fresh(*connection)) return connection;
  if (connection->check(deadline).ok()) return connection;
  return replace(std::move(connection), deadline);
}

Result<std::unique_ptr<PostgresConnection>, Failure> PostgresPool::replace(
    std::unique_ptr<PostgresConnection> broken, Deadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    broken_before_ = steady_clock::now();
  }
  broken.reset();
  auto made = connect(deadline);
  if (!made.ok()) give_back(nullptr);
  return made;
}

void PostgresPool::give_back(std::unique_ptr<PostgresConnection> connection) {
  if (connection != nullptr && connection->is_broken()) connection.reset();
  {
    const std::lock_guard lock(mutex_);
    if (connection != nullptr) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }
  returned_.notify_one();
}

PostgresPoolState PostgresPool::state() const {
  const std::lock_guard lock(mutex_);
  return {open_, open_ - static_cast<int>(idle_.size()), waiting_};
}

bool PostgresPool::is_fresh(const PostgresConnection& connection) const {
  const std::lock_guard lock(mutex_);
  return connection.last_used() > broken_before_ &&
         connection.last_used() + settings_.idle_check > steady_clock::now();
}

Result<std::unique_ptr<PostgresConnection>, Failure> PostgresPool::connect(Deadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (last_failure_.has_value() && steady_clock::now() < connect_again_at_) {
      return *last_failure_;
    }
  }
  auto made = connect_to_any(deadline);
  const std::lock_guard lock(mutex_);
  last_failure_.reset();
  if (!made.ok()) {
    last_failure_ = made.error();
    connect_again_at_ = steady_clock::now() + failure_lasts;
  }
  return made;
}

Result<std::unique_ptr<PostgresConnection>, Failure> PostgresPool::connect_to_any(
    Deadline deadline) {
  std::size_t first = 0;
  {
    const std::lock_guard lock(mutex_);
    first = last_good_;
  }
  std::optional<Failure> failure;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const std::size_t number = (first + i) % servers_.size();
    const Deadline until = std::min(deadline, steady_clock::now() + settings_.connect_timeout);
    auto made = PostgresConnection::connect(servers_[number], settings_.lock_timeout, until);
    if (made.ok()) {
      const std::lock_guard lock(mutex_);
      last_good_ = number;
      return made;
    }
    if (!failure.has_value() || failure->error.code == ErrorCode::unavailable) {
      failure = std::move(made).error();
    }
  }
  return *failure;
}

}  // namespace gatehouse::storage
