// The Connect protocol, unary: a call is a plain POST of JSON or protobuf, or a GET for methods
// that only read [connectrpc.com/docs/protocol].

#pragma once

#include "server/api/dispatch.h"
#include "server/http/message.h"

namespace gatehouse::api {

// POST with application/json or application/proto.
[[nodiscard]] http::Response answer_connect(const Dispatcher& dispatcher, const Context& context,
                                            const http::Request& request, const Method& method);
// GET with the message in the query.
[[nodiscard]] http::Response answer_connect_get(const Dispatcher& dispatcher,
                                                const Context& context,
                                                const http::Request& request, const Method& method);

}  // namespace gatehouse::api
