// ClientService: the applications of an environment.

#include "server/api/services/all.h"
#include "server/api/services/clients_encode.h"

namespace gatehouse::api {
namespace {

using applications::Application;
using applications::ApplicationChange;
using applications::NewApplication;
using google::protobuf::Empty;
using storage::Transaction;

constexpr std::string_view updatable[] = {
    "back_channel_logout_uris",
    "post_logout_redirect_uris",
    "initiate_login_uri",
    "post_login_uris",
    "name",
    "access_token_expiry",
    "scopes",
    "custom_claims",
    "grant_types",
    "disallow_scalekit_api_access",
    "enforce_pkce",
};

// Of an application as a client of this API names it, whether or not it may have one of its type.
Result<applications::Type, Error> to_type(const std::string& name, std::string_view field) {
  const auto type = applications::parse_type(name);
  if (type.has_value()) return *type;
  return refusal(ErrorCode::invalid_argument, std::string(field) + " is no type of client",
                 std::string(field));
}

NewApplication::ApiAccess to_access(const google::protobuf::BoolValue& disallowed) {
  return disallowed.value() ? NewApplication::ApiAccess::refused
                            : NewApplication::ApiAccess::allowed;
}

NewApplication::Pkce to_pkce(const google::protobuf::BoolValue& enforced) {
  return enforced.value() ? NewApplication::Pkce::enforced : NewApplication::Pkce::optional;
}

Result<NewApplication, Error> decode(const clients::CreateClient& message) {
  const auto type = TRY(to_type(message.client_type(), "client_type"));
  if (type == applications::Type::env) {
    return refusal(ErrorCode::invalid_argument, "an environment has its default client from birth",
                   "client_type");
  }
  NewApplication wanted{.type = type,
                        .name = message.name(),
                        .callback_uris = to_texts(message.post_login_uris()),
                        .post_logout_uris = to_texts(message.post_logout_redirect_uris()),
                        .back_channel_logout_uris = to_texts(message.back_channel_logout_uris()),
                        .scopes = to_texts(message.scopes()),
                        .custom_claims = to_claims(message.custom_claims()),
                        .grant_types = to_texts(message.grant_types())};
  if (!message.initiate_login_uri().empty()) {
    wanted.initiate_login_uri = message.initiate_login_uri();
  }
  if (message.access_token_expiry() != 0) {
    wanted.access_token_lifetime =
        TRY(to_lifetime(message.access_token_expiry(), "access_token_expiry"));
  }
  if (message.has_enforce_pkce()) wanted.pkce = to_pkce(message.enforce_pkce());
  if (message.has_disallow_scalekit_api_access()) {
    wanted.api_access = to_access(message.disallow_scalekit_api_access());
  }
  return wanted;
}

void decode_lists(const clients::UpdateClient& message, const Wanted& wanted,
                  ApplicationChange& change) {
  if (wanted.has("post_login_uris", present_if(message.post_login_uris_size() > 0))) {
    change.callback_uris = to_texts(message.post_login_uris());
  }
  if (wanted.has("post_logout_redirect_uris",
                 present_if(message.post_logout_redirect_uris_size() > 0))) {
    change.post_logout_uris = to_texts(message.post_logout_redirect_uris());
  }
  if (wanted.has("back_channel_logout_uris",
                 present_if(message.back_channel_logout_uris_size() > 0))) {
    change.back_channel_logout_uris = to_texts(message.back_channel_logout_uris());
  }
  if (wanted.has("scopes", present_if(message.scopes_size() > 0))) {
    change.scopes = to_texts(message.scopes());
  }
  if (wanted.has("custom_claims", present_if(message.custom_claims_size() > 0))) {
    change.custom_claims = to_claims(message.custom_claims());
  }
  if (wanted.has("grant_types", present_if(message.grant_types_size() > 0))) {
    change.grant_types = to_texts(message.grant_types());
  }
}

Result<ApplicationChange, Error> decode(const clients::UpdateClient& message,
                                        const Wanted& wanted) {
  ApplicationChange change;
  decode_lists(message, wanted, change);
  if (wanted.has("name", present_if(!message.name().empty()))) change.name = message.name();
  if (wanted.has("initiate_login_uri", present_if(message.has_initiate_login_uri()))) {
    change.initiate_login_uri.emplace(message.initiate_login_uri().empty()
                                          ? std::nullopt
                                          : std::optional(message.initiate_login_uri()));
  }
  if (wanted.has("access_token_expiry", present_if(message.access_token_expiry() != 0))) {
    change.access_token_lifetime.emplace(std::nullopt);
    if (message.access_token_expiry() != 0) {
      *change.access_token_lifetime =
          TRY(to_lifetime(message.access_token_expiry(), "access_token_expiry"));
    }
  }
  if (wanted.has("disallow_scalekit_api_access",
                 present_if(message.has_disallow_scalekit_api_access()))) {
    change.api_access = to_access(message.disallow_scalekit_api_access());
  }
  if (wanted.has("enforce_pkce", present_if(message.has_enforce_pkce()))) {
    change.pkce = to_pkce(message.enforce_pkce());
  }
  return change;
}

Result<Application, Error> find(const Call& call, Transaction& transaction,
                                const std::string& client_id) {
  auto found = TRY(applications::find_application(transaction, call.environment(), client_id));
  if (!found.has_value()) return not_found("client");
  return *std::move(found);
}

Result<clients::ListClientsResponse, Error> list_clients(
    const Call& call, const clients::ListClientsRequest& request) {
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token()));
  std::vector<applications::Type> types;
  for (const std::string& name : request.filter().client_type()) {
    types.push_back(TRY(to_type(name, "filter.client_type")));
  }
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return applications::list_applications(transaction, call.environment(), types, query);
  }));
  clients::ListClientsResponse response;
  for (const Application& application : page.items) {
    encode_client(application, *response.add_clients());
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<clients::GetClientResponse, Error> get_client(const Call& call,
                                                     const clients::GetClientRequest& request) {
  const auto found = TRY(call.read(
      [&](Transaction& transaction) { return find(call, transaction, request.client_id()); }));
  clients::GetClientResponse response;
  encode_client(found, *response.mutable_client());
  return response;
}

Result<clients::CreateClientResponse, Error> create_client(
    const Call& call, const clients::CreateClientRequest& request) {
  const auto wanted = TRY(within("client", decode(request.client())));
  const auto made = TRY(within("client", call.write([&](Transaction& transaction) {
    return applications::create(transaction, call.entry.environment, call.context, call.deps.random,
                                wanted);
  })));
  call.deps.configuration_changed();
  clients::CreateClientResponse response;
  encode_client(made, *response.mutable_client());
  return response;
}

Result<clients::UpdateClientResponse, Error> update_client(
    const Call& call, const clients::UpdateClientRequest& request) {
  const auto wanted = TRY(Wanted::of(request.mask(), "mask", updatable));
  const auto change = TRY(within("client", decode(request.client(), wanted)));
  const auto updated =
      TRY(within("client", call.write([&](Transaction& transaction) -> Result<Application, Error> {
        const Application found = TRY(find(call, transaction, request.client_id()));
        return applications::update(transaction, call.entry.environment, call.context,
                                    call.deps.random, found.id, change);
      })));
  call.deps.configuration_changed();
  clients::UpdateClientResponse response;
  encode_client(updated, *response.mutable_client());
  return response;
}

Result<Empty, Error> delete_client(const Call& call, const clients::DeleteClientRequest& request) {
  TRY(call.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const Application found = TRY(find(call, transaction, request.client_id()));
    return applications::delete_application(transaction, call.environment(), call.context,
                                            call.deps.random, found.id);
  }));
  call.deps.configuration_changed();
  return Empty();
}

}  // namespace

void add_client_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.clients.ClientService");
  service.read("ListClient", list_clients);
  service.read("GetClient", get_client);
  service.write("CreateClient", create_client);
  service.write("UpdateClient", update_client);
  service.write("DeleteClient", delete_client);
  add_application_secrets(service);
  add_organization_clients(service);
  add_resources(service);
  add_resource_clients(service);
  add_scopes_and_consents(service);
}

}  // namespace gatehouse::api
