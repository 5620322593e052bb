// OAuthError: a refusal as the OAuth and OpenID Connect specifications name it. One table gives
// each code its wire name and HTTP status; the description is ours and safe to show; the detail is
// for logs, stories and development error pages. [RFC 6749 §4.1.2.1] [RFC 6749 §5.2] [OIDC Core
// §3.1.2.6] [RFC 6750 §3.1]

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/http/message.h"

namespace gatehouse::oidc {

enum class OAuthCode {
  invalid_request,
  invalid_client,
  invalid_grant,
  unauthorized_client,
  unsupported_grant_type,
  unsupported_response_type,
  invalid_scope,
  access_denied,
  login_required,
  interaction_required,
  account_selection_required,
  invalid_token,
  insufficient_scope,
  request_not_supported,
  request_uri_not_supported,
  registration_not_supported,
  server_error,
  temporarily_unavailable,
  // The contract's own, seen on callbacks and error pages only. Of the request:
  invalid_redirect_uri,
  invalid_organization_id,
  invalid_connection_id,
  invalid_connection_selector,
  no_configured_connections,
  no_active_connections,
  connection_not_active,
  domain_not_found,
  invalid_user_domain,
  application_not_active,
  unauthorized,
  // Of an identity provider's answer:
  mandatory_attribute_missing,
  invalid_id_token,
  failed_to_exchange_token,
  user_info_retrieve_failed,
  invalid_saml_metadata,
  invalid_saml_response,
  invalid_saml_request,
  invalid_saml_form_params,
  signature_validation_failed,
  invalid_acs_url,
  invalid_assertion_url,
  invalid_status,
  malformed_saml_response,
  assertion_expired,
  response_expired,
  authentication_not_completed,
  user_login_required,
  user_not_active,
};

struct OAuthError {
  OAuthCode code;
  std::string description;
  std::string detail;

  OAuthError(OAuthCode error_code, std::string error_description, std::string error_detail = {})
      : code(error_code),
        description(std::move(error_description)),
        detail(std::move(error_detail)) {}
  // What the layers below report: unavailable stays that, everything else is our fault.
  OAuthError(const Error& error);  // NOLINT: the conversion that TRY looks for
};

[[nodiscard]] std::string_view oauth_code_name(OAuthCode code);
[[nodiscard]] int oauth_status(OAuthCode code);
// nullopt if no code has that name.
[[nodiscard]] std::optional<OAuthCode> oauth_code_named(std::string_view name);

// {"error":…,"error_description":…} with the code's status. A failed client authentication by Basic
// also gets a challenge [RFC 6749 §5.2].
enum class Challenge { none, basic };
[[nodiscard]] http::Response oauth_error_response(const OAuthError& error,
                                                  Challenge challenge = Challenge::none);
// 401 or 403 with WWW-Authenticate: Bearer [RFC 6750 §3].
[[nodiscard]] http::Response bearer_error_response(const OAuthError& error);
// 401 for a request that brought no token at all: no error code in the challenge [RFC 6750 §3.1].
[[nodiscard]] http::Response bearer_missing_response();

}  // namespace gatehouse::oidc
