// gRPC, unary, as a framing of HTTP: over HTTP/2 and, with chunked trailers, over HTTP/1.1; and
// gRPC-Web, which carries the trailers in the body.

#pragma once

#include "server/api/dispatch.h"
#include "server/http/message.h"

namespace gatehouse::api {

// Whether the request's content type is one of gRPC's (gRPC-Web's).
[[nodiscard]] bool is_grpc(const http::Request& request);
[[nodiscard]] bool is_grpc_web(const http::Request& request);

[[nodiscard]] http::Response answer_grpc(const Dispatcher& dispatcher, const Context& context,
                                         const http::Request& request, const Method& method);
[[nodiscard]] http::Response answer_grpc_web(const Dispatcher& dispatcher, const Context& context,
                                             const http::Request& request, const Method& method);

// To a call of a method that does not exist, in the framing of the request.
[[nodiscard]] http::Response grpc_failure(const Context& context, const http::Request& request,
                                          const Failure& failure);

// "20S", "1500m", …; nullopt if it is not one. Hours are cut to a day.
[[nodiscard]] std::optional<Duration> parse_grpc_timeout(std::string_view text);

// A message as a trailer may hold it: what is not printable ASCII, and "%", is percent-encoded.
[[nodiscard]] std::string encode_grpc_message(std::string_view message);

}  // namespace gatehouse::api
