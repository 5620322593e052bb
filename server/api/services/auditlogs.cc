// AuditLogsService: attempts to sign in.

#include "scalekit/v1/auditlogs/auditlogs.pb.h"
#include "server/api/convert.h"
#include "server/api/services/all.h"
#include "server/login/auth_log.h"

namespace gatehouse::api {
namespace {

namespace wire = scalekit::v1::auditlogs;
using storage::Transaction;

Result<login::AttemptFilter, Error> decode_filter(const wire::ListAuthLogRequest& request) {
  login::AttemptFilter filter;
  filter.client_id = request.client_id();
  // Addresses are kept as they are compared; one that is none matches nothing, as it stands.
  const auto email = users::Email::parse(request.email());
  filter.email = email.has_value() ? email->text() : request.email();
  for (const std::string& name : request.status()) {
    const auto status = login::parse_attempt_status(name);
    if (!status.has_value()) {
      return refusal(ErrorCode::invalid_argument,
                     "status is one of INITIATED, PENDING, SUCCESS and FAILED", "status");
    }
    filter.statuses.push_back(*status);
  }
  if (request.has_start_time()) {
    filter.after = TRY(to_instant(request.start_time(), "start_time"));
  }
  if (request.has_end_time()) filter.before = TRY(to_instant(request.end_time(), "end_time"));
  if (!request.resource_id().empty()) {
    filter.resource = TRY(parse_id<ResourceId>(request.resource_id(), "resource_id"));
  }
  return filter;
}

void encode_connection(const login::Attempt& attempt, wire::AuthLogRequest& message) {
  const std::string connection =
      attempt.connection.has_value() ? attempt.connection->text() : std::string();
  message.set_connection_id(connection);
  message.set_connection_type(attempt.connection_type);
  message.set_connection_provider(attempt.connection_provider);
  if (connection.empty() && attempt.connection_type.empty()) return;
  wire::ConnectionDetails& details = *message.add_connection_details();
  details.set_connection_id(connection);
  if (attempt.organization.has_value()) details.set_organization_id(attempt.organization->text());
  details.set_connection_type(attempt.connection_type);
  details.set_connection_provider(attempt.connection_provider);
}

void encode_attempt(EnvironmentId environment, const login::Attempt& attempt,
                    wire::AuthLogRequest& message) {
  if (attempt.organization.has_value()) message.set_organization_id(attempt.organization->text());
  message.set_environment_id(environment.text());
  encode_connection(attempt, message);
  message.set_auth_request_id(attempt.id.text());
  message.set_email(attempt.email);
  message.set_status(attempt.status);
  *message.mutable_timestamp() = to_timestamp(attempt.created_at);
  message.set_workflow(attempt.workflow);
  if (attempt.resource.has_value()) message.set_resource_id(attempt.resource->text());
  message.set_resource_name(attempt.resource_name);
  message.set_resource_type(attempt.resource_type);
  message.set_client_id(attempt.client_id);
  message.set_client_name(attempt.client_name);
  message.set_client_type(attempt.client_type);
}

Result<wire::ListAuthLogResponse, Error> list_auth_requests(
    const Call& call, const wire::ListAuthLogRequest& request) {
  const auto filter = TRY(decode_filter(request));
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), {.max = 100}));
  wire::ListAuthLogResponse response;
  // There are no accounts connected for agents, so nobody has signed in with one.
  if (!request.connected_account_identifier().empty()) return response;
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return login::list_attempts(transaction, call.environment(), filter, query);
  }));
  for (const login::Attempt& attempt : page.items) {
    encode_attempt(call.environment(), attempt, *response.add_authrequests());
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

}  // namespace

void add_audit_logs_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.auditlogs.AuditLogsService");
  service.slow_read("ListAuthRequests", list_auth_requests);
}

}  // namespace gatehouse::api
