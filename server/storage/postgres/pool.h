// The connections of one PostgresDatabase. Private to the driver; safe from any thread.

#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "server/storage/postgres/connection.h"
#include "server/storage/postgres/postgres_database.h"

namespace gatehouse::storage {

class PostgresPool {
 public:
  // Errors: invalid_argument, the connection string.
  static Result<std::unique_ptr<PostgresPool>, Error> make(const PostgresSettings& settings);
  PostgresPool(const PostgresSettings& settings, std::vector<ServerAddress> servers);
  PostgresPool(const PostgresPool&) = delete;
  PostgresPool& operator=(const PostgresPool&) = delete;

  // A connection, waiting for one or making one until `deadline`. When nobody answered a moment
  // ago, the same answer comes at once: whoever waits for a database that is away holds a thread.
  Result<std::unique_ptr<PostgresConnection>, Failure> take(Deadline deadline);
  // A new one in the place of `broken`, one of ours. Those made before it are taken to be broken
  // too. On failure the place is free.
  Result<std::unique_ptr<PostgresConnection>, Failure> replace(
      std::unique_ptr<PostgresConnection> broken, Deadline deadline);
  // Null gives back the place only.
  void give_back(std::unique_ptr<PostgresConnection> connection);

  [[nodiscard]] PostgresPoolState state() const;

 private:
  Result<std::unique_ptr<PostgresConnection>, Failure> connect(Deadline deadline);
  Result<std::unique_ptr<PostgresConnection>, Failure> connect_to_any(Deadline deadline);
  [[nodiscard]] bool is_fresh(const PostgresConnection& connection) const;

  const PostgresSettings settings_;
  const std::vector<ServerAddress> servers_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable returned_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  int open_ = 0;
  int waiting_ = 0;
  std::size_t last_good_ = 0;       // of servers_: asked first
  Deadline broken_before_ = {};     // connections last used before this are of no use
  Deadline connect_again_at_ = {};  // not before
  std::optional<Failure> last_failure_;
};

}  // namespace gatehouse::storage
