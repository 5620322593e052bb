#include "server/app/dev/simulator/wiring.h"

#include "server/connections/list.h"
#include "server/encoding/base64.h"

namespace gatehouse::app::dev {
namespace {

using connections::Configuration;
using connections::Connection;
using connections::OidcConfiguration;
using connections::SamlConfiguration;
using storage::Transaction;

constexpr std::string_view path_start = "/dev/idp/";
constexpr int connections_max = 500;
constexpr std::size_t secret_bytes = 24;

std::string address_in(const Configuration& configuration) {
  if (const auto* saml = std::get_if<SamlConfiguration>(&configuration)) {
    return saml->idp_sso_url.value_or("");
  }
  const auto* oidc = std::get_if<OidcConfiguration>(&configuration);
  return oidc != nullptr ? oidc->issuer.value_or("") : std::string();
}

// Where the provider is, and nothing else.
void locate(SamlConfiguration& saml, const Profile& profile, const std::string& url,
            ConnectionId connection) {
  saml.idp_entity_id = entity_id_of(profile, connection, url);
  saml.idp_sso_url = url + "/saml/sso";
  saml.idp_slo_url.reset();
  if (profile.logout == Profile::Logout::single) saml.idp_slo_url = url + "/saml/slo";
}
void locate(OidcConfiguration& oidc, const std::string& url, ConnectionId connection) {
  oidc.issuer = url + "/oidc";
  oidc.discovery_endpoint = *oidc.issuer + "/.well-known/openid-configuration";
  oidc.client_id = "simulated-" + connection.text();
}

// What an administrator would set for that provider.
void prescribe(Configuration& configuration, const Profile& profile) {
  if (auto* saml = std::get_if<SamlConfiguration>(&configuration)) {
    saml->saml_signing_option = signing_option(profile);
    saml->idp_name_id_format = name_id_option(profile);
    saml->idp_sso_request_binding = connections::RequestBinding::http_redirect;
    saml->idp_slo_request_binding = connections::RequestBinding::http_redirect;
    saml->idp_slo_required = profile.logout == Profile::Logout::single;
    saml->assertion_encrypted = profile.encryption == Profile::Encryption::where_offered;
    saml->sync_user_profile_on_login = true;
    saml->jit_provisioning_with_sso_enabled = true;
  }
  if (auto* oidc = std::get_if<OidcConfiguration>(&configuration)) {
    using connections::OidcScope;
    oidc->scopes = {OidcScope::openid, OidcScope::profile, OidcScope::email};
    oidc->token_auth_type = connections::TokenAuth::basic_auth;
    oidc->pkce_enabled = true;
    oidc->idp_logout_required = true;
    oidc->sync_user_profile_on_login = true;
    oidc->jit_provisioning_with_sso_enabled = true;
  }
}

bool has_certificate(const Configuration& configuration, const crypto::Certificate& wanted) {
  const auto* saml = std::get_if<SamlConfiguration>(&configuration);
  return saml == nullptr ||
         (saml->certificates.size() == 1 && saml->certificates.front().pem.text == wanted.pem());
}

bool is_same(const Configuration& a, const Configuration& b) {
  return connections::configuration_to_json(a) == connections::configuration_to_json(b);
}

enum class Depth { address, everything };

connections::ConnectionChange change_for(const Connection& connection, const Wiring& wiring,
                                         const Profile& profile, Depth depth, Random& random) {
  const std::string url = simulator_url(wiring.environment, profile, connection.id);
  Configuration configuration = connection.configuration;
  if (depth == Depth::everything || address_in(configuration).empty()) {
    prescribe(configuration, profile);
  }
  if (auto* saml = std::get_if<SamlConfiguration>(&configuration)) {
    locate(*saml, profile, url, connection.id);
  } else if (auto* oidc = std::get_if<OidcConfiguration>(&configuration)) {
    locate(*oidc, url, connection.id);
  }
  connections::ConnectionChange change;
  if (!is_same(configuration, connection.configuration)) {
    change.configuration = std::move(configuration);
  }
  if (!has_certificate(connection.configuration, wiring.keys.current.certificate)) {
    change.idp_certificate = wiring.keys.current.certificate.pem();
  }
  const bool is_oidc = connection.type == connections::ConnectionType::oidc;
  if (is_oidc && connection.sealed_client_secret.empty()) {
    change.client_secret = Secret(base64url_encode(random_bytes(random, secret_bytes)));
  }
  return change;
}

Result<Unit, Error> apply(Transaction& transaction, const Context& context, Random& random,
                          const Wiring& wiring, const Connection& connection,
                          connections::ConnectionChange change) {
  if (!change.configuration.has_value() && !change.idp_certificate.has_value() &&
      !change.client_secret.has_value()) {
    return Unit{};
  }
  // This server may be called over http by itself alone while it is being debugged.
  change.is_debugged = connection.is_debugged || !wiring.environment.is_https();
  TRY(connections::update(transaction, wiring.environment, connection.organization, context, random,
                          wiring.client_secrets, connection.id, change));
  return Unit{};
}

}  // namespace

std::string simulator_url(const environments::Environment& environment, const Profile& profile,
                          ConnectionId connection) {
  return environment.base_url + std::string(path_start) +
         std::string(profile_names.name(profile.name)) + "/" + connection.text();
}

ProfileName profile_of(const Connection& connection) {
  const std::string address = address_in(connection.configuration);
  const std::size_t at = address.find(path_start);
  if (at != std::string::npos) {
    const std::string_view rest = std::string_view(address).substr(at + path_start.size());
    if (const auto named = profile_names.parse(rest.substr(0, rest.find('/')))) return *named;
  }
  return profile_names.parse(connection.provider_key).value_or(ProfileName::plain);
}

Result<std::vector<Connection>, Error> simulated_connections(Transaction& transaction,
                                                             EnvironmentId environment) {
  const connections::ConnectionFilter filter{
      .provider =
          std::string(connections::provider_names.name(connections::Provider::idp_simulator))};
  const auto found =
      TRY(connections::search(transaction, environment, filter, {.limit = connections_max}));
  std::vector<Connection> all;
  for (auto it = found.items.rbegin(); it != found.items.rend(); ++it) {
    const bool is_ours = it->provider == connections::Provider::idp_simulator &&
                         (it->type == connections::ConnectionType::saml ||
                          it->type == connections::ConnectionType::oidc);
    if (!is_ours) continue;
    all.push_back(TRY(connections::get(transaction, environment, it->organization, it->id)));
  }
  return all;
}

Result<Unit, Error> wire_all(Transaction& transaction, const Context& context, Random& random,
                             const Wiring& wiring) {
  for (const Connection& connection :
       TRY(simulated_connections(transaction, wiring.environment.id))) {
    const Profile& kept = profile(profile_of(connection));
    TRY(apply(transaction, context, random, wiring, connection,
              change_for(connection, wiring, kept, Depth::address, random)));
  }
  return Unit{};
}

Result<Unit, Error> wire_to(Transaction& transaction, const Context& context, Random& random,
                            const Wiring& wiring, const Connection& connection,
                            const Profile& profile) {
  return apply(transaction, context, random, wiring, connection,
               change_for(connection, wiring, profile, Depth::everything, random));
}

}  // namespace gatehouse::app::dev
