#include "server/oidc/error.h"

#include "server/core/ensure.h"
#include "server/encoding/json.h"

namespace gatehouse::oidc {
namespace {

struct Entry {
  OAuthCode code;
  std::string_view name;
  int status;
};

constexpr Entry table[] = {
    {OAuthCode::invalid_request, "invalid_request", 400},
    {OAuthCode::invalid_client, "invalid_client", 401},
    {OAuthCode::invalid_grant, "invalid_grant", 400},
    {OAuthCode::unauthorized_client, "unauthorized_client", 400},
    {OAuthCode::unsupported_grant_type, "unsupported_grant_type", 400},
    {OAuthCode::unsupported_response_type, "unsupported_response_type", 400},
    {OAuthCode::invalid_scope, "invalid_scope", 400},
    {OAuthCode::access_denied, "access_denied", 403},
    {OAuthCode::login_required, "login_required", 400},
    {OAuthCode::interaction_required, "interaction_required", 400},
    {OAuthCode::account_selection_required, "account_selection_required", 400},
    {OAuthCode::invalid_token, "invalid_token", 401},
    {OAuthCode::insufficient_scope, "insufficient_scope", 403},
    {OAuthCode::request_not_supported, "request_not_supported", 400},
    {OAuthCode::request_uri_not_supported, "request_uri_not_supported", 400},
    {OAuthCode::registration_not_supported, "registration_not_supported", 400},
    {OAuthCode::server_error, "server_error", 500},
    {OAuthCode::temporarily_unavailable, "temporarily_unavailable", 503},
    {OAuthCode::invalid_redirect_uri, "invalid_redirect_uri", 400},
    {OAuthCode::invalid_organization_id, "invalid_organization_id", 400},
    {OAuthCode::invalid_connection_id, "invalid_connection_id", 400},
    {OAuthCode::invalid_connection_selector, "invalid_connection_selector", 400},
    {OAuthCode::no_configured_connections, "no_configured_connections", 400},
    {OAuthCode::no_active_connections, "no_active_connections", 400},
    {OAuthCode::connection_not_active, "connection_not_active", 403},
    {OAuthCode::domain_not_found, "domain_not_found", 400},
    {OAuthCode::invalid_user_domain, "invalid_user_domain", 403},
    {OAuthCode::application_not_active, "application_not_active", 403},
    {OAuthCode::unauthorized, "unauthorized", 401},
    {OAuthCode::mandatory_attribute_missing, "mandatory_attribute_missing", 403},
    {OAuthCode::invalid_id_token, "invalid_id_token", 403},
    {OAuthCode::failed_to_exchange_token, "failed_to_exchange_token", 403},
    {OAuthCode::user_info_retrieve_failed, "user_info_retrieve_failed", 403},
    {OAuthCode::invalid_saml_metadata, "invalid_saml_metadata", 403},
    {OAuthCode::invalid_saml_response, "invalid_saml_response", 403},
    {OAuthCode::invalid_saml_request, "invalid_saml_request", 403},
    {OAuthCode::invalid_saml_form_params, "invalid_saml_form_params", 403},
    {OAuthCode::signature_validation_failed, "signature_validation_failed", 403},
    {OAuthCode::invalid_acs_url, "invalid_acs_url", 403},
    {OAuthCode::invalid_assertion_url, "invalid_assertion_url", 403},
    {OAuthCode::invalid_status, "invalid_status", 403},
    {OAuthCode::malformed_saml_response, "malformed_saml_response", 403},
    {OAuthCode::assertion_expired, "assertion_expired", 403},
    {OAuthCode::response_expired, "response_expired", 403},
    {OAuthCode::authentication_not_completed, "authentication_not_completed", 403},
    {OAuthCode::user_login_required, "user_login_required", 403},
    {OAuthCode::user_not_active, "user_not_active", 403},
};

const Entry& entry_of(OAuthCode code) {
  for (const Entry& entry : table) {
    if (entry.code == code) return entry;
  }
  ensure_failed("entry_of: not an OAuthCode");
}

}  // namespace

OAuthError::OAuthError(const Error& error)
    : code(OAuthCode::server_error),
      description("The server could not answer this request."),
      detail(error.detail) {
  if (error.code == ErrorCode::unavailable || error.code == ErrorCode::deadline_exceeded ||
      error.code == ErrorCode::aborted) {
    code = OAuthCode::temporarily_unavailable;
    description = "The server cannot answer just now. Try again in a moment.";
  }
}

std::string_view oauth_code_name(OAuthCode code) { return entry_of(code).name; }

int oauth_status(OAuthCode code) { return entry_of(code).status; }

std::optional<OAuthCode> oauth_code_named(std::string_view name) {
  for (const Entry& entry : table) {
    if (entry.name == name) return entry.code;
  }
  return std::nullopt;
}

http::Response oauth_error_response(const OAuthError& error, Challenge challenge) {
  http::Response response;
  response.status = oauth_status(error.code);
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  if (response.status == 503) response.headers.add("Retry-After", "1");
  if (error.code == OAuthCode::invalid_client && challenge == Challenge::basic) {
    response.headers.add("WWW-Authenticate", "Basic realm=\"gatehouse\", charset=\"UTF-8\"");
  }
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("error", oauth_code_name(error.code));
  writer.field("error_description", error.description);
  writer.end_object();
  response.body = std::move(out);
  return response;
}

http::Response bearer_error_response(const OAuthError& error) {
  http::Response response = oauth_error_response(error);
  std::string challenge = "Bearer realm=\"gatehouse\", error=\"";
  challenge.append(oauth_code_name(error.code)).append("\", error_description=\"");
  for (const char c : error.description) {
    if (c != '"' && c != '\\') challenge.push_back(c);
  }
  challenge.push_back('"');
  response.headers.add("WWW-Authenticate", challenge);
  return response;
}

http::Response bearer_missing_response() {
  http::Response response;
  response.status = 401;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("WWW-Authenticate", "Bearer realm=\"gatehouse\"");
  response.body =
      R"({"error":"invalid_request","error_description":"An access token is required."})";
  return response;
}

}  // namespace gatehouse::oidc
