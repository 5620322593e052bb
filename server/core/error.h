// Error: why an act did not happen.
//
// The code is a closed list and decides the status and the public text. The detail is for logs and
// stories alone; what a caller may read beyond the code stands in `message`, see refusal().
// Protocols with error codes of their own (OAuth) convert from this type in one table at their
// edge.

#pragma once

#include <string>
#include <string_view>

#include "server/core/source_location.h"

namespace gatehouse {

enum class ErrorCode {
  invalid_argument,     // the request can never work as it stands
  unauthenticated,      // no valid credentials
  permission_denied,    // valid credentials, not allowed
  not_found,            //
  already_exists,       // a unique value is taken
  failed_precondition,  // the request is fine, the state of things is not
  aborted,              // lost a race; asking again may work
  resource_exhausted,   // a limit or quota was reached
  unavailable,          // a part we need is away; asking again later will work
  deadline_exceeded,    // the time for this act is over
  internal,             // a bug, or corrupt data
};

// The code's name in snake_case, as logs and command-line answers show it.
[[nodiscard]] std::string_view error_code_name(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string detail;
  SourceLocation where;
  // What the caller may read beyond the code's own text, and which of their fields it is about.
  // Both are empty unless refusal() made the error.
  std::string message;
  std::string field;

  Error(ErrorCode error_code, std::string error_detail,
        SourceLocation location = SourceLocation::current())
      : code(error_code), detail(std::move(error_detail)), where(location) {}
};

// An error that tells the caller why: `message` must make sense to them and hold nothing that they
// do not own. `field` names the field of their request, as the contract spells it.
[[nodiscard]] inline Error refusal(ErrorCode code, std::string message, std::string field = {},
                                   SourceLocation location = SourceLocation::current()) {
  Error error(code, message, location);
  error.message = std::move(message);
  error.field = std::move(field);
  return error;
}

}  // namespace gatehouse
