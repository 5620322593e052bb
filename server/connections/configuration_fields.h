// The members of every configuration by name, written down once: for the JSON that is stored and
// read. `visit(name, member)` is called for each.

#pragma once

#include <concepts>

#include "server/connections/configuration.h"

namespace gatehouse::connections {

template <class T, class Of>
concept Either = std::same_as<std::remove_const_t<T>, Of>;

template <Either<OidcConfiguration> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("issuer", self.issuer);
  visit("discovery_endpoint", self.discovery_endpoint);
  visit("authorize_uri", self.authorize_uri);
  visit("token_uri", self.token_uri);
  visit("user_info_uri", self.user_info_uri);
  visit("jwks_uri", self.jwks_uri);
  visit("client_id", self.client_id);
  visit("scopes", self.scopes);
  visit("token_auth_type", self.token_auth_type);
  visit("private_key_jwt", self.private_key_jwt);
  visit("pkce_enabled", self.pkce_enabled);
  visit("idp_logout_required", self.idp_logout_required);
  visit("sync_user_profile_on_login", self.sync_user_profile_on_login);
  visit("jit_provisioning_with_sso_enabled", self.jit_provisioning_with_sso_enabled);
}

template <Either<IdpCertificate> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("id", self.id);
  visit("pem", self.pem);
  visit("issuer", self.issuer);
  visit("added_at_ms", self.added_at_ms);
  visit("expires_at_ms", self.expires_at_ms);
}

template <Either<SamlConfiguration> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("idp_metadata_url", self.idp_metadata_url);
  visit("idp_entity_id", self.idp_entity_id);
  visit("idp_sso_url", self.idp_sso_url);
  visit("certificates", self.certificates);
  visit("idp_slo_url", self.idp_slo_url);
  visit("ui_button_title", self.ui_button_title);
  visit("idp_name_id_format", self.idp_name_id_format);
  visit("idp_sso_request_binding", self.idp_sso_request_binding);
  visit("idp_slo_request_binding", self.idp_slo_request_binding);
  visit("saml_signing_option", self.saml_signing_option);
  visit("allow_idp_initiated_login", self.allow_idp_initiated_login);
  visit("force_authn", self.force_authn);
  visit("default_redirect_uri", self.default_redirect_uri);
  visit("assertion_encrypted", self.assertion_encrypted);
  visit("want_request_signed", self.want_request_signed);
  visit("certificate_id", self.certificate_id);
  visit("idp_slo_required", self.idp_slo_required);
  visit("sp_entity_id", self.sp_entity_id);
  visit("sp_assertion_url", self.sp_assertion_url);
  visit("sp_slo_url", self.sp_slo_url);
  visit("sync_user_profile_on_login", self.sync_user_profile_on_login);
  visit("jit_provisioning_with_sso_enabled", self.jit_provisioning_with_sso_enabled);
}

template <Either<OptionalScopes> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("scopes", self.scopes);
  visit("field_name", self.field_name);
}
template <Either<OAuthExtensions> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("extra_authorize_params", self.extra_authorize_params);
}

template <Either<OAuthConfiguration> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("authorize_uri", self.authorize_uri);
  visit("token_uri", self.token_uri);
  visit("user_info_uri", self.user_info_uri);
  visit("client_id", self.client_id);
  visit("scopes", self.scopes);
  visit("pkce_enabled", self.pkce_enabled);
  visit("prompt", self.prompt);
  visit("access_type", self.access_type);
  visit("custom_scope_name", self.custom_scope_name);
  visit("sync_user_profile_on_login", self.sync_user_profile_on_login);
  visit("token_access_type", self.token_access_type);
  visit("tenant_id", self.tenant_id);
  visit("app_name", self.app_name);
  visit("optional_scopes", self.optional_scopes);
  visit("extensions", self.extensions);
}

template <Either<PasswordlessConfiguration> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("type", self.type);
  visit("frequency", self.frequency);
  visit("validity", self.validity);
  visit("enforce_same_browser_origin", self.enforce_same_browser_origin);
  visit("code_challenge_length", self.code_challenge_length);
  visit("code_challenge_type", self.code_challenge_type);
  visit("regenerate_passwordless_credentials_on_resend",
        self.regenerate_passwordless_credentials_on_resend);
}

template <Either<WebauthnConfiguration::RelyingParty> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("ids", self.ids);
  visit("origins", self.origins);
}
template <Either<WebauthnConfiguration::Attestation> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("conveyance_preference", self.conveyance_preference);
  visit("enterprise_approved_ids", self.enterprise_approved_ids);
}
template <Either<WebauthnConfiguration::Authenticators> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("validate_entry", self.validate_entry);
  visit("validate_entry_permit_zero_aaguid", self.validate_entry_permit_zero_aaguid);
  visit("validate_anchors", self.validate_anchors);
  visit("validate_status", self.validate_status);
  visit("validate_attestation_type", self.validate_attestation_type);
  visit("desired_authenticator_status", self.desired_authenticator_status);
  visit("undesired_authenticator_status", self.undesired_authenticator_status);
}
template <Either<WebauthnConfiguration::AuthenticatorSelection> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("user_verification", self.user_verification);
  visit("authenticator_attachment", self.authenticator_attachment);
}
template <Either<WebauthnConfiguration::Timeouts> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("registration", self.registration);
  visit("registration_uvd", self.registration_uvd);
  visit("login", self.login);
  visit("login_uvd", self.login_uvd);
}
template <Either<WebauthnConfiguration> Self, class Visit>
void visit_fields(Self& self, Visit&& visit) {
  visit("rp", self.rp);
  visit("attestation", self.attestation);
  visit("authenticators", self.authenticators);
  visit("authenticator_selection", self.authenticator_selection);
  visit("timeout", self.timeout);
  visit("enable_auto_registration", self.enable_auto_registration);
  visit("show_passkey_button", self.show_passkey_button);
  visit("enable_conditional_login", self.enable_conditional_login);
}

}  // namespace gatehouse::connections
