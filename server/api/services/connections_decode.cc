// From the contract's messages to what is asked of connections. Client secrets are taken out before
// settings become text.

#include <google/protobuf/util/json_util.h>

#include "server/api/enum_convert.h"
#include "server/api/services/connections.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::connections;
using connections::ConnectionChange;
using connections::ConnectionType;

Error refused(std::string_view field, std::string_view why) {
  return refusal(ErrorCode::invalid_argument, std::string(field) + " " + std::string(why),
                 std::string(field));
}

Result<connections::Configuration, Error> read_settings(ConnectionType type,
                                                        const google::protobuf::Message& settings) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(settings, &json, options).ok()) {
    return refused("connection." + std::string(connections::settings_name(type)), "cannot be read");
  }
  return connections::configuration_from_json(type, json);
}

// Of settings that have a client secret.
template <class Settings>
Result<Unit, Error> decode_with_secret(ConnectionType type, const Settings& given,
                                       ConnectionChange& change) {
  if (given.has_client_secret()) change.client_secret = Secret(given.client_secret().value());
  Settings rest = given;
  rest.clear_client_secret();
  change.configuration = TRY(read_settings(type, rest));
  return Unit{};
}

Result<Unit, Error> decode_settings(const pb::UpdateConnection& message, ConnectionChange& change) {
  switch (message.settings_case()) {
    case pb::UpdateConnection::kOidcConfig:
      return decode_with_secret(ConnectionType::oidc, message.oidc_config(), change);
    case pb::UpdateConnection::kSamlConfig:
      if (message.saml_config().has_idp_certificate()) {
        change.idp_certificate = message.saml_config().idp_certificate().value();
      }
      change.configuration = TRY(read_settings(ConnectionType::saml, message.saml_config()));
      return Unit{};
    case pb::UpdateConnection::kOauthConfig:
      if (message.oauth_config().use_platform_creds().value()) {
        return refused("connection.oauth_config.use_platform_creds",
                       "is not possible: this server has no credentials of its own");
      }
      if (message.oauth_config().extensions().has_smart()) {
        return refused("connection.oauth_config.extensions.smart", "is not supported");
      }
      return decode_with_secret(ConnectionType::oauth, message.oauth_config(), change);
    case pb::UpdateConnection::kPasswordlessConfig:
      change.configuration =
          TRY(read_settings(ConnectionType::passwordless, message.passwordless_config()));
      return Unit{};
    case pb::UpdateConnection::kWebauthnConfig:
      change.configuration =
          TRY(read_settings(ConnectionType::webauthn, message.webauthn_config()));
      return Unit{};
    case pb::UpdateConnection::kStaticConfig:
      return refused("connection.static_config", "is not supported");
    case pb::UpdateConnection::kGoogleDwdConfig:
      return refused("connection.google_dwd_config", "is not supported");
    case pb::UpdateConnection::SETTINGS_NOT_SET: return Unit{};
  }
  return Unit{};
}

}  // namespace

Result<connections::NewConnection, Error> decode_new_connection(
    const pb::CreateConnection& message) {
  const auto type =
      TRY(from_wire(connections::connection_types, message.type(), "connection.type"));
  if (!type.has_value()) return refused("connection.type", "must be given");
  const auto provider =
      TRY(from_wire(connections::provider_names, message.provider(), "connection.provider"));
  connections::NewConnection wanted{
      .type = *type, .provider = provider, .provider_key = message.provider_key()};
  if (message.has_key_id()) wanted.key_id = message.key_id();
  return wanted;
}

Result<ConnectionChange, Error> decode_connection_change(const pb::UpdateConnection& message) {
  ConnectionChange change;
  change.type = TRY(from_wire(connections::connection_types, message.type(), "connection.type"));
  change.provider =
      TRY(from_wire(connections::provider_names, message.provider(), "connection.provider"));
  if (!message.provider_key().empty()) change.provider_key = message.provider_key();
  if (message.has_key_id()) change.key_id = message.key_id();
  if (message.has_debug_enabled()) change.is_debugged = message.debug_enabled().value();
  if (message.has_ui_button_title()) change.ui_button_title = message.ui_button_title().value();
  change.mode = TRY(from_wire(connections::configuration_modes, message.configuration_type(),
                              "connection.configuration_type"));
  // An empty map looks like none, so it changes nothing.
  if (message.attribute_mapping_size() > 0) {
    change.attribute_mapping.emplace(message.attribute_mapping().begin(),
                                     message.attribute_mapping().end());
  }
  TRY(decode_settings(message, change));
  return change;
}

}  // namespace gatehouse::api
