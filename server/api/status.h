// How a call fails on the wire: one table from our errors to gRPC codes, HTTP statuses and the
// names that clients read, and the ErrorInfo that goes with every failure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scalekit/v1/errdetails/errdetails.pb.h"
#include "server/core/context.h"
#include "server/core/error.h"

namespace gatehouse::api {

// The codes of gRPC that we use, by their numbers on the wire.
enum class Status {
  ok = 0,
  invalid_argument = 3,
  deadline_exceeded = 4,
  not_found = 5,
  already_exists = 6,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  aborted = 10,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  unauthenticated = 16,
};
[[nodiscard]] std::string_view status_name(Status status);   // "NOT_FOUND", as in ErrorInfo
[[nodiscard]] std::string_view connect_code(Status status);  // "not_found", as Connect has it
[[nodiscard]] int http_status(Status status);                // for REST and Connect
[[nodiscard]] Status status_of(ErrorCode code);

struct FieldViolation {
  std::string field;        // path in the request, in the contract's names: "user.email"
  std::string description;  // what is wrong, for people
  std::string constraint;   // the rule: "max_len", "required", …
};

struct Failure {
  Status status;
  std::string message;
  std::vector<FieldViolation> violations = {};

  Failure(Status failed, std::string text, std::vector<FieldViolation> fields = {})
      : status(failed), message(std::move(text)), violations(std::move(fields)) {}
  // The error's own message if it has one, else what its code says. Never its detail.
  Failure(const Error& error);
};

// error_code, the request's id, and each field that is wrong.
[[nodiscard]] scalekit::v1::errdetails::ErrorInfo error_info(const Failure& failure,
                                                             const Context& context);
// google.rpc.Status with that ErrorInfo, serialised, as grpc-status-details-bin has it.
[[nodiscard]] std::string status_details(const Failure& failure, const Context& context);

inline constexpr std::string_view error_info_type =
    "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo";

}  // namespace gatehouse::api
