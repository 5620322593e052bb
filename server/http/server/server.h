// Server: one port that speaks HTTP/1.1 and HTTP/2, in clear (h2 by prior knowledge) or over TLS
// (h2 by ALPN). Bytes in, Requests to the Application; Responses from it, bytes out. All limits of
// core/limits.h are held here.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/core/error.h"
#include "server/core/limits.h"
#include "server/core/log.h"
#include "server/core/result.h"
#include "server/core/time.h"
#include "server/http/message.h"

namespace gatehouse::http::server {

// Where a request's handler runs.
enum class Run {
  inline_,  // on the connection's I/O thread: it computes, or reads memory or the embedded database
  pooled,   // on the bounded worker pool: it may wait (a durable commit, another machine)
  hash,     // on the small pool for deliberately slow password hashing
};

// What the application decides from the head alone, before any body is read.
struct Plan {
  Run run = Run::inline_;
  std::size_t body_bytes_max = 0;  // more is answered with 413, the body unread
  const void* route = nullptr;     // handed back to handle(); means nothing to the server
  // When the body counts as there: once it has ended, or (HTTP/2 only) as soon as it holds a whole
  // message of gRPC's framing, for callers that wait for an answer before they end their stream.
  enum class Body { whole, first_message } body = Body::whole;
  // When the request began to wait for a thread; set by the server, absent where it did not.
  std::optional<std::chrono::steady_clock::time_point> queued_at = std::nullopt;
};

class Application {
 public:
  virtual ~Application() = default;
  // On the I/O thread, once the head is complete (body and trailers are empty). Must be quick.
  virtual Plan plan(const Request& head) = 0;
  // On the thread that `plan.run` names. Never throws: failed checks are its own to catch.
  // It also writes the access log line and counts: it sees every request but those the server
  // refuses by itself (malformed, too large, too slow), which go to refused().
  virtual Response handle(Request request, const Plan& plan) = 0;
  // The server answered by itself, or closed without an answer (status 0). `reason` is a short
  // literal such as "head too large". Counts and logs; never called with request bytes.
  virtual void refused(int status, const char* reason, const std::string& peer_address) = 0;
};

struct Settings {
  std::string bind_address = "127.0.0.1";
  std::uint16_t port = 0;            // 0: any free port, see Server::port
  std::string tls_certificate_path;  // PEM chain; both or neither
  std::string tls_key_path;
  std::string tls_addressed_certificate_path = {};  // see TlsContext::Files
  int io_threads = 1;
  int worker_threads = 32;
  int hash_threads = 1;
  std::size_t worker_queue_max = 1024;  // beyond it: 503 with Retry-After, at once
  // Limits of core/limits.h that tests shorten.
  Duration header_deadline = limits::header_deadline;
  Duration body_deadline = limits::body_deadline;
  Duration write_deadline = limits::write_deadline;
  Duration connection_idle_max = limits::connection_idle_max;
  Duration drain_deadline = limits::drain_deadline;
  std::size_t connections_max = limits::connections_max;
};

class Server {
 public:
  // Binds and starts its threads; the application is called from now on and must outlive the
  // server. Errors: unavailable (address in use), invalid_argument (TLS files), each saying which.
  static Result<std::unique_ptr<Server>, Error> start(Application& application, Log& log,
                                                      Settings settings);
  virtual ~Server() = default;  // stops at once if drain() was not called

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::size_t open_connections() const = 0;
  // Stops accepting, lets requests under way finish (HTTP/1.1 answers carry Connection: close,
  // HTTP/2 gets GOAWAY), closes idle connections at once, and returns when all are gone or
  // drain_deadline is over.
  virtual void drain() = 0;
};

}  // namespace gatehouse::http::server
