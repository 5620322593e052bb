#include "server/api/grpc.h"

#include <algorithm>
#include <charconv>

#include "server/api/grpc_frame.h"
#include "server/api/message_bytes.h"
#include "server/encoding/base64.h"

namespace gatehouse::api {
namespace {

constexpr unsigned char trailer_flag = 0x80;

std::string_view content_type(const http::Request& request) {
  return request.headers.get("Content-Type").value_or(std::string_view());
}

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> wanted) {
  type = http::trim_blanks(type.substr(0, type.find(';')));
  return std::any_of(wanted.begin(), wanted.end(), [type](std::string_view each) {
    return http::equal_ignoring_case(type, each);
  });
}

http::Headers ok_trailers() {
  http::Headers trailers;
  trailers.add("grpc-status", "0");
  return trailers;
}

http::Headers failure_trailers(const Context& context, const Failure& failure) {
  http::Headers trailers;
  trailers.add("grpc-status", std::to_string(static_cast<int>(failure.status)));
  trailers.add("grpc-message", encode_grpc_message(failure.message));
  trailers.add("grpc-status-details-bin", base64_encode_unpadded(status_details(failure, context)));
  return trailers;
}

// The steps of a call, up to the serialised answer; `body` is the framed request.
Result<std::string, Failure> call(const Dispatcher& dispatcher, const Context& context,
                                  const http::Request& request, const Method& method,
                                  std::string_view body) {
  std::optional<Duration> timeout;
  if (const auto text = request.headers.get("grpc-timeout")) {
    timeout = parse_grpc_timeout(*text);
    if (!timeout) return Failure(Status::invalid_argument, "grpc-timeout cannot be read");
  }
  const Admitted admitted = TRY(dispatcher.admit(context, request, method, timeout));
  const std::string bytes =
      TRY(unframe(body, request.headers.get("grpc-encoding").value_or(std::string_view())));
  google::protobuf::Arena arena;
  Message& wanted = *method.request->New(&arena);
  TRY(parse_bytes(bytes, wanted));
  // Not in the arena: what the function returns is moved here, not copied.
  const std::unique_ptr<Message> made(method.response->New());
  TRY(dispatcher.execute(admitted, wanted, *made));
  return made->SerializeAsString();
}

http::Response plain_answer(const http::Request& request) {
  http::Response response;
  response.headers.set("Content-Type", content_type(request));
  response.headers.set("grpc-accept-encoding", "identity, gzip");
  return response;
}

http::Response web_answer(const http::Request& request, std::string_view framed,
                          const http::Headers& trailers) {
  std::string lines;
  for (std::size_t i = 0; i < trailers.size(); ++i) {
    const auto field = trailers.at(i);
    lines += std::string(field.name) + ": " + std::string(field.value) + "\r\n";
  }
  http::Response response = plain_answer(request);
  response.body = std::string(framed) + frame(lines, trailer_flag);
  const bool is_text = content_type(request).starts_with("application/grpc-web-text");
  if (is_text) response.body = base64_encode(response.body);
  return response;
}

}  // namespace

bool is_grpc(const http::Request& request) {
  return is_one_of(content_type(request), {"application/grpc", "application/grpc+proto"});
}

bool is_grpc_web(const http::Request& request) {
  return is_one_of(content_type(request),
                   {"application/grpc-web", "application/grpc-web+proto",
                    "application/grpc-web-text", "application/grpc-web-text+proto"});
}

http::Response answer_grpc(const Dispatcher& dispatcher, const Context& context,
                           const http::Request& request, const Method& method) {
  const auto made = call(dispatcher, context, request, method, request.body);
  if (!made.ok()) return grpc_failure(context, request, made.error());
  http::Response response = plain_answer(request);
  response.body = frame(made.value());
  response.trailers = ok_trailers();
  return response;
}

http::Response answer_grpc_web(const Dispatcher& dispatcher, const Context& context,
                               const http::Request& request, const Method& method) {
  std::optional<std::string> body = request.body;
  if (content_type(request).starts_with("application/grpc-web-text")) {
    body = base64_decode(request.body);
  }
  if (!body.has_value()) {
    return grpc_failure(context, request, {Status::invalid_argument, "the body is not base64"});
  }
  const auto made = call(dispatcher, context, request, method, *body);
  if (!made.ok()) return grpc_failure(context, request, made.error());
  return web_answer(request, frame(made.value()), ok_trailers());
}

http::Response grpc_failure(const Context& context, const http::Request& request,
                            const Failure& failure) {
  const http::Headers trailers = failure_trailers(context, failure);
  if (is_grpc_web(request)) return web_answer(request, "", trailers);
  http::Response response = plain_answer(request);
  response.trailers = trailers;
  return response;
}

std::optional<Duration> parse_grpc_timeout(std::string_view text) {
  constexpr std::size_t digits_max = 8;
  if (text.size() < 2 || text.size() > digits_max + 1) return std::nullopt;
  std::int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stop, status] = std::from_chars(text.data(), end, count);
  if (status != std::errc{} || stop != end || count < 0) return std::nullopt;
  const std::int64_t day_ms = 24 * 60 * 60 * 1000;
  const auto ms = [day_ms](std::int64_t value) { return Duration(std::min(value, day_ms)); };
  switch (text.back()) {
    case 'H': return ms(count * 3'600'000);
    case 'M': return ms(count * 60'000);
    case 'S': return ms(count * 1000);
    case 'm': return ms(count);
    case 'u': return ms((count + 999) / 1000);
    case 'n': return ms((count + 999'999) / 1'000'000);
    default: return std::nullopt;
  }
}

std::string encode_grpc_message(std::string_view message) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char each : message) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte > 0x20 && byte < 0x7f && byte != '%') {
      out += each;
    } else if (byte == ' ' && !out.empty()) {
      out += each;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 0xf];
    }
  }
  // A field value may not end in a blank.
  if (out.ends_with(' ')) out.replace(out.size() - 1, 1, "%20");
  return out;
}

}  // namespace gatehouse::api
