// Http1Protocol: HTTP/1.1 and what is left of HTTP/1.0 [RFC 9112]. Requests of one connection are
// handled strictly one after another; what is pipelined behind the current one waits unparsed.

#pragma once

#include "server/http/server/http1_parser.h"
#include "server/http/server/protocol.h"

namespace gatehouse::http::server {

class Http1Protocol final : public Protocol {
 public:
  Http1Protocol(ProtocolParts parts, Deadline now);

  void feed(std::string_view bytes, Deadline now) override;
  void answer(StreamId stream, Response response, Deadline now) override;
  void resume(Deadline now) override;
  void expire(Deadline now) override;
  void end_of_input() override;
  void drain() override;
  [[nodiscard]] bool wants_input() const override;
  [[nodiscard]] bool is_finished() const override { return phase_ == Phase::finished; }
  [[nodiscard]] bool is_resting() const override { return phase_ == Phase::idle; }

 private:
  enum class Phase { idle, head, body, handling, finished };

  [[nodiscard]] bool has_room() const;
  // Each takes what it can from the front of `bytes` and returns how much that was.
  std::size_t take(std::string_view bytes, Deadline now);
  std::size_t take_head(std::string_view bytes, Deadline now);
  std::size_t take_body(std::string_view bytes, Deadline now);
  void begin_request(const Http1Parser::Head& head, std::string_view following, Deadline now);
  void start_handler(Deadline now);
  void write(Response response, Method method);
  void finish_answer(Response response, Deadline now);
  void refuse(Refusal refusal);

  ProtocolParts parts_;
  Phase phase_ = Phase::idle;
  Deadline deadline_;  // of the phase; none while handling
  HeadScan scan_;
  Http1Parser parser_;
  Request request_;
  Plan plan_;
  Method method_ = Method::get;  // of the request being handled, which itself has moved on
  Version version_ = Version::http_1_1;
  bool keeps_alive_ = true;
  bool is_draining_ = false;
  bool blank_line_skipped_ = false;
  std::string carry_;  // received, not yet taken
};

}  // namespace gatehouse::http::server
