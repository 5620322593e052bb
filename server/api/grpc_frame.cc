#include "server/api/grpc_frame.h"

#include "server/api/message_bytes.h"
#include "server/core/limits.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t prefix_bytes = 5;

std::uint32_t length_at(std::string_view prefix) {
  std::uint32_t length = 0;
  for (std::size_t i = 1; i < prefix_bytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(prefix[i]);
  }
  return length;
}

}  // namespace

Result<std::string, Failure> unframe(std::string_view body, std::string_view encoding) {
  if (body.size() < prefix_bytes) {
    return Failure(Status::invalid_argument, "the message is cut off");
  }
  const auto flags = static_cast<unsigned char>(body[0]);
  const std::size_t length = length_at(body);
  body.remove_prefix(prefix_bytes);
  if (length > limits::rpc_message_bytes_max) {
    return Failure(Status::resource_exhausted, "the message is too large");
  }
  if (length != body.size()) {
    return Failure(Status::invalid_argument, length > body.size()
                                                 ? "the message is cut off"
                                                 : "the call has more than one message");
  }
  if (flags == 0) return std::string(body);
  if (flags != 1 || encoding.empty() || encoding == "identity") {
    return Failure(Status::invalid_argument, "the message has flags that mean nothing here");
  }
  return unpack_body(body, encoding);
}

std::optional<std::size_t> frame_size(std::string_view stream) {
  if (stream.size() < prefix_bytes) return std::nullopt;
  const std::size_t size = prefix_bytes + length_at(stream);
  return size <= stream.size() ? std::optional(size) : std::nullopt;
}

std::string frame(std::string_view message, unsigned char flags) {
  std::string out;
  out.reserve(prefix_bytes + message.size());
  out += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>((message.size() >> shift) & 0xff);
  }
  out += message;
  return out;
}

}  // namespace gatehouse::api
