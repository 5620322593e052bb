#include "server/http/server/io_thread.h"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace gatehouse::http::server {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t scratch_bytes = 64 * 1024;

// Often enough for the shortest deadline, seldom enough to cost nothing.
Duration tick_length(const Settings& settings) {
  const Duration shortest = std::min({settings.header_deadline, settings.body_deadline,
                                      settings.write_deadline, settings.connection_idle_max});
  return std::clamp(shortest / 4, Duration(5), Duration(250));
}

}  // namespace

IoThread::IoThread(std::size_t index, const Deps& deps)
    : deps_(deps),
      date_(deps.clock),
      io_(1),
      work_(io_.get_executor()),
      tick_(io_),
      scratch_(scratch_bytes),
      parts_{*this,    index,        deps.application,  deps.settings,
             deps.tls, deps.workers, deps.hash_workers, date_} {
  start_tick();
}

IoThread::~IoThread() { stop(); }

void IoThread::run() {
  thread_ = std::thread([this] { loop(); });
}

void IoThread::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void IoThread::loop() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& exception) {
      // Out of memory, at worst: the connection concerned is closed, the others go on.
      deps_.log.write(LogLevel::error, "io_thread_exception", {{"what", exception.what()}});
    }
  }
}

void IoThread::adopt(tcp::socket socket) {
  boost::asio::dispatch(
      io_, [this, socket = std::move(socket)]() mutable { start_connection(std::move(socket)); });
}

void IoThread::start_connection(tcp::socket socket) {
  const ConnectionId id = next_id_++;
  auto made = std::make_unique<Connection>(parts_, id, std::move(socket));
  Connection& connection = *made;
  connections_.emplace(id, std::move(made));
  enter(connection, [&](Deadline now) {
    if (is_draining_) return connection.abort();
    connection.start(now);
  });
}

void IoThread::answer(ConnectionId id, StreamId stream, Response response) {
  boost::asio::post(io_, [this, id, stream, response = std::move(response)]() mutable {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    Connection& connection = *found->second;
    enter(connection, [&](Deadline now) { connection.answer(stream, std::move(response), now); });
  });
}

void IoThread::drain() {
  boost::asio::post(io_, [this] {
    is_draining_ = true;
    for_each([](Connection& connection, Deadline now) { connection.drain(now); });
  });
}

void IoThread::abort_all() {
  boost::asio::post(
      io_, [this] { for_each([](Connection& connection, Deadline) { connection.abort(); }); });
}

void IoThread::enter(Connection& connection, FunctionRef<void(Deadline)> act) {
  const ConnectionId id = connection.id();
  try {
    act(std::chrono::steady_clock::now());
  } catch (const std::exception& exception) {
    deps_.log.write(LogLevel::error, "connection_exception", {{"what", exception.what()}});
    connection.abort();
  }
  if (!connection.is_gone()) return;
  connections_.erase(id);
  deps_.open_connections.fetch_sub(1);
  deps_.on_connection_gone();
}

void IoThread::for_each(FunctionRef<void(Connection&, Deadline)> act) {
  // A connection may end, and leave the map, while it is visited.
  for (auto next = connections_.begin(); next != connections_.end();) {
    Connection& connection = *next->second;
    ++next;
    enter(connection, [&](Deadline now) { act(connection, now); });
  }
}

void IoThread::start_tick() {
  tick_.expires_after(tick_length(deps_.settings));
  tick_.async_wait([this](const error_code& error) {
    if (error) return;
    for_each([](Connection& connection, Deadline now) { connection.expire(now); });
    start_tick();
  });
}

}  // namespace gatehouse::http::server
