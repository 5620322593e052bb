#include "server/sso/oidc/relying.h"

#include <algorithm>

#include "server/encoding/uri.h"
#include "server/sso/oidc/presets.h"

namespace gatehouse::sso::oidc_rp {
namespace {

using connections::OAuthConfiguration;
using connections::OidcConfiguration;
using connections::Provider;
using connections::Text;

constexpr std::string_view discovery_path = "/.well-known/openid-configuration";

std::string text_of(const Text& text) { return text.value_or(std::string()); }

Failure missing(std::string_view names) {
  return Failure(Diagnosis::connection_incomplete, std::string(names), "nothing");
}

// What is set wins over what is known.
void override_with(const Text& set, std::string& known) {
  if (set.has_value() && !set->empty()) known = *set;
}

std::string discovery_uri_of(const OidcConfiguration& oidc) {
  std::string uri = text_of(oidc.discovery_endpoint);
  if (!uri.empty()) return uri;
  uri = text_of(oidc.issuer);
  if (uri.empty()) return uri;
  if (uri.ends_with('/')) uri.pop_back();
  return uri + std::string(discovery_path);
}

Result<Unit, Failure> fill(const OidcConfiguration& oidc, connections::ConfigurationMode mode,
                           Relying& relying) {
  relying.endpoints = {.issuer = text_of(oidc.issuer),
                       .authorize_uri = text_of(oidc.authorize_uri),
                       .token_uri = text_of(oidc.token_uri),
                       .user_info_uri = text_of(oidc.user_info_uri),
                       .jwks_uri = text_of(oidc.jwks_uri),
                       .end_session_uri = {}};
  const Endpoints& given = relying.endpoints;
  const bool is_whole = !given.issuer.empty() && !given.authorize_uri.empty() &&
                        !given.token_uri.empty() && !given.jwks_uri.empty();
  const bool is_manual = mode == connections::ConfigurationMode::manual ||
                         (mode == connections::ConfigurationMode::unspecified && is_whole &&
                          text_of(oidc.discovery_endpoint).empty());
  if (is_manual && !is_whole) return missing("issuer, authorize_uri, token_uri, jwks_uri");
  if (!is_manual) relying.discovery_uri = discovery_uri_of(oidc);
  if (!is_manual && relying.discovery_uri.empty()) return missing("issuer or discovery_endpoint");
  relying.client_id = text_of(oidc.client_id);
  relying.token_auth = oidc.token_auth_type.value_or(connections::TokenAuth::url_params);
  if (oidc.pkce_enabled == false) relying.pkce = Relying::Pkce::off;
  for (const connections::OidcScope scope : oidc.scopes) {
    relying.scopes.emplace_back(connections::oidc_scopes.name(scope));
  }
  if (relying.scopes.empty()) relying.scopes = {"openid", "email", "profile"};
  // Without it there is no ID token [OIDC Core §3.1.2.1].
  if (std::find(relying.scopes.begin(), relying.scopes.end(), "openid") == relying.scopes.end()) {
    relying.scopes.insert(relying.scopes.begin(), "openid");
  }
  return Unit{};
}

// Tokens of another place are another issuer's. Who that is, is told by its userinfo alone: whose
// keys would sign its tokens is not among the settings.
Result<Unit, Failure> move_away(const OAuthConfiguration& oauth, Relying& relying) {
  const std::string user_info = text_of(oauth.user_info_uri);
  if (user_info.empty()) return missing("user_info_uri, because token_uri is set");
  if (relying.proof == Relying::Proof::id_token) relying.proof = Relying::Proof::user_info;
  relying.endpoints.issuer = origin_of(user_info).value_or(user_info);
  relying.endpoints.jwks_uri.clear();
  relying.endpoints.end_session_uri.clear();
  return Unit{};
}

std::string scope_text(const connections::Texts& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

void set_parameters(const OAuthConfiguration& oauth, Relying& relying) {
  if (oauth.extensions.has_value()) {
    relying.authorize_parameters = oauth.extensions->extra_authorize_params;
  }
  if (oauth.optional_scopes.has_value() && !oauth.optional_scopes->field_name.empty()) {
    relying.authorize_parameters[oauth.optional_scopes->field_name] =
        scope_text(oauth.optional_scopes->scopes);
  }
  const std::array<std::pair<const char*, const Text&>, 3> own = {
      {{"prompt", oauth.prompt},
       {"access_type", oauth.access_type},
       {"token_access_type", oauth.token_access_type}}};
  for (const auto& [name, value] : own) {
    if (value.has_value() && !value->empty() && *value != "auto") {
      relying.authorize_parameters[name] = *value;
    }
  }
}

Result<Unit, Failure> fill(const OAuthConfiguration& oauth, connections::ConfigurationMode,
                           Relying& relying) {
  const bool is_known = TRY(apply_preset(oauth, relying));
  if (!is_known) {
    relying.proof = Relying::Proof::user_info;
    relying.scopes.clear();
  }
  if (!is_known || !text_of(oauth.token_uri).empty() || !text_of(oauth.user_info_uri).empty()) {
    TRY(move_away(oauth, relying));
  }
  override_with(oauth.authorize_uri, relying.endpoints.authorize_uri);
  override_with(oauth.token_uri, relying.endpoints.token_uri);
  override_with(oauth.user_info_uri, relying.endpoints.user_info_uri);
  if (relying.endpoints.authorize_uri.empty() || relying.endpoints.token_uri.empty()) {
    return missing("authorize_uri, token_uri");
  }
  if (!oauth.scopes.empty()) relying.scopes = oauth.scopes;
  const bool wants_id_token = relying.proof == Relying::Proof::id_token;
  if (wants_id_token &&
      std::find(relying.scopes.begin(), relying.scopes.end(), "openid") == relying.scopes.end()) {
    relying.scopes.insert(relying.scopes.begin(), "openid");
  }
  relying.client_id = text_of(oauth.client_id);
  if (oauth.pkce_enabled.has_value()) {
    relying.pkce = *oauth.pkce_enabled ? Relying::Pkce::s256 : Relying::Pkce::off;
  }
  set_parameters(oauth, relying);
  return Unit{};
}

Result<Unit, Failure> fill(const auto&, connections::ConfigurationMode, Relying&) {
  return missing("an OIDC or OAuth connection");
}

}  // namespace

bool Relying::is_microsoft() const {
  return provider == Provider::microsoft || provider == Provider::microsoft_ad;
}

Result<Relying, Failure> relying_of(const connections::Connection& connection, Secret client_secret,
                                    const ConnectionUrls& urls, net::AddressPolicy address_policy) {
  Relying relying{.connection = connection.id,
                  .provider = connection.provider,
                  .discovery_uri = {},
                  .endpoints = {},
                  .client_id = {},
                  .client_secret = std::move(client_secret),
                  .scopes = {},
                  .authorize_parameters = {},
                  .tenants = {},
                  .attribute_mapping = connection.attribute_mapping,
                  .redirect_uri = urls.oidc_callback,
                  .address_policy = address_policy};
  TRY(std::visit(
      [&](const auto& configuration) { return fill(configuration, connection.mode, relying); },
      connection.configuration));
  if (relying.client_id.empty()) return missing("client_id");
  return relying;
}

}  // namespace gatehouse::sso::oidc_rp
