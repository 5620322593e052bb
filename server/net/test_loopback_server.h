// A server on a free loopback port, for tests of the clients in this folder: one connection after
// another is given to a function that reads and writes it, on a thread of the server's own.

#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "server/core/ensure.h"

namespace gatehouse::net {

class LoopbackConnection {
 public:
  explicit LoopbackConnection(int socket) : socket_(socket) {}
  ~LoopbackConnection() { close(socket_); }
  LoopbackConnection(const LoopbackConnection&) = delete;
  LoopbackConnection& operator=(const LoopbackConnection&) = delete;

  // The bytes up to and with `end`; shorter if the other side closed.
  std::string read_until(std::string_view end) {
    while (buffer_.find(end) == std::string::npos && receive()) {
    }
    const auto at = buffer_.find(end);
    return take(at == std::string::npos ? buffer_.size() : at + end.size());
  }
  std::string read_exactly(std::size_t size) {
    while (buffer_.size() < size && receive()) {
    }
    return take(std::min(size, buffer_.size()));
  }
  // Waits until the other side closes.
  void wait_for_close() {
    while (receive()) {
    }
  }
  // False once the other side is gone.
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

 private:
  bool receive() {
    char bytes[4096];
    const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t size) {
    std::string out = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return out;
  }

  int socket_;
  std::string buffer_;
};

class LoopbackServer {
 public:
  using Serve = std::function<void(LoopbackConnection&)>;

  explicit LoopbackServer(Serve serve) : serve_(std::move(serve)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ENSURE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    ENSURE(listen(listener_, 8) == 0);
    ENSURE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    ENSURE(pipe(stop_pipe_) == 0);
    thread_ = std::thread([this] { run(); });
  }
  ~LoopbackServer() {
    ENSURE(::write(stop_pipe_[1], "x", 1) == 1);
    thread_.join();
    for (const int descriptor : {listener_, stop_pipe_[0], stop_pipe_[1]}) close(descriptor);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void run() {
    while (true) {
      pollfd ready[2] = {{listener_, POLLIN, 0}, {stop_pipe_[0], POLLIN, 0}};
      if (poll(ready, 2, -1) < 0 || (ready[1].revents & POLLIN) != 0) return;
      const int accepted = accept(listener_, nullptr, nullptr);
      if (accepted < 0) continue;
      ++connections_;
      LoopbackConnection connection(accepted);
      serve_(connection);
    }
  }

  Serve serve_;
  int listener_ = -1;
  int stop_pipe_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

}  // namespace gatehouse::net
