// Runtime: an App with sockets and threads around it: the HTTP server, the mail sender, the jobs.
// Both `gatehouse dev` and `gatehouse serve` are this with different parts.

#pragma once

#include <optional>

#include "server/app/app.h"
#include "server/http/server/server.h"
#include "server/storage/sqlite/sqlite_database.h"

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

 private:
  Runtime(App& app, Log& log);

  App& app_;
  mail::SenderThread mail_;
  JobThread jobs_;
  std::unique_ptr<http::server::Server> server_;
};

// Blocks SIGINT and SIGTERM in this thread and those it starts, so that wait_for_stop receives
// them. Called first thing in main.
void hold_stop_signals();

enum class StopReason { signal, database_failed };
// Returns when the process is asked to stop, or when the database can keep nothing any more.
StopReason wait_for_stop(const storage::SqliteDatabase& database);

}  // namespace gatehouse::app
