#include "server/http/server/http2_callbacks.h"

#include <algorithm>
#include <cstring>

#include "server/core/limits.h"

namespace gatehouse::http::server {
namespace {

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

bool ends_stream(const nghttp2_frame_hd& head) {
  return (head.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

struct DeleteOptions {
  void operator()(nghttp2_option* options) const { nghttp2_option_del(options); }
};
struct DeleteCallbacks {
  void operator()(nghttp2_session_callbacks* callbacks) const {
    nghttp2_session_callbacks_del(callbacks);
  }
};

std::unique_ptr<nghttp2_option, DeleteOptions> make_options() {
  nghttp2_option* options = nullptr;
  if (nghttp2_option_new(&options) != 0) return nullptr;
  nghttp2_option_set_max_outbound_ack(options, 100);
  nghttp2_option_set_max_continuations(options, limits::h2_continuations_max);
  nghttp2_option_set_no_closed_streams(options, 1);
  return std::unique_ptr<nghttp2_option, DeleteOptions>(options);
}

}  // namespace

nghttp2_session* Http2Protocol::Callbacks::make_session(Http2Protocol& protocol) {
  nghttp2_session_callbacks* raw = nullptr;
  if (nghttp2_session_callbacks_new(&raw) != 0) return nullptr;
  const std::unique_ptr<nghttp2_session_callbacks, DeleteCallbacks> callbacks(raw);
  nghttp2_session_callbacks_set_on_begin_frame_callback(raw, on_begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(raw, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(raw, on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(raw, on_frame_recv);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(raw, on_data_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(raw, on_stream_close);
  nghttp2_session_callbacks_set_on_frame_send_callback(raw, on_frame_send);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(raw, on_invalid_frame);
  const auto options = make_options();
  nghttp2_session* session = nullptr;
  if (!options || nghttp2_session_server_new2(&session, raw, &protocol, options.get()) != 0) {
    return nullptr;
  }
  return session;
}

int Http2Protocol::Callbacks::on_begin_frame(nghttp2_session*, const nghttp2_frame_hd* head,
                                             void* user_data) {
  const bool is_useful = head->type == NGHTTP2_HEADERS || head->type == NGHTTP2_CONTINUATION ||
                         head->type == NGHTTP2_GOAWAY || head->type == NGHTTP2_RST_STREAM ||
                         (head->type == NGHTTP2_DATA && (head->length > 0 || ends_stream(*head)));
  if (!is_useful) self(user_data).count_control();
  if (head->type == NGHTTP2_RST_STREAM) self(user_data).count_reset();
  return 0;
}

int Http2Protocol::Callbacks::on_begin_headers(nghttp2_session* session, const nghttp2_frame* frame,
                                               void* user_data) {
  Http2Protocol& protocol = self(user_data);
  const StreamId id = frame->hd.stream_id;
  protocol.is_in_header_block_ = true;
  protocol.header_block_since_ = protocol.now_;
  protocol.header_block_bytes_ = 0;
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  if (!protocol.may_open_stream()) {
    // nghttp2 enforces the announced number only once the client has acknowledged it, and does not
    // know of handlers whose streams were reset.
    return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
  }
  auto& stream = protocol.streams_[id];
  stream = std::make_unique<Stream>(id);
  return nghttp2_session_set_stream_user_data(session, id, stream.get());
}

int Http2Protocol::Callbacks::on_header(nghttp2_session* session, const nghttp2_frame* frame,
                                        const std::uint8_t* name, std::size_t name_size,
                                        const std::uint8_t* value, std::size_t value_size,
                                        std::uint8_t, void* user_data) {
  Stream* stream = stream_of(session, frame->hd.stream_id);
  if (stream) self(user_data).on_field(*stream, view(name, name_size), view(value, value_size));
  return 0;
}

int Http2Protocol::Callbacks::on_frame_recv(nghttp2_session* session, const nghttp2_frame* frame,
                                            void* user_data) {
  Http2Protocol& protocol = self(user_data);
  if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
  if (frame->hd.type == NGHTTP2_HEADERS) protocol.is_in_header_block_ = false;
  Stream* stream = stream_of(session, frame->hd.stream_id);
  if (!stream) return 0;
  if (!stream->is_head_complete) protocol.on_head_complete(*stream);
  if (ends_stream(frame->hd)) protocol.on_request_complete(*stream);
  return 0;
}

int Http2Protocol::Callbacks::on_data_chunk(nghttp2_session* session, std::uint8_t, StreamId id,
                                            const std::uint8_t* data, std::size_t size,
                                            void* user_data) {
  Stream* stream = stream_of(session, id);
  if (stream) self(user_data).on_body_bytes(*stream, view(data, size));
  return 0;
}

int Http2Protocol::Callbacks::on_stream_close(nghttp2_session*, StreamId id, std::uint32_t,
                                              void* user_data) {
  self(user_data).on_stream_closed(id);
  return 0;
}

int Http2Protocol::Callbacks::on_frame_send(nghttp2_session* session, const nghttp2_frame* frame,
                                            void* user_data) {
  const bool is_reset = frame->hd.type == NGHTTP2_RST_STREAM;
  // What makes us reset streams costs as much as resets that the peer sends itself.
  if (is_reset && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) self(user_data).count_reset();
  const bool is_answer = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  if (!is_answer || !ends_stream(frame->hd)) return 0;
  const Stream* stream = stream_of(session, frame->hd.stream_id);
  if (!stream || stream->is_request_complete) return 0;
  // Answered before the request was complete: the rest of it is not wanted [RFC 9113 §8.1].
  return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                   NGHTTP2_NO_ERROR);
}

int Http2Protocol::Callbacks::on_invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int,
                                               void* user_data) {
  if (frame->hd.type == NGHTTP2_HEADERS) self(user_data).is_in_header_block_ = false;
  self(user_data).count_control();
  return 0;
}

ssize_t Http2Protocol::Callbacks::read_body(nghttp2_session* session, StreamId id, std::uint8_t* to,
                                            std::size_t size, std::uint32_t* data_flags,
                                            nghttp2_data_source*, void* user_data) {
  Stream* stream = stream_of(session, id);
  if (!stream) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const std::string_view left = stream->response.body_view().substr(stream->sent);
  const std::size_t count = std::min(size, left.size());
  std::memcpy(to, left.data(), count);
  stream->sent += count;
  self(user_data).controls_.give(4);  // windows and pings that honest readers send in return
  if (count < left.size()) return static_cast<ssize_t>(count);
  *data_flags |= NGHTTP2_DATA_FLAG_EOF;
  const Headers& trailers = stream->response.trailers;
  if (trailers.size() == 0) return static_cast<ssize_t>(count);
  *data_flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  std::vector<nghttp2_nv> fields;
  for (std::size_t i = 0; i < trailers.size(); ++i) {
    fields.push_back(field(trailers.at(i).name, trailers.at(i).value));
  }
  if (nghttp2_submit_trailer(session, id, fields.data(), fields.size()) != 0) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  return static_cast<ssize_t>(count);
}

nghttp2_nv Http2Protocol::Callbacks::field(std::string_view name, std::string_view value) {
  // nghttp2's type is not const, but it reads only: without NO_COPY it copies, and lowers the name.
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return nghttp2_nv{bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace gatehouse::http::server
