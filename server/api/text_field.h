// Sets a field of a message from text, as paths and queries have it.

#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "server/api/status.h"
#include "server/core/result.h"

namespace gatehouse::api {

// `path` names the field, "user.email" one inside another. A repeated field gets one more value.
// Failures: invalid_argument (no such field, not a value of its type).
Result<Unit, Failure> set_text_field(google::protobuf::Message& message, std::string_view path,
                                     std::string_view text);

}  // namespace gatehouse::api
