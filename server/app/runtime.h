// Runtime: an App with sockets and threads around it: the HTTP server, the mail sender, the jobs.
// Both `gatehouse dev` and `gatehouse serve` are this with different parts.

#pragma once

#include <atomic>
#include <optional>

#include "server/app/app.h"
#include "server/http/server/server.h"
#include "server/storage/open.h"
#include "server/storage/postgres/listener.h"

namespace gatehouse::app {

class Runtime {
 public:
  // Starts everything; the app is ready when this returns. The app outlives the runtime.
  static Result<std::unique_ptr<Runtime>, Error> start(App& app, Log& log,
                                                       http::server::Settings settings);
  // Stops taking requests, finishes those under way, then stops the threads.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  // Hears at once of what other nodes change, and tells them, where the database can; they look
  // twice a second in any case. Errors: those of PostgresListener::start.
  Result<Unit, Error> listen_for_changes(const storage::Location& location);

 private:
  Runtime(App& app, Log& log);

  App& app_;
  mail::SenderThread mail_;
  JobThreads jobs_;
  std::unique_ptr<storage::PostgresListener> listener_;         // absent: nobody tells
  std::atomic<storage::PostgresListener*> announcer_{nullptr};  // the same, for other threads
  std::unique_ptr<http::server::Server> server_;
};

// Blocks SIGINT and SIGTERM in this thread and those it starts, so that wait_for_stop receives
// them. Called first thing in main.
void hold_stop_signals();

enum class StopReason { signal, database_failed };
// Returns when the process is asked to stop, or when the database can keep nothing any more.
StopReason wait_for_stop(const storage::Database& database);

}  // namespace gatehouse::app
