#include "server/app/commands/connection_view.h"

#include <algorithm>

#include "server/app/commands/connection_settings.h"
#include "server/app/commands/lookup.h"
#include "server/connections/connection_store.h"
#include "server/sso/addresses.h"

namespace gatehouse::app::commands {
namespace {

using connections::Connection;
using connections::ConnectionType;
using connections::Provider;
using connections::SamlConfiguration;
using connections::Text;

// What a provider's console calls the fields that our addresses go into.
struct FieldNames {
  Provider provider;
  std::string_view acs;
  std::string_view entity_id;
  std::string_view redirect_uri;
};
constexpr FieldNames field_names[] = {
    {Provider::okta, "Single sign-on URL", "Audience URI (SP Entity ID)", "Sign-in redirect URIs"},
    {Provider::microsoft_ad, "Reply URL (ACS URL)", "Identifier (Entity ID)", "Redirect URI (Web)"},
    {Provider::google, "ACS URL", "Entity ID", "Authorized redirect URIs"},
    {Provider::adfs, "Assertion Consumer, Trusted URL", "Relying party identifier", "Redirect URI"},
    {Provider::ping_identity, "ACS URLs", "Entity ID", "Redirect URIs"},
    {Provider::onelogin, "ACS (Consumer) URL, Recipient", "Audience (EntityID)", "Redirect URI's"},
    {Provider::jumpcloud, "ACS URLs", "SP Entity ID", "Redirect URIs"},
    {Provider::auth0, "Application Callback URL", "audience (in Settings)",
     "Allowed Callback URLs"},
    {Provider::github, "", "", "Authorization callback URL"},
    {Provider::gitlab, "", "", "Redirect URI"},
    {Provider::linkedin, "", "", "Authorized redirect URLs"},
    {Provider::salesforce, "", "", "Callback URL"},
    {Provider::microsoft, "", "", "Redirect URI (Web)"},
    {Provider::custom, "Assertion consumer service URL", "SP entity ID", "Redirect URI"}};

const FieldNames& names_of(Provider provider) {
  for (const FieldNames& names : field_names) {
    if (names.provider == provider) return names;
  }
  return *std::prev(std::end(field_names));
}

std::string line(std::string_view label, std::string_view value) {
  constexpr std::size_t columns = 34;
  std::string text = "  " + std::string(label);
  text.resize(std::max(columns, text.size() + 2), ' ');
  return text + std::string(value) + "\n";
}

bool has(const Text& text) { return text.has_value() && !text->empty(); }

std::vector<std::string> missing(const connections::OidcConfiguration& oidc, const Connection& of) {
  std::vector<std::string> all;
  if (!has(oidc.issuer) && !has(oidc.discovery_endpoint)) all.emplace_back("--issuer");
  if (!has(oidc.client_id)) all.emplace_back("--client-id");
  const bool proves_by_key = oidc.private_key_jwt.value_or(false);
  if (!proves_by_key && of.sealed_client_secret.empty()) {
    all.emplace_back("--client-secret-file");
  }
  return all;
}

std::vector<std::string> missing(const SamlConfiguration& saml, const Connection&) {
  std::vector<std::string> all;
  if (!has(saml.idp_entity_id)) all.emplace_back("--entity-id");
  if (!has(saml.idp_sso_url)) all.emplace_back("--sso-url");
  if (saml.certificates.empty()) all.emplace_back("--certificate-file");
  return all;
}

std::vector<std::string> missing(const connections::OAuthConfiguration& oauth,
                                 const Connection& of) {
  std::vector<std::string> all;
  if (of.provider == Provider::custom) {
    if (!has(oauth.authorize_uri)) all.emplace_back("--authorize-url");
    if (!has(oauth.token_uri)) all.emplace_back("--token-url");
  }
  if (!has(oauth.client_id)) all.emplace_back("--client-id");
  if (of.sealed_client_secret.empty()) all.emplace_back("--client-secret-file");
  return all;
}

std::vector<std::string> missing(const connections::PasswordlessConfiguration&, const Connection&) {
  return {};
}
std::vector<std::string> missing(const connections::WebauthnConfiguration&, const Connection&) {
  return {};
}

Json certificates_json(const Connection& connection) {
  Json::Array all;
  const auto* saml = std::get_if<SamlConfiguration>(&connection.configuration);
  if (saml == nullptr) return Json(std::move(all));
  for (const connections::IdpCertificate& certificate : saml->certificates) {
    all.push_back(
        Json(Json::Object{{"expires_at", time_json(instant_from_ms(certificate.expires_at_ms))},
                          {"issuer", text_json(certificate.issuer)},
                          {"sha256", text_json(certificate.id)}}));
  }
  return Json(std::move(all));
}

Json addresses_json(const environments::Environment& environment, const Connection& connection) {
  const auto urls = sso::connection_urls(environment, connection);
  if (connection.type == ConnectionType::saml) {
    return Json(Json::Object{{"entity_id", text_json(urls.saml_entity_id)},
                             {"acs_url", text_json(urls.saml_acs)},
                             {"metadata_url", text_json(urls.saml_metadata)},
                             {"logout_url", text_json(urls.saml_logout)},
                             {"test_url", text_json(test_url(environment, connection))}});
  }
  return Json(Json::Object{{"redirect_uri", text_json(urls.oidc_callback)},
                           {"test_url", text_json(test_url(environment, connection))}});
}

// The settings as they are stored, but for the certificates.
Json settings_json(const Connection& connection) {
  connections::Configuration configuration = connection.configuration;
  if (auto* saml = std::get_if<SamlConfiguration>(&configuration)) saml->certificates.clear();
  auto parsed = Json::parse(connections::configuration_to_json(configuration));
  ENSURE(parsed.ok());
  Json::Object shown;
  const Json document = std::move(parsed).value();
  ENSURE(document.object() != nullptr);
  for (const Json::Member& member : *document.object()) {
    const bool is_empty = member.value.is_null() ||
                          (member.value.array() != nullptr && member.value.array()->empty());
    if (!is_empty) shown.push_back(member);
  }
  return Json(std::move(shown));
}

}  // namespace

Result<Connection, Error> connection_named(storage::Transaction& transaction,
                                           EnvironmentId environment, std::string_view id) {
  const auto parsed = TRY(parse_id<ConnectionId>(id, "a connection"));
  auto found = TRY(connections::find_by_id(transaction, environment, parsed));
  if (!found.has_value()) {
    return Error(ErrorCode::not_found, "there is no connection " + std::string(id) +
                                           "; `connection list` shows which there are");
  }
  return *std::move(found);
}

Result<ShownConnection, Error> load_shown(storage::Transaction& transaction,
                                          EnvironmentId environment, Connection connection) {
  std::vector<orgs::Domain> domains;
  if (connection.organization.has_value()) {
    domains = TRY(connections::list_domains(transaction, environment, connection));
  }
  return ShownConnection{std::move(connection), std::move(domains)};
}

Json describe(const environments::Environment& environment, const ShownConnection& shown) {
  const Connection& connection = shown.connection;
  Json::Array domains;
  for (const orgs::Domain& domain : shown.domains) domains.push_back(text_json(domain.name));
  Json::Object mapping;
  for (const auto& [ours, theirs] : connection.attribute_mapping) {
    mapping.push_back({ours, text_json(theirs)});
  }
  return Json(Json::Object{
      {"id", text_json(connection.id.text())},
      {"organization",
       connection.organization.has_value() ? text_json(connection.organization->text()) : Json()},
      {"type", text_json(connections::connection_types.name(connection.type))},
      {"provider", text_json(connections::provider_names.name(connection.provider))},
      {"provider_key", text_json(connection.provider_key)},
      {"status", text_json(connections::status_names.name(connection.status))},
      {"enabled", Json(connection.is_enabled)},
      {"domains", Json(std::move(domains))},
      {"settings", settings_json(connection)},
      {"client_secret", text_json(connection.client_secret_hint)},
      {"certificates", certificates_json(connection)},
      {"attribute_mapping", Json(std::move(mapping))},
      {"at_the_provider", addresses_json(environment, connection)},
      {"guide", text_json(guide_of(connection.provider, connection.provider_key, connection.type))},
      {"created_at", time_json(connection.created_at)},
      {"updated_at", time_json(connection.updated_at)}});
}

std::string headline(const Connection& connection) {
  return std::string(connections::connection_types.name(connection.type)) + " connection with " +
         std::string(connections::provider_names.name(connection.provider)) + ", " +
         std::string(connections::status_names.name(connection.status)) +
         (connection.is_enabled ? ", enabled" : ", not enabled");
}

std::string what_to_copy(const environments::Environment& environment,
                         const Connection& connection) {
  const auto urls = sso::connection_urls(environment, connection);
  const FieldNames& names = names_of(connection.provider);
  std::string text = "At the provider, enter:\n";
  if (connection.type == ConnectionType::saml) {
    text += line(names.acs.empty() ? "Assertion consumer service URL" : names.acs, urls.saml_acs);
    text += line(names.entity_id.empty() ? "SP entity ID" : names.entity_id, urls.saml_entity_id);
    text += line("or all of it by metadata", urls.saml_metadata);
  } else {
    text += line(names.redirect_uri, urls.oidc_callback);
  }
  return text +
         "Step by step: " + guide_of(connection.provider, connection.provider_key, connection.type);
}

std::string next_step(const Connection& connection) {
  const std::string command = "gatehouse admin connection ";
  const std::string id = connection.id.text();
  const auto missing_ones = missing_settings(connection);
  if (!missing_ones.empty()) {
    std::string options;
    for (const std::string& name : missing_ones) options += " " + name + " …";
    const std::string instead = connection.type == ConnectionType::saml
                                    ? "\n   or: " + command + "update " + id + " --metadata-url …"
                                    : "";
    return "Next: " + command + "update " + id + options + instead;
  }
  if (connection.is_enabled) return "People sign in by it.";
  return "Next: " + command + "test " + id + "\nthen: " + command + "enable " + id;
}

std::vector<std::string> missing_settings(const Connection& connection) {
  if (connection.provider == Provider::idp_simulator) return {};
  return std::visit([&](const auto& settings) { return missing(settings, connection); },
                    connection.configuration);
}

std::string test_url(const environments::Environment& environment, const Connection& connection) {
  const std::string_view path = connection.type == ConnectionType::saml   ? "saml/"
                                : connection.type == ConnectionType::oidc ? "oidc/"
                                                                          : "oauth/";
  return environment.base_url + "/sso/v1/" + std::string(path) + connection.id.text() + "/test";
}

}  // namespace gatehouse::app::commands
