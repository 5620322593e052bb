// Http2Client: the other end of an HTTP/2 connection, in memory, for tests. It speaks through a
// function, so that a test can connect it to a protocol or to a socket.

#pragma once

#include <nghttp2/nghttp2.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::http::server {

class Http2Client {
 public:
  struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::map<std::string, std::string> trailers;
    std::string body;
    bool is_closed = false;
    std::uint32_t error_code = 0;
  };
  struct Field {
    std::string name, value;
  };

  explicit Http2Client(std::vector<nghttp2_settings_entry> settings = {}) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  }
  ~Http2Client() { nghttp2_session_del(session_); }
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;

  // Begins a request; an empty body means none. Returns its stream.
  std::int32_t request(const std::string& method, const std::string& path,
                       const std::vector<Field>& more = {}, const std::string& body = {}) {
    return request(
        {{":method", method}, {":scheme", "http"}, {":authority", "a.test"}, {":path", path}}, more,
        body);
  }
  std::int32_t request(const std::vector<Field>& pseudo, const std::vector<Field>& more,
                       const std::string& body) {
    std::vector<nghttp2_nv> fields;
    for (const auto* list : {&pseudo, &more}) {
      for (const Field& field : *list) fields.push_back(to_nv(field));
    }
    nghttp2_data_provider provider{};
    provider.read_callback = read_body;
    const std::int32_t id = nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(),
                                                   body.empty() ? nullptr : &provider, nullptr);
    bodies_[id] = body;
    return id;
  }
  void reset(std::int32_t stream) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
  }

  // What there is to send.
  std::string take_output() {
    std::string bytes;
    for (;;) {
      const std::uint8_t* part = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_, &part);
      if (size <= 0) return bytes;
      bytes.append(reinterpret_cast<const char*>(part), static_cast<std::size_t>(size));
    }
  }
  void feed(std::string_view bytes) {
    nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                             bytes.size());
  }

  std::map<std::int32_t, Answer> answers;
  bool saw_goaway = false;
  std::uint32_t goaway_code = 0;

  // A frame as it goes over the wire [RFC 9113 §4.1].
  static std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                           const std::string& payload) {
    std::string bytes;
    for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<char>(payload.size() >> shift));
    bytes.push_back(static_cast<char>(type));
    bytes.push_back(static_cast<char>(flags));
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(stream >> shift));
    return bytes + payload;
  }

 private:
  static nghttp2_nv to_nv(const Field& field) {
    const auto bytes = [](const std::string& text) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    return {bytes(field.name), bytes(field.value), field.name.size(), field.value.size(),
            NGHTTP2_NV_FLAG_NONE};
  }
  static Http2Client& self(void* user_data) { return *static_cast<Http2Client*>(user_data); }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user_data) {
    Answer& answer = self(user_data).answers[frame->hd.stream_id];
    const std::string key(reinterpret_cast<const char*>(name), name_size);
    const std::string text(reinterpret_cast<const char*>(value), value_size);
    if (key == ":status") {
      answer.status = std::stoi(text);
    } else if (frame->headers.cat == NGHTTP2_HCAT_RESPONSE) {
      answer.headers[key] = text;
    } else {
      answer.trailers[key] = text;
    }
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                     std::size_t size, void* user_data) {
    self(user_data).answers[id].body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t error_code,
                      void* user_data) {
    self(user_data).answers[id].is_closed = true;
    self(user_data).answers[id].error_code = error_code;
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type != NGHTTP2_GOAWAY) return 0;
    self(user_data).saw_goaway = true;
    self(user_data).goaway_code = frame->goaway.error_code;
    return 0;
  }
  static ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source*, void* user_data) {
    std::string& left = self(user_data).bodies_[id];
    const std::size_t count = std::min(size, left.size());
    std::memcpy(to, left.data(), count);
    left.erase(0, count);
    if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }

  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, std::string> bodies_;
};

}  // namespace gatehouse::http::server
