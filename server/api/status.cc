#include "server/api/status.h"

#include <array>

#include "google/rpc/status.pb.h"

namespace gatehouse::api {
namespace {

struct Row {
  Status status;
  std::string_view name, connect;
  int http;
  std::string_view text;  // for an error that has no message of its own
};

constexpr std::array<Row, 13> rows = {{
    {Status::ok, "OK", "ok", 200, ""},
    {Status::invalid_argument, "INVALID_ARGUMENT", "invalid_argument", 400,
     "the request is not valid"},
    {Status::deadline_exceeded, "DEADLINE_EXCEEDED", "deadline_exceeded", 504,
     "the time for this request is over"},
    {Status::not_found, "NOT_FOUND", "not_found", 404, "not found"},
    {Status::already_exists, "ALREADY_EXISTS", "already_exists", 409, "already exists"},
    {Status::permission_denied, "PERMISSION_DENIED", "permission_denied", 403,
     "the caller may not do this"},
    {Status::resource_exhausted, "RESOURCE_EXHAUSTED", "resource_exhausted", 429,
     "a limit was reached"},
    {Status::failed_precondition, "FAILED_PRECONDITION", "failed_precondition", 400,
     "the state of things does not allow this"},
    {Status::aborted, "ABORTED", "aborted", 409, "something else changed it first; try again"},
    {Status::unimplemented, "UNIMPLEMENTED", "unimplemented", 501,
     "this method is not implemented"},
    {Status::internal, "INTERNAL", "internal", 500, "something went wrong on our side"},
    {Status::unavailable, "UNAVAILABLE", "unavailable", 503,
     "a part of the server is away; try again later"},
    {Status::unauthenticated, "UNAUTHENTICATED", "unauthenticated", 401,
     "the request has no valid access token"},
}};

const Row& row_of(Status status) {
  for (const Row& row : rows) {
    if (row.status == status) return row;
  }
  ENSURE(false);
  return rows.front();
}

// What a text quotes of the request may be long, and clients bound what they take in a header.
constexpr std::size_t message_bytes_max = 500;

std::string shortened(std::string text) {
  if (text.size() <= message_bytes_max) return text;
  std::size_t end = message_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

std::string_view status_name(Status status) { return row_of(status).name; }
std::string_view connect_code(Status status) { return row_of(status).connect; }
int http_status(Status status) { return row_of(status).http; }

Status status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return Status::invalid_argument;
    case ErrorCode::unauthenticated: return Status::unauthenticated;
    case ErrorCode::permission_denied: return Status::permission_denied;
    case ErrorCode::not_found: return Status::not_found;
    case ErrorCode::already_exists: return Status::already_exists;
    case ErrorCode::failed_precondition: return Status::failed_precondition;
    case ErrorCode::aborted: return Status::aborted;
    case ErrorCode::resource_exhausted: return Status::resource_exhausted;
    case ErrorCode::unavailable: return Status::unavailable;
    case ErrorCode::deadline_exceeded: return Status::deadline_exceeded;
    case ErrorCode::internal: return Status::internal;
  }
  return Status::internal;
}

Failure::Failure(const Error& error)
    : status(status_of(error.code)), message(shortened(error.message)) {
  if (message.empty()) message = row_of(status).text;
  if (!error.field.empty()) violations.push_back({error.field, message, "rule"});
}

scalekit::v1::errdetails::ErrorInfo error_info(const Failure& failure, const Context& context) {
  scalekit::v1::errdetails::ErrorInfo info;
  info.set_error_code(std::string(status_name(failure.status)));
  info.mutable_request_info()->set_request_id(context.request.text());
  for (const FieldViolation& violation : failure.violations) {
    auto& field = *info.mutable_validation_error_info()->add_field_violations();
    field.set_field(violation.field);
    field.set_description(violation.description);
    field.set_constraint(violation.constraint);
  }
  return info;
}

std::string status_details(const Failure& failure, const Context& context) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(failure.status));
  status.set_message(failure.message);
  auto& detail = *status.add_details();
  detail.set_type_url(std::string(error_info_type));
  detail.set_value(error_info(failure, context).SerializeAsString());
  return status.SerializeAsString();
}

}  // namespace gatehouse::api
