// Http1Parser: one HTTP/1.1 request after another, from bytes to a checked Request
// [RFC 9112]. Boost.Beast's parser does the grammar; what it is lenient about (folded fields, lists
// of lengths, foreign transfer codings) is refused here, because two readings of one message are
// how requests are smuggled.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "server/http/message.h"
#include "server/http/server/target.h"

namespace gatehouse::http::server {

// An answer that the server gives by itself.
struct Refusal {
  int status;
  Reason reason;
};

// Looks for the end of a head in bytes that arrive piece by piece. Holds the limits on size and
// count, refuses bare LF and folded lines.
class HeadScan {
 public:
  // `bytes` is the head from its first byte on, longer than at the call before. Afterwards, if
  // there is no refusal, size() is the head's size with its empty line, or 0 if the end is not
  // there yet.
  [[nodiscard]] std::optional<Refusal> scan(std::string_view bytes);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t line_begin_ = 0;
  std::size_t scanned_ = 0;
  std::size_t lines_ = 0;
  std::size_t size_ = 0;
};

class Http1Parser {
 public:
  Http1Parser();
  ~Http1Parser();

  struct Head {
    bool keeps_alive = false;
    bool expects_continue = false;
    bool has_body = false;
    std::uint64_t content_length = 0;  // 0 if the body is chunked
  };
  // Parses a head that HeadScan found complete into `request`, which has to stay until the body is
  // parsed. The request's method is set even if the head is refused later on.
  [[nodiscard]] Result<Head, Refusal> parse_head(std::string_view head, Request& request);

  struct Progress {
    std::size_t taken = 0;
    bool is_complete = false;
  };
  // Goes on with the body, at most `body_bytes_max` in all, and the trailers. What is not taken has
  // to be there again, with more behind it, at the next call.
  [[nodiscard]] Result<Progress, Refusal> parse_body(std::string_view bytes,
                                                     std::size_t body_bytes_max);

 private:
  class Message;
  std::unique_ptr<Message> message_;
};

}  // namespace gatehouse::http::server
