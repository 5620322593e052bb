#include "server/api/connect.h"

#include <charconv>

#include "server/api/message_bytes.h"
#include "server/encoding/base64.h"
#include "server/encoding/form.h"
#include "server/encoding/json.h"
#include "server/http/form_body.h"

namespace gatehouse::api {
namespace {

enum class Codec { json, proto };

http::Response failure_response(const Context& context, const Failure& failure) {
  const auto info = error_info(failure, context);
  http::Response response;
  response.status = http_status(failure.status);
  response.headers.set("Content-Type", "application/json");
  JsonWriter json(response.body);
  json.begin_object();
  json.field("code", connect_code(failure.status));
  json.field("message", failure.message);
  json.key("details");
  json.begin_array();
  json.begin_object();
  json.field("type", info.GetDescriptor()->full_name());
  json.field("value", base64_encode_unpadded(info.SerializeAsString()));
  json.end_object();
  json.end_array();
  json.end_object();
  return response;
}

Result<std::optional<Duration>, Failure> read_timeout(const http::Request& request) {
  const auto text = request.headers.get("Connect-Timeout-Ms");
  if (!text.has_value()) return std::optional<Duration>();
  constexpr std::size_t digits_max = 10;
  std::int64_t ms = 0;
  const auto [stop, status] = std::from_chars(text->data(), text->data() + text->size(), ms);
  const bool is_number = status == std::errc{} && stop == text->data() + text->size() && ms >= 0;
  if (!is_number || text->size() > digits_max) {
    return Failure(Status::invalid_argument, "Connect-Timeout-Ms cannot be read");
  }
  return std::optional(Duration(ms));
}

// What the caller sent, unpacked.
struct Sent {
  Codec codec;
  std::string bytes;
};

Result<http::Response, Failure> answer(const Dispatcher& dispatcher, const Admitted& admitted,
                                       const Sent& sent) {
  const Method& method = admitted.method();
  google::protobuf::Arena arena;
  Message& wanted = *method.request->New(&arena);
  if (sent.codec == Codec::proto) {
    TRY(parse_bytes(sent.bytes, wanted));
  } else if (!sent.bytes.empty()) {
    TRY(parse_json(sent.bytes, wanted, UnknownFields::ignored));
  }
  // Not in the arena: what the function returns is moved here, not copied.
  const std::unique_ptr<Message> made(method.response->New());
  TRY(dispatcher.execute(admitted, wanted, *made));
  http::Response response;
  const bool is_proto = sent.codec == Codec::proto;
  response.headers.set("Content-Type", is_proto ? "application/proto" : "application/json");
  response.body = is_proto ? made->SerializeAsString() : to_json(*made, JsonForm::connect);
  return response;
}

Result<http::Response, Failure> post(const Dispatcher& dispatcher, const Context& context,
                                     const http::Request& request, const Method& method) {
  const auto timeout = TRY(read_timeout(request));
  const Admitted admitted = TRY(dispatcher.admit(context, request, method, timeout));
  const bool is_proto = http::has_content_type(request, "application/proto");
  const auto encoding = request.headers.get("Content-Encoding").value_or(std::string_view());
  Sent sent{is_proto ? Codec::proto : Codec::json, {}};
  sent.bytes = TRY(unpack_body(request.body, encoding));
  return answer(dispatcher, admitted, sent);
}

Result<Sent, Failure> read_get(const http::Request& request) {
  const auto query = http::read_query(request);
  if (!query.ok()) return Failure(Status::invalid_argument, "the query cannot be read");
  const Form& form = query.value();
  const auto encoding = form.get("encoding").value_or(std::string_view());
  if (encoding != "json" && encoding != "proto") {
    return Failure(Status::invalid_argument, "encoding must be json or proto");
  }
  std::string bytes(form.get("message").value_or(std::string_view()));
  if (form.get("base64") == "1") {
    while (bytes.ends_with('=')) bytes.pop_back();
    auto decoded = base64url_decode(bytes);
    if (!decoded) return Failure(Status::invalid_argument, "message is not base64url");
    bytes = std::move(*decoded);
  }
  const auto compression = form.get("compression").value_or(std::string_view());
  Sent sent{encoding == "proto" ? Codec::proto : Codec::json, {}};
  sent.bytes = TRY(unpack_body(bytes, compression));
  return sent;
}

Result<http::Response, Failure> get(const Dispatcher& dispatcher, const Context& context,
                                    const http::Request& request, const Method& method) {
  const auto timeout = TRY(read_timeout(request));
  const Admitted admitted = TRY(dispatcher.admit(context, request, method, timeout));
  const Sent sent = TRY(read_get(request));
  return answer(dispatcher, admitted, sent);
}

}  // namespace

http::Response answer_connect(const Dispatcher& dispatcher, const Context& context,
                              const http::Request& request, const Method& method) {
  auto response = post(dispatcher, context, request, method);
  return response.ok() ? std::move(response).value() : failure_response(context, response.error());
}

http::Response answer_connect_get(const Dispatcher& dispatcher, const Context& context,
                                  const http::Request& request, const Method& method) {
  auto response = get(dispatcher, context, request, method);
  return response.ok() ? std::move(response).value() : failure_response(context, response.error());
}

}  // namespace gatehouse::api
