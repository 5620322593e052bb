#include "server/http/server/http2.h"

#include <array>
#include <charconv>

#include "server/core/limits.h"
#include "server/http/server/http2_callbacks.h"

namespace gatehouse::http::server {
namespace {

// What a field costs in a header list beside its bytes [RFC 9113 §6.5.2].
constexpr std::size_t field_overhead_bytes = 32;
// A header list this many times over its limit is an attack on memory and ends the connection.
constexpr std::size_t header_list_abuse_factor = 4;
// Control frames that one complete exchange entitles to.
constexpr double controls_per_answer = 4;

Method method_of(std::string_view text) {
  for (const Method method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                              Method::delete_, Method::options}) {
    if (method_name(method) == text) return method;
  }
  return Method::other;
}

// Whether bytes begin with a whole message: a byte of flags, four of length, the message.
bool holds_message(std::string_view body) {
  constexpr std::size_t prefix_bytes = 5;
  if (body.size() < prefix_bytes) return false;
  std::size_t length = 0;
  for (std::size_t i = 1; i < prefix_bytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(body[i]);
  }
  return body.size() - prefix_bytes >= length;
}

bool is_bodyless(int status) { return status == 204 || status == 304; }

}  // namespace

Http2Protocol::Http2Protocol(ProtocolParts parts, Deadline now)
    : parts_(std::move(parts)),
      resets_({limits::h2_resets_burst_max, limits::h2_resets_per_second_max}),
      controls_({limits::h2_control_frames_burst_max, limits::h2_control_frames_per_second_max}),
      now_(now),
      resting_since_(now) {
  session_ = Callbacks::make_session(*this);
  if (!session_) {
    is_finished_ = true;
    return;
  }
  const std::array<nghttp2_settings_entry, 3> settings = {{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits::h2_streams_max},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits::request_head_bytes_max},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  }};
  if (nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) != 0) {
    is_finished_ = true;
  }
}

Http2Protocol::~Http2Protocol() { nghttp2_session_del(session_); }

bool Http2Protocol::wants_input() const {
  return !is_finished_ && nghttp2_session_want_read(session_) != 0 &&
         parts_.output.pending() < limits::output_buffer_bytes_max;
}

void Http2Protocol::feed(std::string_view bytes, Deadline now) {
  if (is_finished_) return;
  now_ = now;
  const ssize_t taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    const bool is_flood =
        taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS;
    terminate(is_flood ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR,
              is_flood ? "flood of frames" : "malformed frames");
  }
  if (is_in_header_block_) {
    header_block_bytes_ += bytes.size();
    if (header_block_bytes_ > limits::h2_header_block_bytes_max) {
      terminate(NGHTTP2_ENHANCE_YOUR_CALM, "header block too large");
    }
  }
  // Only now are handlers started: a stream that was reset in these same bytes never runs one.
  if (!ended_because_) start_ready_streams();
  produce();
}

void Http2Protocol::resume(Deadline now) {
  now_ = now;
  produce();
}

bool Http2Protocol::may_open_stream() const {
  return !ended_because_ && std::max(streams_.size(), running_) < limits::h2_streams_max;
}

void Http2Protocol::on_field(Stream& stream, std::string_view name, std::string_view value) {
  stream.field_bytes += name.size() + value.size() + field_overhead_bytes;
  if (stream.field_bytes > header_list_abuse_factor * limits::request_head_bytes_max) {
    return terminate(NGHTTP2_ENHANCE_YOUR_CALM, "header list too large");
  }
  if (stream.is_answered || stream.refusal) return;
  if (stream.field_bytes > limits::request_head_bytes_max) {
    stream.refusal = Refusal{431, "head too large"};
    return;
  }
  Request& request = stream.request;
  if (name == ":method") {
    stream.method_text = value;
  } else if (name == ":path") {
    stream.target = value;
  } else if (name == ":authority") {
    request.authority = value;
  } else if (name.starts_with(':')) {
    return;  // :scheme: what counts is how the connection was made
  } else if (++stream.fields > limits::request_fields_max) {
    stream.refusal = Refusal{431, "too many fields"};
  } else if (!is_field_name(name) || !is_field_value(value)) {
    stream.refusal = Refusal{400, "malformed field"};
  } else if (stream.is_head_complete) {
    request.trailers.add(name, value);
  } else if (name == "host") {
    stream.host = value;
  } else if (name == "cookie") {
    if (!stream.cookies.empty()) stream.cookies.append("; ");
    stream.cookies.append(value);
  } else {
    if (name == "content-length") {
      std::from_chars(value.data(), value.data() + value.size(), stream.content_length);
    }
    request.headers.add(name, value);
  }
}

void Http2Protocol::on_head_complete(Stream& stream) {
  stream.is_head_complete = true;
  stream.body_deadline = now_ + parts_.settings.body_deadline;
  ready_.push_back(stream.id);
}

void Http2Protocol::on_request_complete(Stream& stream) {
  stream.is_request_complete = true;
  ready_.push_back(stream.id);
}

void Http2Protocol::on_body_bytes(Stream& stream, std::string_view bytes) {
  plan_if_needed(stream);
  // What follows a message that is being answered already is not read.
  if (stream.is_answered || stream.is_started) return;
  if (bytes.size() > stream.plan.body_bytes_max - stream.request.body.size()) {
    return refuse(stream, {413, "body too large"});
  }
  if (bodies_bytes_ + bytes.size() > limits::h2_bodies_bytes_max) {
    return refuse(stream, {503, "too many bodies at once"});
  }
  bodies_bytes_ += bytes.size();
  stream.request.body.append(bytes);
  if (stream.plan.body == Plan::Body::first_message && holds_message(stream.request.body)) {
    ready_.push_back(stream.id);
    stream.is_request_complete = true;
  }
}

void Http2Protocol::on_stream_closed(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  bodies_bytes_ -= found->second->request.body.size();
  if (found->second->is_answered) controls_.give(controls_per_answer);
  streams_.erase(found);
  if (streams_.empty()) resting_since_ = now_;
}

void Http2Protocol::count_reset() {
  if (resets_.consume(now_) == RateLimit::Verdict::exceeded) {
    terminate(NGHTTP2_ENHANCE_YOUR_CALM, "flood of resets");
  }
}

void Http2Protocol::count_control() {
  if (controls_.consume(now_) == RateLimit::Verdict::exceeded) {
    terminate(NGHTTP2_ENHANCE_YOUR_CALM, "flood of control frames");
  }
}

void Http2Protocol::start_ready_streams() {
  std::vector<StreamId> ready;
  ready.swap(ready_);
  for (const StreamId id : ready) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) continue;
    Stream& stream = *found->second;
    plan_if_needed(stream);
    if (stream.refusal && !stream.is_answered) refuse(stream, *stream.refusal);
    if (stream.is_request_complete && !stream.is_started && !stream.is_answered) {
      start_handler(stream);
    }
  }
}

std::optional<Refusal> Http2Protocol::check_head(Stream& stream) const {
  if (stream.refusal) return stream.refusal;
  Request& request = stream.request;
  request.method = stream.method = method_of(stream.method_text);
  if (stream.method_text == "TRACE") return Refusal{405, "TRACE is not served"};
  if (stream.method_text == "CONNECT") return Refusal{501, "CONNECT is not served"};
  if (stream.target.size() > limits::request_target_bytes_max) {
    return Refusal{414, "target too long"};
  }
  if (!stream.target.starts_with('/')) return Refusal{400, "malformed target"};
  Result<ParsedTarget, Reason> target = parse_target(stream.target);
  if (!target.ok()) return Refusal{400, target.error()};
  request.path = std::move(target.value().path);
  request.query = std::move(target.value().query);

  const std::string& sent = request.authority.empty() ? stream.host : request.authority;
  Result<std::string, Reason> authority = parse_authority(sent);
  if (!authority.ok()) return Refusal{400, authority.error()};
  if (!stream.host.empty() && !equal_ignoring_case(stream.host, sent)) {
    return Refusal{400, "authority and Host differ"};
  }
  request.authority = std::move(authority).value();
  request.scheme = parts_.scheme;
  request.version = Version::http_2;
  request.peer_address = parts_.peer_address;
  if (!stream.cookies.empty()) request.headers.add("cookie", stream.cookies);
  return std::nullopt;
}

void Http2Protocol::plan_if_needed(Stream& stream) {
  if (stream.is_head_checked) return;
  stream.is_head_checked = true;
  if (const std::optional<Refusal> refusal = check_head(stream)) return refuse(stream, *refusal);
  stream.plan = parts_.carrier.plan(stream.request);
  if (stream.content_length > stream.plan.body_bytes_max) {
    refuse(stream, {413, "body too large"});
  }
}

void Http2Protocol::start_handler(Stream& stream) {
  stream.is_started = true;
  bodies_bytes_ -= stream.request.body.size();
  Request request = std::move(stream.request);
  stream.request = Request();
  ++running_;
  std::optional<Response> response =
      parts_.carrier.start(stream.id, std::move(request), stream.plan);
  if (!response) return;
  --running_;
  submit(stream, std::move(*response));
}

void Http2Protocol::answer(StreamId id, Response response, Deadline now) {
  now_ = now;
  if (running_ > 0) --running_;
  const auto found = streams_.find(id);
  if (found == streams_.end() || is_finished_) return;
  submit(*found->second, std::move(response));
  produce();
}

void Http2Protocol::submit(Stream& stream, Response response) {
  stream.is_answered = true;
  stream.marked_at = now_;
  stream.response = std::move(response);
  const Response& held = stream.response;
  const std::size_t body_size = held.body_view().size();
  const bool has_trailers = held.trailers.size() > 0;
  const bool is_headers_only = is_bodyless(held.status) || stream.method == Method::head ||
                               (body_size == 0 && !has_trailers);

  const std::string status = std::to_string(held.status);
  const std::string length = std::to_string(body_size);
  std::vector<nghttp2_nv> fields;
  fields.reserve(held.headers.size() + 3);
  fields.push_back(Callbacks::field(":status", status));
  fields.push_back(Callbacks::field("date", parts_.date.text()));
  if (!is_bodyless(held.status) && !has_trailers) {
    fields.push_back(Callbacks::field("content-length", length));
  }
  for (std::size_t i = 0; i < held.headers.size(); ++i) {
    fields.push_back(Callbacks::field(held.headers.at(i).name, held.headers.at(i).value));
  }
  nghttp2_data_provider body{};
  body.read_callback = Callbacks::read_body;
  if (nghttp2_submit_response(session_, stream.id, fields.data(), fields.size(),
                              is_headers_only ? nullptr : &body) != 0) {
    terminate(NGHTTP2_INTERNAL_ERROR, "answer not accepted");
  }
}

void Http2Protocol::refuse(Stream& stream, Refusal refusal) {
  parts_.carrier.refused(refusal.status, refusal.reason);
  submit(stream, plain_text(refusal.status, reason_phrase(refusal.status)));
}

// May be called while nghttp2 is reading or writing, so it only notes what produce() carries out.
void Http2Protocol::terminate(std::uint32_t error_code, const char* reason) {
  if (ended_because_) return;
  ended_because_ = reason;
  ended_with_ = error_code;
  parts_.carrier.refused(0, reason);
}

void Http2Protocol::produce() {
  bool is_terminating = false;
  while (!is_finished_ && parts_.output.pending() < limits::output_buffer_bytes_max) {
    if (ended_because_ && !is_terminating) {
      is_terminating = true;
      if (nghttp2_session_terminate_session(session_, ended_with_) != 0) is_finished_ = true;
    }
    const std::uint8_t* bytes = nullptr;
    const ssize_t count = nghttp2_session_mem_send(session_, &bytes);
    if (count < 0) is_finished_ = true;
    if (count <= 0) break;
    parts_.output.append({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count)});
  }
  if (ended_because_ ||
      (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0)) {
    is_finished_ = true;
  }
}

void Http2Protocol::expire(Deadline now) {
  if (is_finished_) return;
  now_ = now;
  if (is_resting() && now - resting_since_ >= parts_.settings.connection_idle_max) {
    drain();
    is_finished_ = true;
    return;
  }
  if (is_in_header_block_ && now - header_block_since_ >= parts_.settings.header_deadline) {
    terminate(NGHTTP2_PROTOCOL_ERROR, "head too slow");
  }
  for (const auto& [id, stream] : streams_) expire_stream(*stream);
  produce();
}

void Http2Protocol::expire_stream(Stream& stream) {
  if (!stream.is_answered) {
    const bool is_waiting = stream.is_head_complete && !stream.is_request_complete;
    if (is_waiting && now_ >= stream.body_deadline) refuse(stream, {408, "body too slow"});
    return;
  }
  if (now_ - stream.marked_at < parts_.settings.write_deadline) return;
  if (stream.sent - stream.sent_at_mark < limits::write_progress_bytes_min) {
    return terminate(NGHTTP2_ENHANCE_YOUR_CALM, "reader too slow");
  }
  stream.marked_at = now_;
  stream.sent_at_mark = stream.sent;
}

void Http2Protocol::end_of_input() { is_finished_ = true; }

void Http2Protocol::drain() {
  if (is_finished_ || is_draining_) return;
  is_draining_ = true;
  if (nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                            nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                            nullptr, 0) != 0) {
    is_finished_ = true;
  }
  produce();
}

}  // namespace gatehouse::http::server
