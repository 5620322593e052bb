// Connection: one accepted socket from its first byte to its last, on one I/O thread. It owns the
// socket and moves bytes between it, TLS and the protocol; it enforces what has to do with the wire
// itself: the handshake, slow readers, closing without losing the last answer.

#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "server/http/server/protocol.h"
#include "server/http/server/tls.h"
#include "server/http/server/worker_pool.h"

namespace gatehouse::http::server {

using ConnectionId = std::uint64_t;

class IoThread;

// What every connection of an I/O thread uses.
struct ConnectionParts {
  IoThread& thread;
  std::size_t thread_index;
  Application& application;
  const Settings& settings;
  const TlsContext* tls;  // null: clear text
  WorkerPool& workers;
  WorkerPool& hash_workers;
  DateLine& date;
};

// Calls the handler; what it throws, which it must not, becomes an answer 500.
[[nodiscard]] Response handle_safely(Application& application, Request request, const Plan& plan);

class Connection final : public Carrier {
 public:
  Connection(const ConnectionParts& parts, ConnectionId id, boost::asio::ip::tcp::socket socket);

  // Each of these is called by the I/O thread, which afterwards destroys the connection if
  // is_gone().
  void start(Deadline now);
  void answer(StreamId stream, Response response, Deadline now);
  void expire(Deadline now);
  void drain(Deadline now);
  void abort();

  [[nodiscard]] ConnectionId id() const { return id_; }
  // Closed, and no operation on the socket is left that would call back.
  [[nodiscard]] bool is_gone() const { return is_closed_ && !is_reading_ && !is_writing_; }

  // Carrier
  Plan plan(const Request& head) override { return parts_.application.plan(head); }
  std::optional<Response> start(StreamId stream, Request request, const Plan& plan) override;
  void refused(int status, const char* reason) override;

 private:
  enum class Verdict { go_on, stop };

  void read();
  void on_read(std::size_t count, Deadline now);
  void read_on(Deadline now);
  void on_input_ended(Deadline now);
  void take_wire_bytes(std::string_view bytes, Deadline now);
  void take_plain_bytes(std::string_view bytes, Deadline now);
  void choose_protocol(std::string_view bytes, Deadline now);
  void make_protocol(Version version, Deadline now);

  // Sends, resumes, closes, reads on: whatever is possible now. The end of every entry.
  void settle(Deadline now);
  void send_all(Deadline now);
  Verdict send_some(Deadline now);
  void wait_until_writable();
  void finish(Deadline now);
  void close();
  [[nodiscard]] Output& wire() { return tls_ ? encrypted_ : output_; }

  const ConnectionParts parts_;
  const ConnectionId id_;
  boost::asio::ip::tcp::socket socket_;
  std::string peer_address_;
  std::unique_ptr<TlsSession> tls_;
  std::unique_ptr<Protocol> protocol_;  // null until the first bytes tell which
  std::string prelude_;                 // those first bytes
  Output output_;
  Output encrypted_;

  Deadline opened_at_{};
  Deadline began_at_{};   // first byte ever
  Deadline active_at_{};  // last byte
  Deadline marked_at_{};  // since then the reader owes us progress
  Deadline linger_until_{};
  std::size_t sent_since_mark_ = 0;

  bool is_reading_ = false;  // an operation on the socket is under way
  bool is_writing_ = false;
  bool is_behind_ = false;  // the socket took less than there was
  bool is_input_ended_ = false;
  bool is_lingering_ = false;  // everything is sent; what still comes is thrown away
  bool is_closed_ = false;
  std::array<char, 4096> input_;
};

}  // namespace gatehouse::http::server
