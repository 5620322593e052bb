// Http2Protocol::Stream: one request and its answer.

#pragma once

#include "server/http/server/http2.h"

namespace gatehouse::http::server {

struct Http2Protocol::Stream {
  explicit Stream(StreamId stream_id) : id(stream_id) {}

  const StreamId id;
  Request request;
  Method method = Method::get;  // stays when the request moves on

  // The head while it is collected.
  std::string method_text;
  std::string target;
  std::string host;     // the Host field, should there be one
  std::string cookies;  // crumbs joined again [RFC 9113 §8.2.3]
  std::uint64_t content_length = 0;
  std::size_t field_bytes = 0;
  std::size_t fields = 0;
  std::optional<Refusal> refusal;
  bool is_head_complete = false;
  bool is_head_checked = false;

  Plan plan;
  bool is_request_complete = false;
  bool is_started = false;  // a handler has the request
  Deadline body_deadline{};

  // The answer, from is_answered on.
  bool is_answered = false;
  Response response;
  std::size_t sent = 0;  // of the body, handed to the connection
  std::size_t sent_at_mark = 0;
  Deadline marked_at{};
};

}  // namespace gatehouse::http::server
