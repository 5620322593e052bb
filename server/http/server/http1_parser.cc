#include "server/http/server/http1_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <functional>

#include "server/core/limits.h"

namespace gatehouse::http::server {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

// The request line holds a method and a version beside the target.
constexpr std::size_t request_line_bytes_max = limits::request_target_bytes_max + 64;

constexpr std::string_view shortest_end = "0\r\n\r\n";

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

Method method_of(beast::verb verb) {
  switch (verb) {
    case beast::verb::get: return Method::get;
    case beast::verb::head: return Method::head;
    case beast::verb::post: return Method::post;
    case beast::verb::put: return Method::put;
    case beast::verb::patch: return Method::patch;
    case beast::verb::delete_: return Method::delete_;
    case beast::verb::options: return Method::options;
    default: return Method::other;
  }
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Fields that decide about framing or routing have no business behind the body [RFC 9110 §6.5.1].
bool is_forbidden_in_trailers(beast::field field) {
  switch (field) {
    case beast::field::host:
    case beast::field::content_length:
    case beast::field::transfer_encoding:
    case beast::field::connection:
    case beast::field::te:
    case beast::field::trailer:
    case beast::field::expect:
    case beast::field::authorization:
    case beast::field::cookie: return true;
    default: return false;
  }
}

}  // namespace

std::optional<Refusal> HeadScan::scan(std::string_view bytes) {
  const std::string_view seen = bytes.substr(0, limits::request_head_bytes_max);
  while (scanned_ < seen.size()) {
    const std::size_t newline = seen.find('\n', scanned_);
    if (newline == std::string_view::npos) break;
    if (newline == line_begin_ || seen[newline - 1] != '\r') return Refusal{400, "bare LF in head"};
    scanned_ = newline + 1;
    if (newline - 1 == line_begin_) {
      size_ = scanned_;
      return std::nullopt;
    }
    if (lines_ == 0 && newline > request_line_bytes_max) return Refusal{414, "target too long"};
    if (lines_ > 0 && (seen[line_begin_] == ' ' || seen[line_begin_] == '\t')) {
      return Refusal{400, "folded field in head"};
    }
    if (lines_++ > limits::request_fields_max) return Refusal{431, "too many fields"};
    line_begin_ = scanned_;
  }
  scanned_ = seen.size();
  if (lines_ == 0 && seen.size() > request_line_bytes_max) return Refusal{414, "target too long"};
  if (bytes.size() >= limits::request_head_bytes_max) return Refusal{431, "head too large"};
  return std::nullopt;
}

// Beast's parser with the Request as its destination.
class Http1Parser::Message final : public beast::basic_parser<true> {
 public:
  explicit Message(Request& request) : request_(request) {
    header_limit(static_cast<std::uint32_t>(limits::request_head_bytes_max));
    body_limit(boost::none);  // the plan's limit is held below
  }

  // Beast reports errors by code; what it cannot tell is kept in refusal_.
  std::size_t feed(std::string_view bytes, error_code& error) {
    input_ = bytes;
    return put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  }
  [[nodiscard]] Refusal refusal(const error_code& error) const {
    if (refusal_) return *refusal_;
    if (error == beast::error::bad_version) return {505, "HTTP version not served"};
    if (error == beast::error::bad_target) return {400, "bad byte in target"};
    if (error == beast::error::bad_content_length ||
        error == beast::error::multiple_content_length ||
        error == beast::error::bad_transfer_encoding) {
      return {400, "contradictory framing"};
    }
    return {400, is_header_done() ? "malformed body" : "malformed head"};
  }

  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  void set_body_bytes_max(std::size_t count) { body_bytes_max_ = count; }

 private:
  void refuse(int status, Reason reason, error_code& error) {
    refusal_ = Refusal{status, reason};
    error = beast::error::bad_value;
  }

  void on_request_impl(beast::verb verb, BeastView method, BeastView target, int version,
                       error_code& error) override {
    request_.method = method_of(verb);
    request_.version = version == 10 ? Version::http_1_0 : Version::http_1_1;
    if (method == "TRACE") return refuse(405, "TRACE is not served", error);
    if (method == "CONNECT") return refuse(501, "CONNECT is not served", error);
    if (target.size() > limits::request_target_bytes_max) {
      return refuse(414, "target too long", error);
    }
    Result<ParsedTarget, Reason> parsed = server::parse_target(view(target));
    if (!parsed.ok()) return refuse(400, parsed.error(), error);
    request_.path = std::move(parsed.value().path);
    request_.query = std::move(parsed.value().query);
    target_authority_ = std::move(parsed.value().authority);
  }

  void on_response_impl(int, BeastView, int, error_code&) override {}  // never for a request

  void on_field_impl(beast::field field, BeastView name, BeastView beast_value,
                     error_code& error) override {
    const std::string_view value = view(beast_value);
    if (is_header_done()) return add_trailer(field, view(name), value, error);
    switch (field) {
      case beast::field::host: {
        if (hosts_++ > 0) return refuse(400, "more than one Host", error);
        Result<std::string, Reason> authority = parse_authority(value);
        if (!authority.ok()) return refuse(400, authority.error(), error);
        request_.authority = std::move(authority).value();
        break;
      }
      case beast::field::content_length:
        if (lengths_++ > 0 || !all_digits(value)) {
          return refuse(400, "ambiguous Content-Length", error);
        }
        break;
      case beast::field::transfer_encoding:
        if (request_.version == Version::http_1_0) {
          return refuse(400, "Transfer-Encoding in HTTP/1.0", error);
        }
        if (!equal_ignoring_case(value, "chunked")) {
          return refuse(501, "unknown transfer coding", error);
        }
        break;
      case beast::field::expect:
        if (!equal_ignoring_case(value, "100-continue")) {
          return refuse(417, "unknown expectation", error);
        }
        expects_continue_ = request_.version == Version::http_1_1;
        break;
      default: break;
    }
    request_.headers.add(view(name), value);
  }

  void add_trailer(beast::field field, std::string_view name, std::string_view value,
                   error_code& error) {
    // Beast unfolds a folded value into a buffer of its own; every other value lies in the input.
    const bool is_folded = !value.empty() && !lies_in_input(value);
    if (is_folded) return refuse(400, "folded trailer", error);
    if (is_forbidden_in_trailers(field)) return refuse(400, "forbidden trailer", error);
    trailer_bytes_ += name.size() + value.size();
    if (request_.trailers.size() >= limits::request_fields_max ||
        trailer_bytes_ > limits::request_head_bytes_max) {
      return refuse(431, "trailers too large", error);
    }
    request_.trailers.add(name, value);
  }
  [[nodiscard]] bool lies_in_input(std::string_view part) const {
    const std::less<const char*> before;
    return !before(part.data(), input_.data()) &&
           before(part.data(), input_.data() + input_.size());
  }

  void on_header_impl(error_code& error) override {
    if (hosts_ == 0) return refuse(400, "no Host", error);
    if (!target_authority_.empty() && target_authority_ != request_.authority) {
      return refuse(400, "target and Host differ", error);
    }
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    const std::uint64_t kept = length ? *length : 0;
    request_.body.reserve(std::min<std::uint64_t>(kept, limits::request_head_bytes_max));
  }
  std::size_t on_body_impl(BeastView body, error_code& error) override {
    if (body.size() > body_bytes_max_ - request_.body.size()) {
      refuse(413, "body too large", error);
      return 0;
    }
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, BeastView extensions, error_code& error) override {
    extension_bytes_ += extensions.size();
    if (extension_bytes_ > limits::request_head_bytes_max) {
      return refuse(400, "chunk extensions too large", error);
    }
    if (size > body_bytes_max_ - request_.body.size()) refuse(413, "body too large", error);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(error_code&) override {}

  Request& request_;
  // tidy: allow view-member: set and cleared within one call
  std::string_view input_;
  std::optional<Refusal> refusal_;
  std::string target_authority_;
  std::size_t hosts_ = 0;
  std::size_t lengths_ = 0;
  std::size_t body_bytes_max_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::size_t extension_bytes_ = 0;
  bool expects_continue_ = false;
};

Http1Parser::Http1Parser() = default;
Http1Parser::~Http1Parser() = default;

Result<Http1Parser::Head, Refusal> Http1Parser::parse_head(std::string_view head,
                                                           Request& request) {
  message_ = std::make_unique<Message>(request);
  error_code error;
  const std::size_t taken = message_->feed(head, error);
  if (error) return message_->refusal(error);
  if (taken != head.size() || !message_->is_header_done()) return Refusal{400, "malformed head"};
  Head parsed;
  parsed.keeps_alive = message_->keep_alive() && request.version == Version::http_1_1;
  parsed.has_body = !message_->is_done();
  const boost::optional<std::uint64_t> length = message_->content_length();
  parsed.content_length = length ? *length : 0;
  parsed.expects_continue = parsed.has_body && message_->expects_continue();
  if (parsed.has_body) message_->eager(true);
  return parsed;
}

Result<Http1Parser::Progress, Refusal> Http1Parser::parse_body(std::string_view bytes,
                                                               std::size_t body_bytes_max) {
  message_->set_body_bytes_max(body_bytes_max);
  error_code error;
  Progress progress;
  // No chunked body ends in fewer bytes than these, and Beast asserts that it is not asked to go on
  // with fewer once it has seen the last chunk's line.
  if (message_->chunked() && bytes.size() < shortest_end.size()) return progress;
  progress.taken = message_->feed(bytes, error);
  if (error && error != beast::error::need_more) return message_->refusal(error);
  progress.is_complete = message_->is_done();
  if (!progress.is_complete && bytes.size() - progress.taken > limits::request_head_bytes_max) {
    return Refusal{400, "chunk head or trailers too large"};
  }
  return progress;
}

}  // namespace gatehouse::http::server
