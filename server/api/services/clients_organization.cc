// ClientService: the machine clients of organizations.

#include "server/api/services/clients_encode.h"

namespace gatehouse::api {
namespace {

using applications::MachineClient;
using applications::MachineClientKey;
using google::protobuf::Empty;
using storage::Transaction;

constexpr PageLimits list_limits{.standard = 10, .max = 100};

// Which client of which organization a request is about.
template <class Request>
Result<MachineClientKey, Error> key_of(const Request& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto id = applications::parse_machine_client_id(request.client_id(), organization);
  if (!id.has_value()) return not_found("client");
  return MachineClientKey{.owner = organization, .id = *id};
}

// A client that could be made with tokens that live long concerns those who plan the keys.
void follow(const Call& call) { call.deps.configuration_changed(); }

Result<clients::CreateOrganizationClientResponse, Error> create(
    const Call& call, const clients::CreateOrganizationClientRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto wanted = TRY(within("client", decode_new_client(request.client())));
  const auto made = TRY(within("client", call.write([&](Transaction& transaction) {
    return applications::create_machine_client(transaction, call.entry.environment, call.context,
                                               call.deps.random, organization, wanted);
  })));
  follow(call);
  clients::CreateOrganizationClientResponse response;
  encode_machine_client(made.client, *response.mutable_client());
  response.set_plain_secret(std::string(made.plain.reveal()));
  return response;
}

Result<clients::GetOrganizationClientResponse, Error> get(
    const Call& call, const clients::GetOrganizationClientRequest& request) {
  const auto key = TRY(key_of(request));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return applications::load_machine_client(transaction, call.environment(), key);
  }));
  clients::GetOrganizationClientResponse response;
  encode_machine_client(found, *response.mutable_client());
  return response;
}

Result<clients::UpdateOrganizationClientResponse, Error> update(
    const Call& call, const clients::UpdateOrganizationClientRequest& request) {
  const auto key = TRY(key_of(request));
  const auto wanted = TRY(Wanted::of({}, "", {}));
  const auto change = TRY(within("client", decode_client_change(request.client(), wanted)));
  const auto updated = TRY(within("client", call.write([&](Transaction& transaction) {
    return applications::update_machine_client(transaction, call.entry.environment, call.context,
                                               call.deps.random, key, change);
  })));
  follow(call);
  clients::UpdateOrganizationClientResponse response;
  encode_machine_client(updated, *response.mutable_client());
  return response;
}

Result<Empty, Error> remove(const Call& call,
                            const clients::DeleteOrganizationClientRequest& request) {
  const auto key = TRY(key_of(request));
  TRY(call.write([&](Transaction& transaction) {
    return applications::delete_machine_client(transaction, call.environment(), call.context,
                                               call.deps.random, key);
  }));
  return Empty();
}

Result<clients::CreateOrganizationClientSecretResponse, Error> create_secret(
    const Call& call, const clients::CreateOrganizationClientSecretRequest& request) {
  const auto key = TRY(key_of(request));
  const auto issued = TRY(call.write([&](Transaction& transaction) {
    return applications::add_machine_secret(transaction, call.entry.environment, call.context,
                                            call.deps.random, key);
  }));
  clients::CreateOrganizationClientSecretResponse response;
  response.set_plain_secret(std::string(issued.plain.reveal()));
  encode_secret(issued.record, *response.mutable_secret());
  return response;
}

Result<Empty, Error> remove_secret(const Call& call,
                                   const clients::DeleteOrganizationClientSecretRequest& request) {
  const auto key = TRY(key_of(request));
  const auto secret = ClientSecretId::parse(request.secret_id());
  if (!secret.has_value()) return not_found("secret");
  TRY(call.write([&](Transaction& transaction) {
    return applications::delete_machine_secret(transaction, call.environment(), call.context,
                                               call.deps.random, key, *secret);
  }));
  return Empty();
}

Result<clients::ListOrganizationClientsResponse, Error> list(
    const Call& call, const clients::ListOrganizationClientsRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return applications::list_organization_clients(transaction, call.environment(), organization,
                                                   query);
  }));
  clients::ListOrganizationClientsResponse response;
  for (const MachineClient& client : page.items) {
    encode_machine_client(client, *response.add_clients());
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

}  // namespace

void add_organization_clients(Methods::Service& service) {
  service.write("CreateOrganizationClient", create);
  service.read("GetOrganizationClient", get);
  service.write("UpdateOrganizationClient", update);
  service.write("DeleteOrganizationClient", remove);
  service.read("ListOrganizationClients", list);
  service.write("CreateOrganizationClientSecret", create_secret);
  service.write("DeleteOrganizationClientSecret", remove_secret);
}

}  // namespace gatehouse::api
