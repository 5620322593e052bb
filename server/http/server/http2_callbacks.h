// The functions nghttp2 calls back: from its C types to the methods of Http2Protocol.

#pragma once

#include <nghttp2/nghttp2.h>

#include "server/http/server/http2_stream.h"

namespace gatehouse::http::server {

struct Http2Protocol::Callbacks {
  // A server session with our options; null if there is no memory.
  [[nodiscard]] static nghttp2_session* make_session(Http2Protocol& protocol);

  [[nodiscard]] static Http2Protocol& self(void* user_data) {
    return *static_cast<Http2Protocol*>(user_data);
  }
  [[nodiscard]] static Stream* stream_of(nghttp2_session* session, StreamId id) {
    return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static int on_begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user_data);
  static int on_begin_headers(nghttp2_session*, const nghttp2_frame*, void* user_data);
  static int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t flags, void* user_data);
  static int on_frame_recv(nghttp2_session*, const nghttp2_frame*, void* user_data);
  static int on_data_chunk(nghttp2_session*, std::uint8_t flags, StreamId id,
                           const std::uint8_t* data, std::size_t size, void* user_data);
  static int on_stream_close(nghttp2_session*, StreamId id, std::uint32_t error_code,
                             void* user_data);
  static int on_frame_send(nghttp2_session*, const nghttp2_frame*, void* user_data);
  static int on_invalid_frame(nghttp2_session*, const nghttp2_frame*, int error, void* user_data);
  static ssize_t read_body(nghttp2_session*, StreamId id, std::uint8_t* to, std::size_t size,
                           std::uint32_t* data_flags, nghttp2_data_source*, void* user_data);

  // name and value have to live until nghttp2 has copied them, which submitting does.
  [[nodiscard]] static nghttp2_nv field(std::string_view name, std::string_view value);
};

}  // namespace gatehouse::http::server
