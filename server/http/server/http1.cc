#include "server/http/server/http1.h"

#include <array>
#include <charconv>

#include "server/core/limits.h"

namespace gatehouse::http::server {
namespace {

constexpr std::string_view crlf = "\r\n";

// Answers of these kinds have no body and no length [RFC 9110 §6.4.1].
bool is_bodyless(int status) { return status == 204 || status == 304; }

std::string_view decimal(std::size_t number, std::array<char, 24>& space) {
  const auto end = std::to_chars(space.data(), space.data() + space.size(), number).ptr;
  return {space.data(), static_cast<std::size_t>(end - space.data())};
}

void append_fields(Output& output, const Headers& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const Headers::Field field = headers.at(i);
    output.append(field.name);
    output.append(": ");
    output.append(field.value);
    output.append(crlf);
  }
}

void append_body(Output& output, Response& response) {
  if (response.shared_body) return output.append_shared(std::move(response.shared_body));
  output.append_owned(std::move(response.body));
}

}  // namespace

Http1Protocol::Http1Protocol(ProtocolParts parts, Deadline now)
    : parts_(std::move(parts)), deadline_(now + parts_.settings.connection_idle_max) {}

bool Http1Protocol::has_room() const {
  return parts_.output.pending() < limits::output_buffer_bytes_max;
}

bool Http1Protocol::wants_input() const {
  return phase_ != Phase::handling && phase_ != Phase::finished && has_room();
}

void Http1Protocol::feed(std::string_view bytes, Deadline now) {
  if (phase_ == Phase::finished) return;
  if (carry_.empty()) {
    const std::size_t taken = take(bytes, now);
    carry_.assign(bytes.substr(taken));
    return;
  }
  carry_.append(bytes);
  resume(now);
}

void Http1Protocol::resume(Deadline now) {
  if (carry_.empty()) return;
  const std::size_t taken = take(carry_, now);
  carry_.erase(0, taken);
}

std::size_t Http1Protocol::take(std::string_view bytes, Deadline now) {
  std::size_t used = 0;
  while (used < bytes.size() && wants_input()) {
    const std::string_view rest = bytes.substr(used);
    const std::size_t taken = phase_ == Phase::body ? take_body(rest, now) : take_head(rest, now);
    if (taken == 0) break;
    used += taken;
  }
  return phase_ == Phase::finished ? bytes.size() : used;
}

std::size_t Http1Protocol::take_head(std::string_view bytes, Deadline now) {
  if (phase_ == Phase::idle) {
    deadline_ = now + parts_.settings.header_deadline;
    phase_ = Phase::head;
    scan_ = HeadScan();
    blank_line_skipped_ = false;
  }
  // One empty line in front of a request is forgiven [RFC 9112 §2.2].
  if (!blank_line_skipped_ && crlf.starts_with(bytes.substr(0, 2))) {
    if (bytes.size() < crlf.size()) return 0;
    blank_line_skipped_ = true;
    return crlf.size();
  }
  if (const std::optional<Refusal> refusal = scan_.scan(bytes)) {
    request_.method = Method::get;
    refuse(*refusal);
    return bytes.size();
  }
  const std::size_t size = scan_.size();
  if (size == 0) return 0;
  request_ = Request();
  request_.scheme = parts_.scheme;
  request_.peer_address = parts_.peer_address;
  const Result<Http1Parser::Head, Refusal> head =
      parser_.parse_head(bytes.substr(0, size), request_);
  if (!head.ok()) {
    refuse(head.error());
    return bytes.size();
  }
  begin_request(head.value(), bytes.substr(size), now);
  return size;
}

void Http1Protocol::begin_request(const Http1Parser::Head& head, std::string_view following,
                                  Deadline now) {
  keeps_alive_ = head.keeps_alive;
  plan_ = parts_.carrier.plan(request_);
  if (head.content_length > plan_.body_bytes_max) return refuse({413, "body too large"});
  if (!head.has_body) return start_handler(now);
  phase_ = Phase::body;
  deadline_ = now + parts_.settings.body_deadline;
  if (head.expects_continue && following.empty()) {
    parts_.output.append("HTTP/1.1 100 Continue\r\n\r\n");
  }
}

std::size_t Http1Protocol::take_body(std::string_view bytes, Deadline now) {
  const Result<Http1Parser::Progress, Refusal> progress =
      parser_.parse_body(bytes, plan_.body_bytes_max);
  if (!progress.ok()) {
    refuse(progress.error());
    return bytes.size();
  }
  if (progress.value().is_complete) start_handler(now);
  return progress.value().taken;
}

void Http1Protocol::start_handler(Deadline now) {
  phase_ = Phase::handling;
  method_ = request_.method;
  version_ = request_.version;
  std::optional<Response> response = parts_.carrier.start(0, std::move(request_), plan_);
  if (response) finish_answer(std::move(*response), now);
}

void Http1Protocol::answer(StreamId, Response response, Deadline now) {
  if (phase_ != Phase::handling) return;
  finish_answer(std::move(response), now);
  resume(now);
}

void Http1Protocol::finish_answer(Response response, Deadline now) {
  if (is_draining_) keeps_alive_ = false;
  write(std::move(response), method_);
  phase_ = keeps_alive_ ? Phase::idle : Phase::finished;
  deadline_ = now + parts_.settings.connection_idle_max;
}

void Http1Protocol::write(Response response, Method method) {
  Output& output = parts_.output;
  const bool is_chunked = response.trailers.size() > 0 && version_ == Version::http_1_1 &&
                          !is_bodyless(response.status) && method != Method::head;
  const std::size_t body_size = response.body_view().size();
  std::array<char, 24> number;
  output.append("HTTP/1.1 ");
  output.append(decimal(static_cast<std::size_t>(response.status), number));
  output.append(" ");
  output.append(reason_phrase(response.status));
  output.append("\r\nDate: ");
  output.append(parts_.date.text());
  output.append(crlf);
  append_fields(output, response.headers);
  if (!keeps_alive_) output.append("Connection: close\r\n");
  if (is_chunked) {
    output.append("Transfer-Encoding: chunked\r\n");
  } else if (!is_bodyless(response.status)) {
    output.append("Content-Length: ");
    output.append(decimal(body_size, number));
    output.append(crlf);
  }
  output.append(crlf);
  if (is_bodyless(response.status) || method == Method::head) return;
  if (!is_chunked) return append_body(output, response);
  if (body_size > 0) {
    const auto end = std::to_chars(number.data(), number.data() + number.size(), body_size, 16).ptr;
    output.append({number.data(), static_cast<std::size_t>(end - number.data())});
    output.append(crlf);
    append_body(output, response);
    output.append(crlf);
  }
  output.append("0\r\n");
  append_fields(output, response.trailers);
  output.append(crlf);
}

void Http1Protocol::refuse(Refusal refusal) {
  parts_.carrier.refused(refusal.status, refusal.reason);
  keeps_alive_ = false;
  version_ = Version::http_1_1;
  Response response = plain_text(refusal.status, reason_phrase(refusal.status));
  if (refusal.status == 405) {
    response.headers.set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  }
  write(std::move(response), request_.method);
  phase_ = Phase::finished;
}

void Http1Protocol::expire(Deadline now) {
  if (now < deadline_) return;
  switch (phase_) {
    case Phase::idle: phase_ = Phase::finished; break;
    case Phase::head:
      request_.method = Method::get;
      refuse({408, "head too slow"});
      break;
    case Phase::body:
      // A client whose answers we hold back for lack of room is not the slow one to blame here: the
      // write deadline is for it.
      if (has_room()) refuse({408, "body too slow"});
      break;
    case Phase::handling:
    case Phase::finished: break;
  }
}

void Http1Protocol::end_of_input() {
  if (phase_ == Phase::handling) {
    keeps_alive_ = false;
    carry_.clear();
  } else {
    phase_ = Phase::finished;
  }
}

void Http1Protocol::drain() {
  is_draining_ = true;
  if (phase_ == Phase::idle && carry_.empty()) phase_ = Phase::finished;
}

}  // namespace gatehouse::http::server
