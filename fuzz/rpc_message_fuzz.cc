// A call's body, by its first byte: gRPC frames, JSON, or a field's text. What is accepted is valid
// by its own rules once it is written and read again, and nothing grows beyond its limit.

// fuzz-modules: api

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "scalekit/v1/connections/connections.pb.h"
#include "scalekit/v1/users/users.pb.h"
#include "server/api/grpc.h"
#include "server/api/grpc_frame.h"
#include "server/api/message_bytes.h"
#include "server/api/text_field.h"
#include "server/api/validate.h"
#include "server/core/limits.h"

namespace gatehouse::api {
namespace {

namespace wire = scalekit::v1;

template <class Message>
void check_message(const Message& message) {
  static_cast<void>(Validator(*Message::descriptor()).check(message));
  Message again;
  ENSURE(parse_bytes(message.SerializeAsString(), again).ok());
  const std::string json = to_json(message, JsonForm::rest);
  ENSURE(!json.empty());
}

void check_frames(std::string_view body) {
  if (const auto size = frame_size(body)) ENSURE(*size <= body.size());
  for (const std::string_view encoding : {"", "gzip"}) {
    const auto bytes = unframe(body, encoding);
    if (!bytes.ok()) continue;
    ENSURE(bytes.value().size() <= limits::rpc_message_bytes_max);
    wire::users::CreateUserAndMembershipRequest user;
    if (parse_bytes(bytes.value(), user).ok()) check_message(user);
    wire::connections::UpdateConnectionRequest connection;
    if (parse_bytes(bytes.value(), connection).ok()) check_message(connection);
  }
}

void check_json(std::string_view json) {
  wire::users::CreateUserAndMembershipRequest user;
  if (parse_json(json, user, UnknownFields::ignored).ok()) check_message(user);
  wire::connections::UpdateConnectionRequest connection;
  if (parse_json(json, connection, UnknownFields::refused).ok()) check_message(connection);
}

void check_text(std::string_view input) {
  const std::string_view path = input.substr(0, input.find('='));
  const std::string_view text = input.substr(std::min(input.size(), path.size() + 1));
  wire::users::ListUsersRequest request;
  static_cast<void>(set_text_field(request, path, text).ok());
  wire::connections::UpdateConnectionRequest connection;
  static_cast<void>(set_text_field(connection, path, text).ok());
  if (const auto timeout = parse_grpc_timeout(text)) ENSURE(timeout->count() >= 0);
  const std::string encoded = encode_grpc_message(text);
  ENSURE(http::is_field_value(encoded));
}

void check(std::string_view input) {
  if (input.empty()) return;
  const std::string_view rest = input.substr(1);
  switch (input.front()) {
    case 'f': return check_frames(rest);
    case 'j': return check_json(rest);
    default: return check_text(rest);
  }
}

}  // namespace
}  // namespace gatehouse::api

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::api::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
