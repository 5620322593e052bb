// Which configurations are acceptable, and which are enough.

#include "server/connections/configuration.h"
#include "server/encoding/uri.h"

namespace gatehouse::connections {
namespace {

struct Address {
  const char* name;
  const Text& value;
};

Error refused(const char* name, std::string_view why) {
  return refusal(ErrorCode::invalid_argument, std::string(name) + " " + std::string(why), name);
}

Result<Unit, Error> check_address(const Address& address, AddressRule rule) {
  if (!address.value.has_value() || address.value->empty()) return Unit{};
  const std::optional<Uri> uri = parse_uri(*address.value);
  const bool is_web =
      uri.has_value() && (uri->scheme == "https" || uri->scheme == "http") && !uri->host.empty();
  if (!is_web) return refused(address.name, "must be an https address");
  if (uri->userinfo.has_value() || uri->fragment.has_value()) {
    return refused(address.name, "must not contain a user name or a fragment");
  }
  if (uri->scheme == "http" && rule == AddressRule::https_only) {
    return refused(address.name,
                   "must begin with https://; http is for connections of a development "
                   "environment that are being debugged");
  }
  return Unit{};
}

Result<Unit, Error> check_addresses(std::initializer_list<Address> addresses, AddressRule rule) {
  for (const Address& address : addresses) TRY(check_address(address, rule));
  return Unit{};
}

Result<Unit, Error> check(const OidcConfiguration& oidc, AddressRule rule) {
  return check_addresses({{"issuer", oidc.issuer},
                          {"discovery_endpoint", oidc.discovery_endpoint},
                          {"authorize_uri", oidc.authorize_uri},
                          {"token_uri", oidc.token_uri},
                          {"user_info_uri", oidc.user_info_uri},
                          {"jwks_uri", oidc.jwks_uri}},
                         rule);
}

// Entity ids are names [SAML 2.0 Core §8.3.6]: URIs often, addresses never to be called.
Result<Unit, Error> check(const SamlConfiguration& saml, AddressRule rule) {
  return check_addresses({{"idp_metadata_url", saml.idp_metadata_url},
                          {"idp_sso_url", saml.idp_sso_url},
                          {"idp_slo_url", saml.idp_slo_url},
                          {"default_redirect_uri", saml.default_redirect_uri},
                          {"sp_assertion_url", saml.sp_assertion_url},
                          {"sp_slo_url", saml.sp_slo_url}},
                         rule);
}

Result<Unit, Error> check(const OAuthConfiguration& oauth, AddressRule rule) {
  return check_addresses({{"authorize_uri", oauth.authorize_uri},
                          {"token_uri", oauth.token_uri},
                          {"user_info_uri", oauth.user_info_uri}},
                         rule);
}

constexpr std::uint32_t code_length_min = 4;
constexpr std::uint32_t code_length_max = 12;
constexpr std::uint32_t validity_seconds_min = 60;
constexpr std::uint32_t validity_seconds_max = 3600;

Result<Unit, Error> check(const PasswordlessConfiguration& passwordless, AddressRule) {
  const Number& length = passwordless.code_challenge_length;
  if (length.has_value() && (*length < code_length_min || *length > code_length_max)) {
    return refused("code_challenge_length", "must be 4 to 12");
  }
  const Number& validity = passwordless.validity;
  if (validity.has_value() &&
      (*validity < validity_seconds_min || *validity > validity_seconds_max)) {
    return refused("validity", "must be 60 to 3600 seconds");
  }
  return Unit{};
}

Result<Unit, Error> check(const WebauthnConfiguration& webauthn, AddressRule rule) {
  if (!webauthn.rp.has_value()) return Unit{};
  for (const std::string& origin : webauthn.rp->origins) {
    if (origin_of(origin) != origin) return refused("origins", "must hold origins only");
    TRY(check_address({"origins", origin}, rule));
  }
  return Unit{};
}

bool has(const Text& text) { return text.has_value() && !text->empty(); }

struct Given {
  bool is_something;
  bool is_enough;
};

// Endpoints that are not set come from the discovery document [OIDC Discovery §4].
Given given(const OidcConfiguration& oidc, Provider, ClientSecret client_secret) {
  const bool has_secret = client_secret == ClientSecret::present;
  const bool is_located = has(oidc.issuer) || has(oidc.discovery_endpoint);
  return {.is_something = is_located || has(oidc.authorize_uri) || has(oidc.token_uri) ||
                          has(oidc.jwks_uri) || has(oidc.client_id) || has_secret,
          .is_enough = is_located && has(oidc.client_id) &&
                       (has_secret || oidc.private_key_jwt.value_or(false))};
}

// An address of metadata is a beginning: until it has been read there is nothing to verify with.
Given given(const SamlConfiguration& saml, Provider, ClientSecret) {
  const bool has_certificate = !saml.certificates.empty();
  return {.is_something = has(saml.idp_metadata_url) || has(saml.idp_entity_id) ||
                          has(saml.idp_sso_url) || has_certificate,
          .is_enough = has(saml.idp_entity_id) && has(saml.idp_sso_url) && has_certificate};
}

// The endpoints of a provider that is named are known.
Given given(const OAuthConfiguration& oauth, Provider provider, ClientSecret client_secret) {
  const bool has_secret = client_secret == ClientSecret::present;
  const bool is_located =
      provider != Provider::custom || (has(oauth.authorize_uri) && has(oauth.token_uri));
  return {.is_something = has(oauth.client_id) || has_secret || has(oauth.authorize_uri),
          .is_enough = is_located && has(oauth.client_id) && has_secret};
}

Given given(const PasswordlessConfiguration&, Provider, ClientSecret) {
  return {.is_something = true, .is_enough = true};
}

Given given(const WebauthnConfiguration& webauthn, Provider, ClientSecret) {
  return {.is_something = webauthn.rp.has_value(),
          .is_enough = webauthn.rp.has_value() && !webauthn.rp->ids.empty() &&
                       !webauthn.rp->origins.empty()};
}

}  // namespace

Result<Unit, Error> check_configuration(const Configuration& configuration, AddressRule rule) {
  auto checked =
      std::visit([&](const auto& structure) { return check(structure, rule); }, configuration);
  if (checked.ok()) return checked;
  Error error = std::move(checked).error();
  error.field =
      "connection." + std::string(settings_name(type_of(configuration))) + "." + error.field;
  return error;
}

Status status_of(const Configuration& configuration, Provider provider,
                 ClientSecret client_secret) {
  if (provider == Provider::idp_simulator) return Status::completed;
  const Given found =
      std::visit([&](const auto& structure) { return given(structure, provider, client_secret); },
                 configuration);
  if (found.is_enough) return Status::completed;
  return found.is_something ? Status::in_progress : Status::draft;
}

}  // namespace gatehouse::connections
