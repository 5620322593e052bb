// Protocol: one version of HTTP as a machine that takes bytes and gives bytes. It knows no socket,
// no thread and no clock; the connection that carries it brings all three. HTTP/1.1 and HTTP/2 are
// its two implementations, and fuzz targets drive them directly.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/core/time.h"
#include "server/http/message.h"
#include "server/http/server/date_line.h"
#include "server/http/server/output.h"
#include "server/http/server/server.h"

namespace gatehouse::http::server {

// Names one request of a connection while its answer is awaited.
using StreamId = std::int32_t;

// What a protocol asks of whoever carries it.
class Carrier {
 public:
  virtual ~Carrier() = default;
  virtual Plan plan(const Request& head) = 0;
  // The request is complete. Returns the answer if it is at hand; otherwise it comes later through
  // Protocol::answer(), exactly once, unless the connection ends before.
  virtual std::optional<Response> start(StreamId stream, Request request, const Plan& plan) = 0;
  // The protocol answered by itself, or ends without an answer (status 0).
  virtual void refused(int status, const char* reason) = 0;
};

// What a protocol is given for its whole life.
struct ProtocolParts {
  Carrier& carrier;
  Output& output;
  DateLine& date;
  const Settings& settings;
  Scheme scheme = Scheme::http;
  std::string peer_address;
};

class Protocol {
 public:
  virtual ~Protocol() = default;

  // Bytes from the other end. All of them are taken; wants_input() says whether more are welcome.
  virtual void feed(std::string_view bytes, Deadline now) = 0;
  // The answer to a request that start() left open.
  virtual void answer(StreamId stream, Response response, Deadline now) = 0;
  // There is room in the output: go on with what was put off.
  virtual void resume(Deadline now) = 0;
  // Time has passed: enforce the deadlines.
  virtual void expire(Deadline now) = 0;
  // Nothing more will come from the other end.
  virtual void end_of_input() = 0;
  // Finish what is under way, begin nothing new.
  virtual void drain() = 0;

  [[nodiscard]] virtual bool wants_input() const = 0;
  // Close the connection as soon as the output is sent.
  [[nodiscard]] virtual bool is_finished() const = 0;
  // No request is under way: memory kept for speed may be given back.
  [[nodiscard]] virtual bool is_resting() const = 0;
};

}  // namespace gatehouse::http::server
