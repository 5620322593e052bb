// IoThread: one thread with its event loop and the connections that live on it. A coarse tick
// enforces all deadlines, so that a request costs no timer.

#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/core/function_ref.h"
#include "server/http/server/connection.h"

namespace gatehouse::http::server {

class IoThread {
 public:
  struct Deps {
    Application& application;
    Log& log;
    const Settings& settings;
    const Clock& clock;
    const TlsContext* tls;
    WorkerPool& workers;
    WorkerPool& hash_workers;
    std::atomic<std::size_t>& open_connections;
    std::function<void()> on_connection_gone;  // from this thread, after the count went down
  };
  IoThread(std::size_t index, const Deps& deps);
  // Closes everything at once.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void run();   // starts the thread
  void stop();  // ends it: no callback runs after this
  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  // For bytes beyond a connection's own small buffer; used within one callback.
  [[nodiscard]] std::span<char> scratch() { return scratch_; }

  // From any thread.
  void adopt(boost::asio::ip::tcp::socket socket);
  void answer(ConnectionId connection, StreamId stream, Response response);
  void drain();
  void abort_all();

  // Runs `act` on a connection of this thread and destroys the connection if that was its end.
  void enter(Connection& connection, FunctionRef<void(Deadline)> act);

 private:
  void loop();
  void start_connection(boost::asio::ip::tcp::socket socket);
  void for_each(FunctionRef<void(Connection&, Deadline)> act);
  void start_tick();

  const Deps deps_;
  DateLine date_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer tick_;
  std::vector<char> scratch_;
  const ConnectionParts parts_;
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  ConnectionId next_id_ = 1;
  bool is_draining_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::http::server
