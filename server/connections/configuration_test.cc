#include "server/connections/configuration.h"

#include <doctest/doctest.h>

namespace gatehouse::connections {
namespace {

std::string again(ConnectionType type, std::string_view json) {
  return configuration_to_json(configuration_from_json(type, json).take());
}
std::string wrong_field(ConnectionType type, std::string_view json) {
  const auto outcome = configuration_from_json(type, json);
  return outcome.ok() ? "" : outcome.error().field;
}

}  // namespace

TEST_CASE("configurations: JSON comes back as it was, for every type") {
  const auto check = [](ConnectionType type, std::string_view json) {
    CHECK(again(type, json) == json);
    CHECK(type_of(configuration_from_json(type, json).value()) == type);
  };
  check(ConnectionType::oidc,
        R"({"issuer":"https://a","discovery_endpoint":"https://b","authorize_uri":"https://c",)"
        R"("token_uri":"https://d","user_info_uri":"https://e","jwks_uri":"https://f",)"
        R"("client_id":"g","scopes":["openid","email"],"token_auth_type":"BASIC_AUTH",)"
        R"("pkce_enabled":true,"idp_logout_required":false,"sync_user_profile_on_login":true,)"
        R"("jit_provisioning_with_sso_enabled":false})");
  check(ConnectionType::saml,
        R"({"idp_metadata_url":"https://a","idp_entity_id":"b","idp_sso_url":"https://c",)"
        R"("certificates":[{"id":"1","pem":"p","issuer":"i","added_at_ms":1,"expires_at_ms":2}],)"
        R"("idp_name_id_format":"EMAIL","idp_sso_request_binding":"HTTP_POST",)"
        R"("idp_slo_request_binding":"HTTP_REDIRECT",)"
        R"("saml_signing_option":"SAML_RESPONSE_OR_ASSERTION_SIGNING","force_authn":true,)"
        R"("sp_entity_id":"s"})");
  check(ConnectionType::oauth,
        R"({"client_id":"c","scopes":["a","b"],"optional_scopes":{"scopes":["x"],)"
        R"("field_name":"f"},"extensions":{"extra_authorize_params":{"k":"v"}}})");
  check(ConnectionType::passwordless,
        R"({"type":"LINK_OTP","frequency":3,"validity":300,"enforce_same_browser_origin":true,)"
        R"("code_challenge_length":6,"code_challenge_type":"NUMERIC",)"
        R"("regenerate_passwordless_credentials_on_resend":false})");
  check(ConnectionType::webauthn,
        R"({"rp":{"ids":["a.b"],"origins":["https://a.b"]},)"
        R"("attestation":{"conveyance_preference":"none"},)"
        R"("authenticators":{"validate_entry":true,"desired_authenticator_status":["REVOKED"]},)"
        R"("authenticator_selection":{"user_verification":"required"},)"
        R"("timeout":{"registration":"300s","login_uvd":"120s"},"show_passkey_button":true})");
  for (const ConnectionType type :
       {ConnectionType::oidc, ConnectionType::saml, ConnectionType::oauth,
        ConnectionType::passwordless, ConnectionType::webauthn}) {
    check(type, "{}");
  }
}

TEST_CASE("configurations: unknown members are passed over, wrong values are named") {
  CHECK(again(ConnectionType::oidc, R"({"client_secret":"x","redirect_uri":"y"})") == "{}");
  CHECK(again(ConnectionType::oidc, R"({"issuer":null})") == "{}");
  CHECK(wrong_field(ConnectionType::oidc, R"({"issuer":1})") == "connection.oidc_config.issuer");
  CHECK(wrong_field(ConnectionType::oidc, R"({"scopes":["root"]})") ==
        "connection.oidc_config.scopes");
  CHECK(wrong_field(ConnectionType::oidc, R"({"scopes":"openid"})") ==
        "connection.oidc_config.scopes");
  CHECK(wrong_field(ConnectionType::oidc, R"({"token_auth_type":7})") ==
        "connection.oidc_config.token_auth_type");
  CHECK(wrong_field(ConnectionType::oidc, R"({"pkce_enabled":"yes"})") ==
        "connection.oidc_config.pkce_enabled");
  CHECK(wrong_field(ConnectionType::saml, R"({"saml_signing_option":"SOME"})") ==
        "connection.saml_config.saml_signing_option");
  CHECK(wrong_field(ConnectionType::passwordless, R"({"validity":-1})") ==
        "connection.passwordless_config.validity");
  CHECK(wrong_field(ConnectionType::passwordless, R"({"validity":4294967296})") ==
        "connection.passwordless_config.validity");
  CHECK(wrong_field(ConnectionType::webauthn, R"({"rp":{"ids":[1]}})") ==
        "connection.webauthn_config.ids");
  CHECK(wrong_field(ConnectionType::webauthn, R"({"timeout":{"login":"soon"}})") ==
        "connection.webauthn_config.login");
  const std::string most(2048, 'a');
  CHECK(wrong_field(ConnectionType::oidc, R"({"client_id":")" + most + R"("})").empty());
  CHECK(wrong_field(ConnectionType::oidc, R"({"client_id":")" + most + R"(a"})") ==
        "connection.oidc_config.client_id");
  CHECK_FALSE(configuration_from_json(ConnectionType::oidc, "[").ok());
}

TEST_CASE("configurations: each type has its own idea of enough") {
  constexpr auto absent = ClientSecret::absent;
  constexpr auto present = ClientSecret::present;
  constexpr Provider okta = Provider::okta;
  const Text set = "https://x.y";
  CHECK(status_of(OidcConfiguration{}, okta, absent) == Status::draft);
  CHECK(status_of(OidcConfiguration{.issuer = set}, okta, absent) == Status::in_progress);
  CHECK(status_of(OidcConfiguration{.issuer = set, .client_id = "a"}, okta, absent) ==
        Status::in_progress);
  CHECK(status_of(OidcConfiguration{.issuer = set, .client_id = "a"}, okta, present) ==
        Status::completed);
  CHECK(status_of(OidcConfiguration{.issuer = "", .client_id = "a"}, okta, present) ==
        Status::in_progress);
  CHECK(status_of(SamlConfiguration{.idp_metadata_url = set}, okta, absent) == Status::in_progress);
  CHECK(status_of(SamlConfiguration{.idp_entity_id = "e", .idp_sso_url = set, .certificates = {{}}},
                  okta, absent) == Status::completed);
  const OAuthConfiguration oauth{.client_id = "a"};
  CHECK(status_of(oauth, Provider::google, present) == Status::completed);
  CHECK(status_of(oauth, Provider::custom, present) == Status::in_progress);
  CHECK(status_of(PasswordlessConfiguration{}, Provider::scalekit, absent) == Status::completed);
  CHECK(status_of(WebauthnConfiguration{}, Provider::scalekit, absent) == Status::draft);
  CHECK(status_of(OidcConfiguration{}, Provider::idp_simulator, absent) == Status::completed);
}

TEST_CASE("configurations: numbers and origins outside their bounds are refused") {
  const auto field = [](const Configuration& configuration) {
    const auto outcome = check_configuration(configuration, AddressRule::https_only);
    return outcome.ok() ? "" : outcome.error().field;
  };
  CHECK(field(PasswordlessConfiguration{.validity = 60, .code_challenge_length = 4}) == "");
  CHECK(field(PasswordlessConfiguration{.validity = 59}) ==
        "connection.passwordless_config.validity");
  CHECK(field(PasswordlessConfiguration{.validity = 3601}) ==
        "connection.passwordless_config.validity");
  CHECK(field(PasswordlessConfiguration{.code_challenge_length = 3}) ==
        "connection.passwordless_config.code_challenge_length");
  const auto webauthn = [](std::string origin) {
    WebauthnConfiguration configuration;
    configuration.rp = {.ids = {"a.b"}, .origins = {std::move(origin)}};
    return configuration;
  };
  CHECK(field(webauthn("https://a.b")) == "");
  CHECK(field(webauthn("https://a.b/path")) == "connection.webauthn_config.origins");
  CHECK(field(webauthn("http://a.b")) == "connection.webauthn_config.origins");
  CHECK(field(SamlConfiguration{.idp_entity_id = "not an address"}) == "");
  CHECK(field(SamlConfiguration{.idp_slo_url = "http://a.b"}) ==
        "connection.saml_config.idp_slo_url");
}

}  // namespace gatehouse::connections
