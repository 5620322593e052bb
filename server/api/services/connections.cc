#include "server/api/services/connections.h"

#include "server/api/convert.h"
#include "server/api/enum_convert.h"
#include "server/api/services/all.h"
#include "server/connections/test_run.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::connections;
using connections::Connection;
using connections::Owner;
using google::protobuf::Empty;
using storage::Transaction;

// Which connection a request is about: one of an organization, or the environment's own.
struct Target {
  Owner owner;
  ConnectionId id;
};

template <class Request>
Result<Target, Error> target_of_organization(const Request& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto id = TRY(parse_id<ConnectionId>(request.id(), "id"));
  return Target{.owner = organization, .id = id};
}

template <class Request>
Result<Target, Error> target_of_environment(const Request& request) {
  const auto id = TRY(parse_id<ConnectionId>(request.connection_id(), "connection_id"));
  return Target{.owner = std::nullopt, .id = id};
}

Result<RoutedConnection, Error> with_domains(const Call& call, Transaction& transaction,
                                             Connection connection) {
  auto domains = TRY(connections::list_domains(transaction, call.environment(), connection));
  return RoutedConnection{.connection = std::move(connection), .domains = std::move(domains)};
}

template <class Response>
Result<Response, Error> encode(const Call& call, const RoutedConnection& routed) {
  Response response;
  TRY(encode_connection(call, routed, *response.mutable_connection()));
  return response;
}

Result<pb::CreateConnectionResponse, Error> create_for(const Call& call, Owner owner,
                                                       const connections::NewConnection& wanted) {
  const auto made =
      TRY(call.write([&](Transaction& transaction) -> Result<RoutedConnection, Error> {
        Connection connection = TRY(connections::create(transaction, call.environment(), owner,
                                                        call.context, call.deps.random, wanted));
        return with_domains(call, transaction, std::move(connection));
      }));
  return encode<pb::CreateConnectionResponse>(call, made);
}

Result<pb::CreateConnectionResponse, Error> create(const Call& call,
                                                   const pb::CreateConnectionRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  return create_for(call, organization, TRY(decode_new_connection(request.connection())));
}

// Without flags a connection is one that people sign in by.
Result<pb::CreateConnectionResponse, Error> create_own(
    const Call& call, const pb::CreateEnvironmentConnectionRequest& request) {
  auto wanted = TRY(decode_new_connection(request.connection()));
  wanted.use = {.is_login = !request.has_flags() || request.flags().is_login(),
                .is_app = request.flags().is_app()};
  return create_for(call, std::nullopt, wanted);
}

Result<RoutedConnection, Error> load(const Call& call, const Target& target) {
  return call.read([&](Transaction& transaction) -> Result<RoutedConnection, Error> {
    Connection connection =
        TRY(connections::get(transaction, call.environment(), target.owner, target.id));
    return with_domains(call, transaction, std::move(connection));
  });
}

Result<pb::GetConnectionResponse, Error> get_from(const Call& call, const Target& target) {
  const auto found = TRY(load(call, target));
  return encode<pb::GetConnectionResponse>(call, found);
}

Result<pb::GetConnectionResponse, Error> get(const Call& call,
                                             const pb::GetConnectionRequest& request) {
  return get_from(call, TRY(target_of_organization(request)));
}

Result<pb::GetConnectionResponse, Error> get_own(
    const Call& call, const pb::GetEnvironmentConnectionRequest& request) {
  return get_from(call, TRY(target_of_environment(request)));
}

// Where an address of metadata was set. What comes of it stands in the connection; why nothing came
// of it, in the doctor's records.
bool is_to_read_metadata(const connections::ConnectionChange& change) {
  if (!change.configuration.has_value()) return false;
  const auto* saml = std::get_if<connections::SamlConfiguration>(&*change.configuration);
  return saml != nullptr && !saml->idp_metadata_url.value_or("").empty();
}

Result<pb::UpdateConnectionResponse, Error> update_in(const Call& call, const Target& target,
                                                      const pb::UpdateConnection& message) {
  const auto change = TRY(decode_connection_change(message));
  const auto sealing_key = call.deps.master_key.sealing_key(connections::client_secret_seal_label);
  const auto updated =
      TRY(call.write([&](Transaction& transaction) -> Result<RoutedConnection, Error> {
        Connection connection =
            TRY(connections::update(transaction, call.entry.environment, target.owner, call.context,
                                    call.deps.random, sealing_key, target.id, change));
        return with_domains(call, transaction, std::move(connection));
      }));
  if (is_to_read_metadata(change)) {
    TRY(call.deps.read_metadata(call.context, target.id));
    return encode<pb::UpdateConnectionResponse>(call, TRY(load(call, target)));
  }
  return encode<pb::UpdateConnectionResponse>(call, updated);
}

Result<pb::UpdateConnectionResponse, Error> update(const Call& call,
                                                   const pb::UpdateConnectionRequest& request) {
  return update_in(call, TRY(target_of_organization(request)), request.connection());
}

Result<pb::UpdateConnectionResponse, Error> update_own(
    const Call& call, const pb::UpdateEnvironmentConnectionRequest& request) {
  return update_in(call, TRY(target_of_environment(request)), request.connection());
}

Result<Empty, Error> remove_from(const Call& call, const Target& target) {
  TRY(call.write([&](Transaction& transaction) {
    return connections::delete_connection(transaction, call.environment(), target.owner,
                                          call.context, call.deps.random, target.id);
  }));
  return Empty();
}

Result<Empty, Error> remove(const Call& call, const pb::DeleteConnectionRequest& request) {
  return remove_from(call, TRY(target_of_organization(request)));
}

Result<Empty, Error> remove_own(const Call& call,
                                const pb::DeleteEnvironmentConnectionRequest& request) {
  return remove_from(call, TRY(target_of_environment(request)));
}

Result<pb::ToggleConnectionResponse, Error> enable_in(const Call& call, const Target& target) {
  TRY(call.write([&](Transaction& transaction) {
    return connections::enable(transaction, call.entry.environment, target.owner, call.context,
                               call.deps.random, target.id);
  }));
  pb::ToggleConnectionResponse response;
  response.set_enabled(true);
  return response;
}

Result<pb::ToggleConnectionResponse, Error> disable_in(const Call& call, const Target& target) {
  TRY(call.write([&](Transaction& transaction) {
    return connections::disable(transaction, call.environment(), target.owner, call.context,
                                call.deps.random, target.id);
  }));
  return pb::ToggleConnectionResponse();
}

Result<pb::ToggleConnectionResponse, Error> enable(const Call& call,
                                                   const pb::ToggleConnectionRequest& request) {
  return enable_in(call, TRY(target_of_organization(request)));
}

Result<pb::ToggleConnectionResponse, Error> disable(const Call& call,
                                                    const pb::ToggleConnectionRequest& request) {
  return disable_in(call, TRY(target_of_organization(request)));
}

Result<pb::ToggleConnectionResponse, Error> enable_own(
    const Call& call, const pb::ToggleEnvironmentConnectionRequest& request) {
  return enable_in(call, TRY(target_of_environment(request)));
}

Result<pb::ToggleConnectionResponse, Error> disable_own(
    const Call& call, const pb::ToggleEnvironmentConnectionRequest& request) {
  return disable_in(call, TRY(target_of_environment(request)));
}

Result<pb::AssignDomainsToConnectionResponse, Error> assign_domains(
    const Call& call, const pb::AssignDomainsToConnectionRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto id = TRY(parse_id<ConnectionId>(request.connection_id(), "connection_id"));
  std::vector<DomainId> domains;
  for (const std::string& domain : request.domain_ids()) {
    domains.push_back(TRY(parse_id<DomainId>(domain, "domain_ids")));
  }
  const auto assigned =
      TRY(call.write([&](Transaction& transaction) -> Result<RoutedConnection, Error> {
        TRY(connections::assign_domains(transaction, call.environment(), organization, call.context,
                                        call.deps.random, id, domains));
        Connection connection =
            TRY(connections::get(transaction, call.environment(), organization, id));
        return with_domains(call, transaction, std::move(connection));
      }));
  return encode<pb::AssignDomainsToConnectionResponse>(call, assigned);
}

Result<pb::GetConnectionTestResultResponse, Error> get_test_result(
    const Call& call, const pb::GetConnectionTestResultRequest& request) {
  const auto connection = TRY(parse_id<ConnectionId>(request.connection_id(), "connection_id"));
  const auto test = TRY(parse_id<ConnectionTestId>(request.test_request_id(), "test_request_id"));
  const auto run = TRY(call.read([&](Transaction& transaction) {
    return connections::get_test(transaction, call.environment(), connection, test);
  }));
  pb::GetConnectionTestResultResponse response;
  response.set_status(
      to_wire<pb::TestResultStatus>(connections::test_statuses.name(run.outcome.status)));
  if (run.outcome.user_info.has_value()) response.set_user_info(*run.outcome.user_info);
  if (run.outcome.error.has_value()) response.set_error(*run.outcome.error);
  if (run.outcome.error_description.has_value()) {
    response.set_error_description(*run.outcome.error_description);
  }
  if (run.outcome.error_details.has_value()) response.set_error_details(*run.outcome.error_details);
  return response;
}

}  // namespace

void add_connection_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.connections.ConnectionService");
  service.write("CreateConnection", create);
  service.write("CreateEnvironmentConnection", create_own);
  service.read("GetConnection", get);
  service.read("GetEnvironmentConnection", get_own);
  service.write("UpdateConnection", update);
  service.write("UpdateEnvironmentConnection", update_own);
  service.write("DeleteConnection", remove);
  service.write("DeleteEnvironmentConnection", remove_own);
  service.write("EnableConnection", enable);
  service.write("EnableEnvironmentConnection", enable_own);
  service.write("DisableConnection", disable);
  service.write("DisableEnvironmentConnection", disable_own);
  service.write("AssignDomainsToConnection", assign_domains);
  service.read("GetConnectionTestResult", get_test_result);
  add_connection_lists(service);
}

}  // namespace gatehouse::api
