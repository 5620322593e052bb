// What is set for a connection, by its type. The names of members are those of the contract's
// messages, and so are the keys of the JSON that is stored. Secrets are not part of it.

#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "server/core/enum_names.h"
#include "server/core/error.h"
#include "server/core/id.h"
#include "server/core/result.h"
#include "server/core/time.h"

namespace gatehouse::connections {

enum class ConnectionType { oidc, saml, oauth, passwordless, webauthn };
inline constexpr EnumNames<ConnectionType, 5> connection_types({"OIDC", "SAML", "OAUTH",
                                                                "PASSWORDLESS", "WEBAUTHN"});

enum class Provider {
  okta,
  google,
  microsoft_ad,
  auth0,
  onelogin,
  ping_identity,
  jumpcloud,
  custom,
  github,
  gitlab,
  linkedin,
  salesforce,
  microsoft,
  idp_simulator,
  scalekit,
  adfs,
};
inline constexpr EnumNames<Provider, 16> provider_names({"OKTA", "GOOGLE", "MICROSOFT_AD", "AUTH0",
                                                         "ONELOGIN", "PING_IDENTITY", "JUMPCLOUD",
                                                         "CUSTOM", "GITHUB", "GITLAB", "LINKEDIN",
                                                         "SALESFORCE", "MICROSOFT", "IDP_SIMULATOR",
                                                         "SCALEKIT", "ADFS"});

enum class OidcScope { openid, profile, email, address, phone };
inline constexpr EnumNames<OidcScope, 5> oidc_scopes({"openid", "profile", "email", "address",
                                                      "phone"});
enum class TokenAuth { url_params, basic_auth };
inline constexpr EnumNames<TokenAuth, 2> token_auths({"URL_PARAMS", "BASIC_AUTH"});
enum class NameIdFormat { unspecified, email, transient, persistent };
inline constexpr EnumNames<NameIdFormat, 4> name_id_formats({"UNSPECIFIED", "EMAIL", "TRANSIENT",
                                                             "PERSISTENT"});
enum class RequestBinding { http_post, http_redirect };
inline constexpr EnumNames<RequestBinding, 2> request_bindings({"HTTP_POST", "HTTP_REDIRECT"});
enum class SamlSigning { none, response, assertion, both, either };
inline constexpr EnumNames<SamlSigning, 5> saml_signings(
    {"NO_SIGNING", "SAML_ONLY_RESPONSE_SIGNING", "SAML_ONLY_ASSERTION_SIGNING",
     "SAML_RESPONSE_ASSERTION_SIGNING", "SAML_RESPONSE_OR_ASSERTION_SIGNING"});
enum class PasswordlessType { link, otp, link_otp };
inline constexpr EnumNames<PasswordlessType, 3> passwordless_types({"LINK", "OTP", "LINK_OTP"});
enum class CodeChallengeType { numeric, alphanumeric };
inline constexpr EnumNames<CodeChallengeType, 2> code_challenge_types({"NUMERIC", "ALPHANUMERIC"});

using Text = std::optional<std::string>;
using Flag = std::optional<bool>;
using Number = std::optional<std::uint32_t>;
using Texts = std::vector<std::string>;

struct OidcConfiguration {
  Text issuer;
  Text discovery_endpoint;
  Text authorize_uri;
  Text token_uri;
  Text user_info_uri;
  Text jwks_uri;
  Text client_id;
  std::vector<OidcScope> scopes;
  std::optional<TokenAuth> token_auth_type;
  // Proves itself by an assertion signed with the environment's key, published at /keys, in place
  // of a secret [RFC 7523 §2.2].
  Flag private_key_jwt;
  Flag pkce_enabled;
  Flag idp_logout_required;
  Flag sync_user_profile_on_login;
  Flag jit_provisioning_with_sso_enabled;
};

struct Pem {
  std::string text;
};
// A certificate that the identity provider may sign with.
struct IdpCertificate {
  std::string id;  // SHA-256 of its DER form, in hexadecimal
  Pem pem;
  std::string issuer;
  std::int64_t added_at_ms = 0;
  std::int64_t expires_at_ms = 0;
};

struct SamlConfiguration {
  Text idp_metadata_url;
  Text idp_entity_id;
  Text idp_sso_url;
  std::vector<IdpCertificate> certificates;
  Text idp_slo_url;
  Text ui_button_title;
  std::optional<NameIdFormat> idp_name_id_format;
  std::optional<RequestBinding> idp_sso_request_binding;
  std::optional<RequestBinding> idp_slo_request_binding;
  std::optional<SamlSigning> saml_signing_option;
  Flag allow_idp_initiated_login;  // unless set: yes
  Flag force_authn;
  Text default_redirect_uri;
  Flag assertion_encrypted;
  Flag want_request_signed;
  Text certificate_id;
  Flag idp_slo_required;
  // What the identity provider knows us by, where it is not what we would say.
  Text sp_entity_id;
  Text sp_assertion_url;
  Text sp_slo_url;
  Flag sync_user_profile_on_login;
  Flag jit_provisioning_with_sso_enabled;
};

struct OptionalScopes {
  Texts scopes;
  std::string field_name;
};
struct OAuthExtensions {
  std::map<std::string, std::string> extra_authorize_params;
};

struct OAuthConfiguration {
  Text authorize_uri;
  Text token_uri;
  Text user_info_uri;
  Text client_id;
  Texts scopes;
  Flag pkce_enabled;
  Text prompt;
  Text access_type;
  Text custom_scope_name;
  Flag sync_user_profile_on_login;
  Text token_access_type;
  Text tenant_id;
  Text app_name;
  std::optional<OptionalScopes> optional_scopes;
  std::optional<OAuthExtensions> extensions;
};

struct PasswordlessConfiguration {
  std::optional<PasswordlessType> type;
  Number frequency;
  Number validity;  // seconds
  Flag enforce_same_browser_origin;
  Number code_challenge_length;
  std::optional<CodeChallengeType> code_challenge_type;
  Flag regenerate_passwordless_credentials_on_resend;
};

struct WebauthnConfiguration {
  struct RelyingParty {
    Texts ids;
    Texts origins;
  };
  struct Attestation {
    Text conveyance_preference;
    Texts enterprise_approved_ids;
  };
  struct Authenticators {
    Flag validate_entry;
    Flag validate_entry_permit_zero_aaguid;
    Flag validate_anchors;
    Flag validate_status;
    Flag validate_attestation_type;
    Texts desired_authenticator_status;
    Texts undesired_authenticator_status;
  };
  struct AuthenticatorSelection {
    Text user_verification;
    Text authenticator_attachment;
  };
  struct Timeouts {
    std::optional<seconds> registration;
    std::optional<seconds> registration_uvd;
    std::optional<seconds> login;
    std::optional<seconds> login_uvd;
  };
  std::optional<RelyingParty> rp;
  std::optional<Attestation> attestation;
  std::optional<Authenticators> authenticators;
  std::optional<AuthenticatorSelection> authenticator_selection;
  std::optional<Timeouts> timeout;
  Flag enable_auto_registration;
  Flag show_passkey_button;
  Flag enable_conditional_login;
};

// One alternative for each ConnectionType, in its order.
using Configuration = std::variant<OidcConfiguration, SamlConfiguration, OAuthConfiguration,
                                   PasswordlessConfiguration, WebauthnConfiguration>;
[[nodiscard]] ConnectionType type_of(const Configuration& configuration);
// What the contract calls the settings of that type: "oidc_config", …
[[nodiscard]] std::string_view settings_name(ConnectionType type);
// Nothing set.
[[nodiscard]] Configuration empty_configuration(ConnectionType type);

// JSON as stored, which is also that of the contract's message of that type, but for
// `certificates`.
[[nodiscard]] std::string configuration_to_json(const Configuration& configuration);
// Members of other names are passed over. Errors: invalid_argument (a value of another kind, an
// unknown name, too long, too many), naming the field.
Result<Configuration, Error> configuration_from_json(ConnectionType type, std::string_view json);

// Where addresses may lead to.
enum class AddressRule {
  https_only,
  http_too,  // while a connection of a development environment is being debugged
};
// Errors: invalid_argument, naming the field.
Result<Unit, Error> check_configuration(const Configuration& configuration, AddressRule rule);

// How far it is from being of use. The simulator needs nothing.
enum class Status { draft, in_progress, completed };
inline constexpr EnumNames<Status, 3> status_names({"DRAFT", "IN_PROGRESS", "COMPLETED"});
enum class ClientSecret { absent, present };
[[nodiscard]] Status status_of(const Configuration& configuration, Provider provider,
                               ClientSecret client_secret);

}  // namespace gatehouse::connections
