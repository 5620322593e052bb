// Http2Protocol: HTTP/2 [RFC 9113] on top of nghttp2, which does frames, HPACK and flow control.
// What nghttp2 leaves to its user is held here: the size of header lists, floods of resets and of
// control frames, memory of bodies, peers that stop reading.

#pragma once

#include <map>
#include <memory>
#include <vector>

#include "server/http/server/http1_parser.h"
#include "server/http/server/protocol.h"
#include "server/http/server/rate_limit.h"

struct nghttp2_session;

namespace gatehouse::http::server {

class Http2Protocol final : public Protocol {
 public:
  // `feed` starts with the client's connection preface.
  Http2Protocol(ProtocolParts parts, Deadline now);
  ~Http2Protocol() override;

  void feed(std::string_view bytes, Deadline now) override;
  void answer(StreamId stream, Response response, Deadline now) override;
  void resume(Deadline now) override;
  void expire(Deadline now) override;
  void end_of_input() override;
  void drain() override;
  [[nodiscard]] bool wants_input() const override;
  [[nodiscard]] bool is_finished() const override { return is_finished_; }
  [[nodiscard]] bool is_resting() const override { return streams_.empty() && running_ == 0; }

 private:
  struct Stream;
  struct Callbacks;  // nghttp2 calls back into these
  friend struct Callbacks;

  // From the callbacks, while nghttp2 reads.
  [[nodiscard]] bool may_open_stream() const;
  void on_field(Stream& stream, std::string_view name, std::string_view value);
  void on_head_complete(Stream& stream);
  void on_body_bytes(Stream& stream, std::string_view bytes);
  void on_request_complete(Stream& stream);
  void on_stream_closed(StreamId id);
  void count_reset();
  void count_control();

  // After nghttp2 has read.
  void start_ready_streams();
  [[nodiscard]] std::optional<Refusal> check_head(Stream& stream) const;
  void plan_if_needed(Stream& stream);
  void start_handler(Stream& stream);
  void submit(Stream& stream, Response response);
  void refuse(Stream& stream, Refusal refusal);
  void produce();
  void terminate(std::uint32_t error_code, const char* reason);
  void expire_stream(Stream& stream);

  ProtocolParts parts_;
  nghttp2_session* session_ = nullptr;
  std::map<StreamId, std::unique_ptr<Stream>> streams_;
  std::vector<StreamId> ready_;  // streams whose head or body has become complete
  std::size_t running_ = 0;      // handlers at work, also of streams that are gone
  std::size_t bodies_bytes_ = 0;
  RateLimit resets_;
  RateLimit controls_;
  Deadline now_;
  Deadline resting_since_;
  Deadline header_block_since_{};
  bool is_in_header_block_ = false;
  std::size_t header_block_bytes_ = 0;
  const char* ended_because_ = nullptr;  // set in callbacks; the session is terminated afterwards
  std::uint32_t ended_with_ = 0;
  bool is_draining_ = false;
  bool is_finished_ = false;
};

}  // namespace gatehouse::http::server
