#include "server/api/services/clients_encode.h"

#include <algorithm>

namespace gatehouse::api {
namespace {

std::int64_t to_seconds(Duration duration) {
  return std::chrono::duration_cast<seconds>(duration).count();
}

void set_claims(const std::vector<applications::CustomClaim>& claims, ClaimMessages& messages) {
  for (const applications::CustomClaim& claim : claims) {
    clients::CustomClaim& message = *messages.Add();
    message.set_key(claim.key);
    message.set_value(claim.value);
  }
}

}  // namespace

Texts to_texts(const TextMessages& messages) { return {messages.begin(), messages.end()}; }

void set_texts(const Texts& texts, TextMessages& messages) {
  messages.Assign(texts.begin(), texts.end());
}

std::vector<applications::CustomClaim> to_claims(const ClaimMessages& messages) {
  std::vector<applications::CustomClaim> claims;
  for (const clients::CustomClaim& message : messages) {
    claims.push_back({.key = message.key(), .value = message.value()});
  }
  return claims;
}

Result<Duration, Error> to_lifetime(std::int64_t seconds_given, std::string_view field) {
  constexpr std::int64_t ten_years = std::int64_t{10} * 366 * 24 * 3600;
  if (seconds_given > 0 && seconds_given <= ten_years) return Duration(seconds(seconds_given));
  return refusal(ErrorCode::invalid_argument, std::string(field) + " is out of bounds",
                 std::string(field));
}

Error within(std::string_view name, Error error) {
  if (!error.field.empty()) error.field = std::string(name) + "." + error.field;
  return error;
}

Result<Wanted, Error> Wanted::of(const google::protobuf::FieldMask& mask, std::string_view field,
                                 std::span<const std::string_view> known) {
  Wanted wanted;
  if (mask.paths_size() == 0) return wanted;
  for (const std::string& path : mask.paths()) {
    if (std::find(known.begin(), known.end(), path) != known.end()) continue;
    return refusal(ErrorCode::invalid_argument,
                   std::string(field) + " names a field that cannot be updated",
                   std::string(field));
  }
  wanted.paths_ = to_texts(mask.paths());
  return wanted;
}

bool Wanted::has(std::string_view member, Present present) const {
  if (!paths_.has_value()) return present == Present::yes;
  return std::find(paths_->begin(), paths_->end(), member) != paths_->end();
}

void encode_secret(const applications::SecretRecord& secret, clients::ClientSecret& message) {
  message.set_id(secret.id.text());
  *message.mutable_create_time() = to_timestamp(secret.created_at);
  *message.mutable_update_time() = to_timestamp(secret.updated_at);
  message.set_secret_suffix(secret.suffix);
  if (secret.created_by.has_value()) message.set_created_by(*secret.created_by);
  message.set_status(secret.state == applications::SecretRecord::State::active ? clients::ACTIVE
                                                                               : clients::INACTIVE);
  if (secret.expires_at.has_value()) {
    *message.mutable_expire_time() = to_timestamp(*secret.expires_at);
  }
  if (secret.last_used_at.has_value()) {
    *message.mutable_last_used_time() = to_timestamp(*secret.last_used_at);
  }
}

void encode_client(const applications::Application& application, clients::Client& message) {
  message.set_id(application.client_id);
  message.set_keyid(application.client_id);
  *message.mutable_create_time() = to_timestamp(application.created_at);
  *message.mutable_update_time() = to_timestamp(application.updated_at);
  for (const auto& secret : application.secrets) encode_secret(secret, *message.add_secrets());
  set_texts(application.post_logout_uris, *message.mutable_post_logout_redirect_uris());
  set_texts(application.back_channel_logout_uris, *message.mutable_back_channel_logout_uris());
  message.set_initiate_login_uri(application.initiate_login_uri.value_or(std::string()));
  set_texts(application.callback_uris, *message.mutable_post_login_uris());
  message.set_name(application.name);
  if (application.access_token_lifetime.has_value()) {
    message.set_access_token_expiry(to_seconds(*application.access_token_lifetime));
  }
  set_texts(application.scopes, *message.mutable_scopes());
  set_claims(application.custom_claims, *message.mutable_custom_claims());
  message.set_disallow_scalekit_api_access(!application.allow_api_access);
  for (const std::string_view grant : applications::grant_types_of(application.type)) {
    if (application.may_use_grant(grant)) message.add_grant_types(std::string(grant));
  }
  message.set_client_type(std::string(applications::type_name(application.type)));
  message.set_enforce_pkce(application.enforce_pkce);
}

void encode_machine_client(const applications::MachineClient& client, clients::M2MClient& message) {
  message.set_client_id(client.client_id());
  for (const auto& secret : client.secrets) encode_secret(secret, *message.add_secrets());
  message.set_name(client.name);
  message.set_description(client.description);
  if (const auto id = client.organization(); id.has_value()) {
    message.set_organization_id(id->text());
  }
  if (const auto id = client.resource(); id.has_value()) message.set_resource_id(id->text());
  *message.mutable_create_time() = to_timestamp(client.created_at);
  *message.mutable_update_time() = to_timestamp(client.updated_at);
  set_texts(client.scopes, *message.mutable_scopes());
  set_texts(client.audience, *message.mutable_audience());
  set_claims(client.custom_claims, *message.mutable_custom_claims());
  message.set_expiry(to_seconds(client.token_lifetime));
  set_texts(client.redirect_uris, *message.mutable_redirect_uris());
  message.set_is_dcr(client.origin == applications::MachineClient::Origin::registration);
}

void encode_scope(const applications::Scope& scope, clients::Scope& message) {
  message.set_id(scope.id.text());
  message.set_name(scope.name);
  message.set_description(scope.description);
  message.set_enabled(scope.is_enabled);
}

void encode_resource(const applications::Resource& resource, clients::Resource& message) {
  message.set_id(resource.id.text());
  message.set_name(resource.name);
  message.set_resource_uri(resource.uri.value_or(std::string()));
  message.set_description(resource.description);
  clients::ResourceType type = clients::RESOURCE_TYPE_UNSPECIFIED;
  ENSURE(clients::ResourceType_Parse(std::string(applications::resource_type_name(resource.type)),
                                     &type));
  message.set_resource_type(type);
  message.set_disable_dynamic_client_registration(!resource.allow_registration);
  message.set_logo_uri(resource.logo_uri);
  if (resource.access_token_lifetime.has_value()) {
    message.set_access_token_expiry(to_seconds(*resource.access_token_lifetime));
  }
  if (resource.refresh_token_lifetime.has_value()) {
    message.set_refresh_token_expiry(to_seconds(*resource.refresh_token_lifetime));
  }
  *message.mutable_create_time() = to_timestamp(resource.created_at);
  *message.mutable_update_time() = to_timestamp(resource.updated_at);
  message.set_provider(resource.provider);
  message.set_resource_id(resource.identifier.value_or(std::string()));
  for (const auto& scope : resource.scopes) encode_scope(scope, *message.add_scopes());
  if (!resource.authorize_uri.empty()) {
    clients::ResourceConnection& connection = *message.mutable_connection_details();
    connection.set_type(clients::CUSTOM);
    connection.set_enabled(true);
    (*connection.mutable_settings()->mutable_fields())["authorize_uri"].set_string_value(
        resource.authorize_uri);
  }
  message.set_intersect_scopes_user_permission(resource.limit_to_permissions);
  message.set_enable_cimd(resource.allow_metadata_documents);
  message.set_xaa_enabled(resource.allow_cross_app_access);
}

void encode_consent(const applications::Consent& consent, clients::ResourceUserConsent& message) {
  message.set_id(consent.id.text());
  message.set_external_user_id(consent.external_user_id());
  message.set_client_id(consent.client_id);
  message.set_client_name(consent.client_name);
  set_texts(consent.scopes, *message.mutable_scopes());
  *message.mutable_granted_at() = to_timestamp(consent.granted_at);
}

}  // namespace gatehouse::api
