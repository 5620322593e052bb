// ClientService: the clients of resources, made by administrators or registered by themselves
// [RFC 7591].

#include "server/api/services/clients_encode.h"

namespace gatehouse::api {
namespace {

using applications::MachineClient;
using applications::MachineClientKey;
using applications::NewMachineClient;
using storage::Transaction;

constexpr std::string_view updatable[] = {
    "name", "description", "scopes", "audience", "custom_claims", "expiry", "redirect_uris"};

Result<ResourceId, Error> resource_id(const std::string& text) {
  const auto id = ResourceId::parse(text);
  if (!id.has_value()) return not_found("resource");
  return *id;
}

template <class Request>
Result<MachineClientKey, Error> key_of(const Request& request) {
  const auto resource = TRY(resource_id(request.resource_id()));
  const auto id = applications::parse_machine_client_id(request.client_id(), resource);
  if (!id.has_value()) return not_found("client");
  return MachineClientKey{.owner = resource, .id = *id};
}

Result<clients::CreateResourceClientResponse, Error> create(
    const Call& call, const clients::CreateResourceClientRequest& request) {
  const auto resource = TRY(resource_id(request.resource_id()));
  NewMachineClient wanted = TRY(within("client", decode_new_client(request.client())));
  wanted.redirect_uris = to_texts(request.client().redirect_uris());
  const auto made = TRY(within("client", call.write([&](Transaction& transaction) {
    return applications::create_machine_client(transaction, call.entry.environment, call.context,
                                               call.deps.random, resource, wanted);
  })));
  call.deps.configuration_changed();
  clients::CreateResourceClientResponse response;
  encode_machine_client(made.client, *response.mutable_client());
  response.set_plain_secret(std::string(made.plain.reveal()));
  return response;
}

Result<clients::UpdateResourceClientResponse, Error> update(
    const Call& call, const clients::UpdateResourceClientRequest& request) {
  const auto key = TRY(key_of(request));
  const auto wanted = TRY(Wanted::of(request.update_mask(), "update_mask", updatable));
  auto change = TRY(within("client", decode_client_change(request.client(), wanted)));
  if (wanted.has("redirect_uris", present_if(request.client().redirect_uris_size() > 0))) {
    change.redirect_uris = to_texts(request.client().redirect_uris());
  }
  const auto updated = TRY(within("client", call.write([&](Transaction& transaction) {
    return applications::update_machine_client(transaction, call.entry.environment, call.context,
                                               call.deps.random, key, change);
  })));
  call.deps.configuration_changed();
  clients::UpdateResourceClientResponse response;
  encode_machine_client(updated, *response.mutable_client());
  return response;
}

Result<clients::GetResourceClientResponse, Error> get(
    const Call& call, const clients::GetResourceClientRequest& request) {
  const auto key = TRY(key_of(request));
  return call.read(
      [&](Transaction& transaction) -> Result<clients::GetResourceClientResponse, Error> {
        const auto found =
            TRY(applications::load_machine_client(transaction, call.environment(), key));
        const auto consents =
            TRY(applications::list_client_consents(transaction, call.environment(), key.id));
        clients::GetResourceClientResponse response;
        encode_machine_client(found, *response.mutable_client());
        for (const applications::Consent& consent : consents) {
          clients::ConsentedUser& user = *response.add_consented_users();
          user.set_consent_id(consent.id.text());
          user.set_external_user_id(consent.external_user_id());
          set_texts(consent.scopes, *user.mutable_scopes());
        }
        return response;
      });
}

Result<clients::ListResourceClientsResponse, Error> list(
    const Call& call, const clients::ListResourceClientsRequest& request) {
  const auto resource = TRY(resource_id(request.resource_id()));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return applications::list_resource_clients(transaction, call.environment(), resource);
  }));
  clients::ListResourceClientsResponse response;
  for (const MachineClient& client : found.clients) {
    encode_machine_client(client, *response.add_clients());
  }
  response.set_total_dcr_clients(static_cast<std::int32_t>(found.registered));
  response.set_total_static_clients(static_cast<std::int32_t>(found.by_administrator));
  return response;
}

Result<clients::DeleteResourceClientResponse, Error> remove(
    const Call& call, const clients::DeleteResourceClientRequest& request) {
  const auto key = TRY(key_of(request));
  TRY(call.write([&](Transaction& transaction) {
    return applications::delete_machine_client(transaction, call.environment(), call.context,
                                               call.deps.random, key);
  }));
  return clients::DeleteResourceClientResponse();
}

// "a b" to its parts.
Texts words(std::string_view text) {
  Texts parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

void encode_registration(const applications::IssuedMachineClient& made,
                         clients::RegisterClientResponse& response) {
  clients::M2MClient client;
  encode_machine_client(made.client, client);
  response.set_client_id(client.client_id());
  response.mutable_secrets()->Swap(client.mutable_secrets());
  response.set_name(client.name());
  response.set_description(client.description());
  *response.mutable_create_time() = client.create_time();
  *response.mutable_update_time() = client.update_time();
  response.mutable_scopes()->Swap(client.mutable_scopes());
  response.mutable_audience()->Swap(client.mutable_audience());
  response.set_expiry(client.expiry());
  response.set_resource_id(client.resource_id());
  response.mutable_redirect_uris()->Swap(client.mutable_redirect_uris());
  response.set_client_secret(std::string(made.plain.reveal()));
  response.set_client_secret_expires_at(0);  // never [RFC 7591 §3.2.1]
}

// Anybody may call this: the resource says whether it takes registrations, and what is made can do
// nothing without a person who consents.
Result<clients::RegisterClientResponse, Error> register_client(
    const Call& call, const clients::RegisterClientRequest& request) {
  const auto id = TRY(resource_id(request.res_id()));
  const clients::RegisterClient& given = request.client();
  const NewMachineClient wanted{.name = given.client_name(),
                                .description = given.description(),
                                .scopes = words(given.scope()),
                                .redirect_uris = to_texts(given.redirect_uris()),
                                .links = {.client_uri = given.client_uri(),
                                          .logo_uri = given.logo_uri(),
                                          .tos_uri = given.tos_uri(),
                                          .policy_uri = given.policy_uri()},
                                .origin = MachineClient::Origin::registration};
  const auto made = TRY(within(
      "client",
      call.write([&](Transaction& transaction) -> Result<applications::IssuedMachineClient, Error> {
        const auto resource = TRY(applications::load_resource(transaction, call.environment(), id));
        if (!resource.allow_registration) {
          return refusal(ErrorCode::failed_precondition,
                         "the resource takes no registrations of clients");
        }
        NewMachineClient complete = wanted;
        if (complete.scopes.empty()) {
          complete.scopes = TRY(applications::enabled_scopes(transaction, call.environment(), id));
        }
        return applications::create_machine_client(transaction, call.entry.environment,
                                                   call.context, call.deps.random, id, complete);
      })));
  clients::RegisterClientResponse response;
  encode_registration(made, response);
  return response;
}

}  // namespace

void add_resource_clients(Methods::Service& service) {
  service.write("CreateResourceClient", create);
  service.write("UpdateResourceClient", update);
  service.read("GetResourceClient", get);
  service.slow_read("ListResourceClients", list);
  service.write("DeleteResourceClient", remove);
  service.write("RegisterClient", register_client);
}

}  // namespace gatehouse::api
