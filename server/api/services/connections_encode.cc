// From stored connections to the contract's messages. Settings are stored under the contract's own
// names, so they pass as JSON; what we alone know (our addresses, hints of secrets) is added.

#include <google/protobuf/util/json_util.h>

#include "server/api/convert.h"
#include "server/api/enum_convert.h"
#include "server/api/services/connections.h"
#include "server/api/services/domains.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::connections;
using connections::Connection;
using connections::ConnectionType;

std::string_view path_segment(ConnectionType type) {
  switch (type) {
    case ConnectionType::oidc: return "oidc";
    case ConnectionType::saml: return "saml";
    case ConnectionType::oauth: return "oauth";
    case ConnectionType::passwordless:
    case ConnectionType::webauthn: return "";
  }
  ensure_failed("path_segment: not a ConnectionType");
}

// Where the browser and the identity provider reach this connection.
std::string address(const Call& call, const Connection& connection, std::string_view rest) {
  return call.base_url() + "/sso/v1/" + std::string(path_segment(connection.type)) + "/" +
         connection.id.text() + std::string(rest);
}

Result<Unit, Error> fill(const Connection& connection, google::protobuf::Message& settings) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // certificates have a form of their own
  const auto status = google::protobuf::util::JsonStringToMessage(
      connections::configuration_to_json(connection.configuration), &settings, options);
  if (status.ok()) return Unit{};
  return Error(ErrorCode::internal,
               "settings of " + connection.id.text() + ": " +
                   std::string(status.message().data(), status.message().size()));
}

Result<Unit, Error> encode_oidc(const Call& call, const Connection& connection,
                                pb::OIDCConnectionConfig& settings) {
  TRY(fill(connection, settings));
  settings.set_redirect_uri(address(call, connection, "/callback"));
  settings.mutable_post_logout_redirect_uri()->set_value(
      address(call, connection, "/logout/callback"));
  settings.mutable_backchannel_logout_redirect_uri()->set_value(
      address(call, connection, "/backchannel-logout"));
  if (!connection.client_secret_hint.empty()) {
    settings.mutable_client_secret()->set_value(connection.client_secret_hint);
  }
  return Unit{};
}

Result<Unit, Error> encode_saml(const Call& call, const Connection& connection,
                                pb::SAMLConnectionConfigResponse& settings) {
  TRY(fill(connection, settings));
  if (settings.sp_entity_id().empty()) settings.set_sp_entity_id(address(call, connection, ""));
  if (settings.sp_assertion_url().empty()) {
    settings.set_sp_assertion_url(address(call, connection, "/callback"));
  }
  settings.set_sp_metadata_url(address(call, connection, "/metadata"));
  if (settings.sp_slo_url().value().empty()) {
    settings.mutable_sp_slo_url()->set_value(address(call, connection, "/slo/callback"));
  }
  const auto& saml = std::get<connections::SamlConfiguration>(connection.configuration);
  for (const connections::IdpCertificate& certificate : saml.certificates) {
    pb::IDPCertificate& encoded = *settings.add_idp_certificates();
    encoded.set_id(certificate.id);
    encoded.set_certificate(certificate.pem.text);
    encoded.set_issuer(certificate.issuer);
    *encoded.mutable_create_time() = to_timestamp(instant_from_ms(certificate.added_at_ms));
    *encoded.mutable_expiry_time() = to_timestamp(instant_from_ms(certificate.expires_at_ms));
  }
  return Unit{};
}

Result<Unit, Error> encode_oauth(const Call& call, const Connection& connection,
                                 pb::OAuthConnectionConfig& settings) {
  TRY(fill(connection, settings));
  settings.set_redirect_uri(address(call, connection, "/callback"));
  if (!connection.client_secret_hint.empty()) {
    settings.mutable_client_secret()->set_value(connection.client_secret_hint);
  }
  return Unit{};
}

Result<Unit, Error> encode_settings(const Call& call, const Connection& connection,
                                    pb::Connection& message) {
  switch (connection.type) {
    case ConnectionType::oidc: return encode_oidc(call, connection, *message.mutable_oidc_config());
    case ConnectionType::saml: return encode_saml(call, connection, *message.mutable_saml_config());
    case ConnectionType::oauth:
      return encode_oauth(call, connection, *message.mutable_oauth_config());
    case ConnectionType::passwordless:
      return fill(connection, *message.mutable_passwordless_config());
    case ConnectionType::webauthn: return fill(connection, *message.mutable_webauthn_config());
  }
  ensure_failed("encode_settings: not a ConnectionType");
}

}  // namespace

Result<Unit, Error> encode_connection(const Call& call, const RoutedConnection& routed,
                                      pb::Connection& message) {
  const Connection& connection = routed.connection;
  message.set_id(connection.id.text());
  message.set_provider(
      to_wire<pb::ConnectionProvider>(connections::provider_names.name(connection.provider)));
  message.set_type(
      to_wire<pb::ConnectionType>(connections::connection_types.name(connection.type)));
  message.set_status(
      to_wire<pb::ConnectionStatus>(connections::status_names.name(connection.status)));
  message.set_enabled(connection.is_enabled);
  message.set_debug_enabled(connection.is_debugged);
  if (connection.organization.has_value()) {
    message.set_organization_id(connection.organization->text());
  }
  message.set_ui_button_title(connection.ui_button_title);
  message.set_configuration_type(
      to_wire<pb::ConfigurationType>(connections::configuration_modes.name(connection.mode)));
  if (connection.type == ConnectionType::oidc || connection.type == ConnectionType::saml) {
    message.set_test_connection_uri(address(call, connection, "/test"));
  }
  for (const auto& [key, value] : connection.attribute_mapping) {
    (*message.mutable_attribute_mapping())[key] = value;
  }
  *message.mutable_create_time() = to_timestamp(connection.created_at);
  *message.mutable_update_time() = to_timestamp(connection.updated_at);
  if (connection.key_id.has_value()) message.set_key_id(*connection.key_id);
  message.set_provider_key(connection.provider_key);
  for (const orgs::Domain& domain : routed.domains) encode_domain(domain, *message.add_domains());
  return encode_settings(call, connection, message);
}

void encode_summary(const connections::ConnectionSummary& summary, pb::ListConnection& message) {
  message.set_id(summary.id.text());
  message.set_provider(
      to_wire<pb::ConnectionProvider>(connections::provider_names.name(summary.provider)));
  message.set_type(to_wire<pb::ConnectionType>(connections::connection_types.name(summary.type)));
  message.set_status(to_wire<pb::ConnectionStatus>(connections::status_names.name(summary.status)));
  message.set_enabled(summary.is_enabled);
  if (summary.organization.has_value()) message.set_organization_id(summary.organization->text());
  message.set_ui_button_title(summary.ui_button_title);
  for (const std::string& domain : summary.domains) message.add_domains(domain);
  message.set_organization_name(summary.organization_name);
  message.set_provider_key(summary.provider_key);
  message.set_key_id(summary.key_id);
  *message.mutable_created_at() = to_timestamp(summary.created_at);
}

}  // namespace gatehouse::api
