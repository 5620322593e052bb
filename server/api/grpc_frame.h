// The length-prefixed message of gRPC: one byte of flags, four of length, the message.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/api/status.h"
#include "server/core/result.h"

namespace gatehouse::api {

// The one message of a unary call. `encoding` is what grpc-encoding says ("" or "identity": none).
// Failures: invalid_argument (cut off, more than one, a bad pack), unimplemented (an encoding that
// we do not have), resource_exhausted (larger than limits::rpc_message_bytes_max).
Result<std::string, Failure> unframe(std::string_view body, std::string_view encoding);

// The size of the first frame of a stream, prefix included; nullopt if it is not whole.
[[nodiscard]] std::optional<std::size_t> frame_size(std::string_view stream);

[[nodiscard]] std::string frame(std::string_view message, unsigned char flags = 0);

}  // namespace gatehouse::api
