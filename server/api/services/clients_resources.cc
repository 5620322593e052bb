// ClientService: resources.

#include "server/api/services/clients_encode.h"

namespace gatehouse::api {
namespace {

using applications::Resource;
using applications::ResourceSettings;
using google::protobuf::Empty;
using storage::Transaction;

constexpr std::string_view updatable[] = {
    "name",
    "description",
    "resource_uri",
    "resource_id",
    "logo_uri",
    "provider",
    "scopes",
    "access_token_expiry",
    "refresh_token_expiry",
    "disable_dynamic_client_registration",
    "enable_cimd",
    "xaa_enabled",
    "intersect_scopes_user_permission",
    "custom_connection_settings",
    "custom_connection_settings.authorize_uri",
};

Result<ResourceId, Error> resource_id(const std::string& text) {
  const auto id = ResourceId::parse(text);
  if (!id.has_value()) return not_found("resource");
  return *id;
}

Result<Resource::Type, Error> to_type(clients::ResourceType type, std::string_view field) {
  const auto known = applications::parse_resource_type(clients::ResourceType_Name(type));
  if (known.has_value()) return *known;
  return refusal(ErrorCode::invalid_argument, std::string(field) + " is no type of resource",
                 std::string(field));
}

// Zero takes it back.
Result<std::optional<Duration>, Error> optional_lifetime(std::int64_t seconds_given,
                                                         std::string_view field) {
  if (seconds_given == 0) return std::optional<Duration>();
  const Duration lifetime = TRY(to_lifetime(seconds_given, field));
  return std::optional(lifetime);
}

Result<ResourceSettings, Error> decode(const clients::CreateResource& message) {
  ResourceSettings wanted{.name = message.name(),
                          .description = message.description(),
                          .uri = message.resource_uri(),
                          .identifier = message.resource_id(),
                          .logo_uri = message.logo_uri(),
                          .provider = message.provider(),
                          .allow_registration = !message.disable_dynamic_client_registration(),
                          .allow_metadata_documents = message.enable_cimd(),
                          .allow_cross_app_access = message.xaa_enabled(),
                          .limit_to_permissions = message.intersect_scopes_user_permission(),
                          .scopes = to_texts(message.scopes())};
  wanted.access_token_lifetime =
      TRY(optional_lifetime(message.access_token_expiry(), "access_token_expiry"));
  wanted.refresh_token_lifetime =
      TRY(optional_lifetime(message.refresh_token_expiry(), "refresh_token_expiry"));
  return wanted;
}

void decode_texts(const clients::UpdateResource& message, const Wanted& wanted,
                  ResourceSettings& change) {
  const auto put = [&wanted](std::string_view member, const std::string& given,
                             std::optional<std::string>& changed) {
    if (wanted.has(member, present_if(!given.empty()))) changed = given;
  };
  put("name", message.name(), change.name);
  put("description", message.description(), change.description);
  put("resource_uri", message.resource_uri(), change.uri);
  put("resource_id", message.resource_id(), change.identifier);
  put("logo_uri", message.logo_uri(), change.logo_uri);
  put("provider", message.provider(), change.provider);
  const auto& authorize_uri = message.custom_connection_settings().authorize_uri();
  put("custom_connection_settings", authorize_uri, change.authorize_uri);
  put("custom_connection_settings.authorize_uri", authorize_uri, change.authorize_uri);
  if (wanted.has("scopes", present_if(message.scopes_size() > 0))) {
    change.scopes = to_texts(message.scopes());
  }
}

Result<ResourceSettings, Error> decode(const clients::UpdateResource& message,
                                       const Wanted& wanted) {
  ResourceSettings change;
  decode_texts(message, wanted, change);
  if (wanted.has("access_token_expiry", present_if(message.access_token_expiry() != 0))) {
    change.access_token_lifetime =
        TRY(optional_lifetime(message.access_token_expiry(), "access_token_expiry"));
  }
  if (wanted.has("refresh_token_expiry", present_if(message.refresh_token_expiry() != 0))) {
    change.refresh_token_lifetime =
        TRY(optional_lifetime(message.refresh_token_expiry(), "refresh_token_expiry"));
  }
  if (wanted.has("disable_dynamic_client_registration",
                 present_if(message.has_disable_dynamic_client_registration()))) {
    change.allow_registration = !message.disable_dynamic_client_registration().value();
  }
  if (wanted.has("enable_cimd", present_if(message.has_enable_cimd()))) {
    change.allow_metadata_documents = message.enable_cimd().value();
  }
  if (wanted.has("xaa_enabled", present_if(message.has_xaa_enabled()))) {
    change.allow_cross_app_access = message.xaa_enabled().value();
  }
  if (wanted.has("intersect_scopes_user_permission",
                 present_if(message.has_intersect_scopes_user_permission()))) {
    change.limit_to_permissions = message.intersect_scopes_user_permission().value();
  }
  return change;
}

Result<clients::CreateResourceResponse, Error> create(
    const Call& call, const clients::CreateResourceRequest& request) {
  const auto type = TRY(to_type(request.resource().resource_type(), "resource.resource_type"));
  const auto wanted = TRY(within("resource", decode(request.resource())));
  const auto made = TRY(within("resource", call.write([&](Transaction& transaction) {
    return applications::create_resource(transaction, call.environment(), call.context,
                                         call.deps.random, type, wanted);
  })));
  clients::CreateResourceResponse response;
  encode_resource(made, *response.mutable_resource());
  return response;
}

Result<clients::GetResourceResponse, Error> get(const Call& call,
                                                const clients::GetResourceRequest& request) {
  const auto id = TRY(resource_id(request.resource_id()));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return applications::load_resource(transaction, call.environment(), id);
  }));
  clients::GetResourceResponse response;
  encode_resource(found, *response.mutable_resource());
  return response;
}

Result<clients::ListResourcesResponse, Error> list(const Call& call,
                                                   const clients::ListResourcesRequest& request) {
  const auto type = TRY(to_type(request.resource_type(), "resource_type"));
  const auto query = TRY(page_query(request.page_size(), request.page_token()));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return applications::list_resources(transaction, call.environment(), type, query);
  }));
  clients::ListResourcesResponse response;
  for (const Resource& resource : page.items) encode_resource(resource, *response.add_resources());
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<Resource, Error> change_resource(const Call& call, ResourceId id,
                                        const ResourceSettings& change) {
  return call.write([&](Transaction& transaction) {
    return applications::update_resource(transaction, call.environment(), call.context,
                                         call.deps.random, id, change);
  });
}

Result<clients::UpdateResourceResponse, Error> update(
    const Call& call, const clients::UpdateResourceRequest& request) {
  const auto id = TRY(resource_id(request.resource_id()));
  const auto wanted = TRY(Wanted::of(request.update_mask(), "update_mask", updatable));
  const auto change = TRY(within("resource", decode(request.resource(), wanted)));
  const auto updated = TRY(within("resource", change_resource(call, id, change)));
  clients::UpdateResourceResponse response;
  encode_resource(updated, *response.mutable_resource());
  return response;
}

Result<clients::GetResourceResponse, Error> remove_provider(
    const Call& call, const clients::DeleteResourceProviderRequest& request) {
  const auto id = TRY(resource_id(request.resource_id()));
  const auto updated = TRY(change_resource(call, id, {.provider = "", .authorize_uri = ""}));
  clients::GetResourceResponse response;
  encode_resource(updated, *response.mutable_resource());
  return response;
}

Result<Empty, Error> remove(const Call& call, const clients::DeleteResourceRequest& request) {
  const auto id = TRY(resource_id(request.resource_id()));
  TRY(call.write([&](Transaction& transaction) {
    return applications::delete_resource(transaction, call.environment(), call.context,
                                         call.deps.random, id);
  }));
  return Empty();
}

}  // namespace

void add_resources(Methods::Service& service) {
  service.write("CreateResource", create);
  service.read("GetResource", get);
  service.read("ListResources", list);
  service.write("UpdateResource", update);
  service.write("DeleteResource", remove);
  service.write("DeleteResourceProvider", remove_provider);
}

}  // namespace gatehouse::api
