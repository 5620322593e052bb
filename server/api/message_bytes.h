// Messages from bytes and from JSON, within limits.

#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "server/api/status.h"
#include "server/core/result.h"

namespace gatehouse::api {

// Failures: invalid_argument (not such a message, texts that are not UTF-8, too deep).
Result<Unit, Failure> parse_bytes(std::string_view bytes, google::protobuf::Message& message);

// A body as it was before its Content-Encoding ("" or "identity": none). Failures: unimplemented
// (not gzip), invalid_argument (does not unpack, or to too much), resource_exhausted (larger than
// limits::rpc_message_bytes_max).
Result<std::string, Failure> unpack_body(std::string_view body, std::string_view encoding);

// What to do with fields that the message does not have.
enum class UnknownFields { refused, ignored };
// Field names in either form. A name that an enum does not have is refused either way. Failures:
// invalid_argument, saying where.
Result<Unit, Failure> parse_json(std::string_view json, google::protobuf::Message& message,
                                 UnknownFields unknown);

// rest: the contract's snake_case names, every field without presence is there even if it is zero.
// connect: lowerCamelCase, what is zero is left out.
enum class JsonForm { rest, connect };
[[nodiscard]] std::string to_json(const google::protobuf::Message& message, JsonForm form);

}  // namespace gatehouse::api
