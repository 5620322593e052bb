#include "server/app/commands/connection_settings.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "server/app/commands/lookup.h"
#include "server/app/data_folder.h"
#include "server/net/http_client.h"
#include "server/sso/metadata_update.h"

namespace gatehouse::app::commands {
namespace {

using namespace connections;

constexpr std::size_t file_bytes_max = 1024 * 1024;

template <class Configuration>
struct TextOption {
  std::string_view name;
  Text Configuration::*member;
};
template <class Configuration>
struct FlagOption {
  std::string_view name;
  Flag Configuration::*member;
};

constexpr TextOption<SamlConfiguration> saml_texts[] = {
    {"--metadata-url", &SamlConfiguration::idp_metadata_url},
    {"--entity-id", &SamlConfiguration::idp_entity_id},
    {"--sso-url", &SamlConfiguration::idp_sso_url},
    {"--slo-url", &SamlConfiguration::idp_slo_url},
    {"--sp-entity-id", &SamlConfiguration::sp_entity_id},
    {"--sp-acs-url", &SamlConfiguration::sp_assertion_url},
    {"--initiate-login-uri", &SamlConfiguration::default_redirect_uri}};
constexpr FlagOption<SamlConfiguration> saml_flags[] = {
    {"--sign-requests", &SamlConfiguration::want_request_signed},
    {"--encrypted", &SamlConfiguration::assertion_encrypted},
    {"--force-authn", &SamlConfiguration::force_authn},
    {"--single-logout", &SamlConfiguration::idp_slo_required},
    {"--idp-initiated", &SamlConfiguration::allow_idp_initiated_login},
    {"--sync", &SamlConfiguration::sync_user_profile_on_login},
    {"--jit", &SamlConfiguration::jit_provisioning_with_sso_enabled}};
constexpr TextOption<OidcConfiguration> oidc_texts[] = {
    {"--issuer", &OidcConfiguration::issuer},
    {"--discovery-url", &OidcConfiguration::discovery_endpoint},
    {"--authorize-url", &OidcConfiguration::authorize_uri},
    {"--token-url", &OidcConfiguration::token_uri},
    {"--userinfo-url", &OidcConfiguration::user_info_uri},
    {"--jwks-url", &OidcConfiguration::jwks_uri},
    {"--client-id", &OidcConfiguration::client_id}};
constexpr FlagOption<OidcConfiguration> oidc_flags[] = {
    {"--pkce", &OidcConfiguration::pkce_enabled},
    {"--private-key-jwt", &OidcConfiguration::private_key_jwt},
    {"--single-logout", &OidcConfiguration::idp_logout_required},
    {"--sync", &OidcConfiguration::sync_user_profile_on_login},
    {"--jit", &OidcConfiguration::jit_provisioning_with_sso_enabled}};
constexpr TextOption<OAuthConfiguration> oauth_texts[] = {
    {"--authorize-url", &OAuthConfiguration::authorize_uri},
    {"--token-url", &OAuthConfiguration::token_uri},
    {"--userinfo-url", &OAuthConfiguration::user_info_uri},
    {"--client-id", &OAuthConfiguration::client_id},
    {"--prompt", &OAuthConfiguration::prompt},
    {"--tenant-id", &OAuthConfiguration::tenant_id}};
constexpr FlagOption<OAuthConfiguration> oauth_flags[] = {
    {"--pkce", &OAuthConfiguration::pkce_enabled},
    {"--sync", &OAuthConfiguration::sync_user_profile_on_login}};

// Options that are not settings of one type.
constexpr std::string_view common_options[] = {"--title", "--debug", "--map", "--no-fetch"};

Error refused(std::string detail) { return Error(ErrorCode::invalid_argument, std::move(detail)); }

Result<bool, Error> parse_on_off(const Values& values, const std::string& name) {
  const std::string& text = values.text(name);
  if (text == "on" || text == "off") return text == "on";
  return refused(name + " is on or off");
}

// Takes options out of `given` as they are used.
struct Applying {
  const Values& values;
  std::set<std::string> used = {};

  bool take(std::string_view name) {
    if (!values.has(std::string(name))) return false;
    used.insert(std::string(name));
    return true;
  }
  template <class Configuration, class Texts_, class Flags>
  Result<Unit, Error> apply(Configuration& settings, const Texts_& texts, const Flags& flags) {
    for (const auto& option : texts) {
      if (!take(option.name)) continue;
      const std::string& text = values.text(std::string(option.name));
      settings.*option.member = text.empty() ? Text() : Text(text);
    }
    for (const auto& option : flags) {
      if (!take(option.name)) continue;
      settings.*option.member = TRY(parse_on_off(values, std::string(option.name)));
    }
    return Unit{};
  }
};

Result<Unit, Error> set(SamlConfiguration& saml, Applying& applying, const GivenSettings& given) {
  if (given.metadata.has_value()) sso::apply_metadata(saml, *given.metadata);
  TRY(applying.apply(saml, saml_texts, saml_flags));
  const Values& values = given.values;
  if (applying.take("--binding")) {
    saml.idp_sso_request_binding = values.text("--binding") == "post"
                                       ? RequestBinding::http_post
                                       : RequestBinding::http_redirect;
  }
  if (applying.take("--name-id-format")) {
    std::string name = values.text("--name-id-format");
    for (char& c : name) c = static_cast<char>(c - ('a' - 'A'));
    saml.idp_name_id_format = name_id_formats.parse(name);
  }
  if (applying.take("--signing")) {
    const std::string& text = values.text("--signing");
    saml.saml_signing_option = text == "response"    ? SamlSigning::response
                               : text == "assertion" ? SamlSigning::assertion
                               : text == "both"      ? SamlSigning::both
                                                     : SamlSigning::either;
  }
  applying.take("--metadata-file");
  applying.take("--certificate-file");
  return Unit{};
}

Result<Unit, Error> set(OidcConfiguration& oidc, Applying& applying, const GivenSettings& given) {
  TRY(applying.apply(oidc, oidc_texts, oidc_flags));
  if (applying.take("--token-auth")) {
    oidc.token_auth_type = given.values.text("--token-auth") == "basic" ? TokenAuth::basic_auth
                                                                        : TokenAuth::url_params;
  }
  if (applying.take("--scope")) {
    oidc.scopes.clear();
    for (const std::string& scope : given.values.all("--scope")) {
      const auto known = oidc_scopes.parse(scope);
      if (!known.has_value()) {
        return refused("--scope is one of openid, profile, email, address, phone");
      }
      oidc.scopes.push_back(*known);
    }
  }
  applying.take("--client-secret-file");
  return Unit{};
}

Result<Unit, Error> set(OAuthConfiguration& oauth, Applying& applying, const GivenSettings& given) {
  TRY(applying.apply(oauth, oauth_texts, oauth_flags));
  if (applying.take("--scope")) oauth.scopes = given.values.all("--scope");
  applying.take("--client-secret-file");
  return Unit{};
}

Result<Unit, Error> set(PasswordlessConfiguration&, Applying&, const GivenSettings&) {
  return Unit{};
}
Result<Unit, Error> set(WebauthnConfiguration&, Applying&, const GivenSettings&) { return Unit{}; }

Result<std::string, Error> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(ErrorCode::not_found, "there is no file " + path + " to be read");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  std::string text = std::move(bytes).str();
  if (text.size() > file_bytes_max) return refused(path + " is longer than 1 MiB");
  return text;
}

Result<sso::saml::IdpMetadata, Error> fetch(const Values& values,
                                            const environments::Environment& environment,
                                            Instant now) {
  const auto client = net::make_http_client({});
  const auto read = sso::fetch_metadata(
      *client, environment,
      {.url = values.text("--metadata-url"), .entity_id = values.text("--entity-id")}, now,
      std::chrono::steady_clock::now() + limits::outbound_deadline);
  if (read.ok()) return read.value();
  Error error = error_of(read.error(), Provider::custom);
  error.detail += " With --no-fetch the address is stored all the same.";
  return error;
}

Result<sso::saml::IdpMetadata, Error> read_metadata(const std::string& xml, const Values& values,
                                                    const environments::Environment& environment,
                                                    Instant now) {
  const auto read = sso::saml::read_idp_metadata(
      xml, {.entity_id = values.text("--entity-id"),
            .now = now,
            .addresses =
                environment.is_development() ? AddressRule::http_too : AddressRule::https_only});
  if (!read.ok()) return error_of(read.error(), Provider::custom);
  return read.value();
}

}  // namespace

bool GivenSettings::is_nothing() const {
  const auto options = settings_options();
  return std::ranges::none_of(options,
                              [&](const Argument& option) { return values.has(option.name); });
}

Result<GivenSettings, Error> read_settings(const Values& values,
                                           const environments::Environment& environment,
                                           Instant now) {
  GivenSettings given{.values = values};
  if (values.has("--metadata-url") && values.has("--metadata-file")) {
    return refused("name --metadata-url or --metadata-file, not both");
  }
  const std::string& url = values.text("--metadata-url");
  if (values.has("--metadata-file")) {
    const std::string xml = TRY(read_file(values.text("--metadata-file")));
    given.metadata = TRY(read_metadata(xml, values, environment, now));
  }
  if (!url.empty() && !values.has("--no-fetch")) {
    given.metadata = TRY(fetch(values, environment, now));
  }
  if (given.metadata.has_value()) given.certificates = sso::pem_of(given.metadata->certificates);
  if (values.has("--certificate-file")) {
    given.certificates.emplace();
    for (const std::string& path : values.all("--certificate-file")) {
      *given.certificates += TRY(read_file(path)) + "\n";
    }
  }
  if (values.has("--client-secret-file")) {
    given.client_secret = TRY(read_secret_file(values.text("--client-secret-file")));
    if (given.client_secret->empty()) {
      return refused(values.text("--client-secret-file") + " is empty");
    }
  }
  return given;
}

Result<ConnectionChange, Error> change_of(const GivenSettings& given, const Connection& before) {
  ConnectionChange change;
  Configuration configuration = before.configuration;
  Applying applying{given.values};
  TRY(std::visit([&](auto& settings) { return set(settings, applying, given); }, configuration));
  for (const std::string_view name : common_options) applying.take(name);
  for (const Argument& option : settings_options()) {
    if (given.values.has(option.name) && !applying.used.contains(option.name)) {
      return refused(option.name + " is not for connections of type " +
                     std::string(connection_types.name(before.type)));
    }
  }
  const Values& values = given.values;
  change.configuration = std::move(configuration);
  change.idp_certificate = given.certificates;
  if (given.client_secret.has_value())
    change.client_secret.emplace(std::string(given.client_secret->reveal()));
  change.ui_button_title = values.optional("--title");
  if (values.has("--debug")) change.is_debugged = TRY(parse_on_off(values, "--debug"));
  if (values.has("--map")) {
    change.attribute_mapping = before.attribute_mapping;
    for (const std::string& text : values.all("--map")) {
      auto pair = TRY(parse_assignment(text));
      if (pair.value.empty()) {
        change.attribute_mapping->erase(pair.key);
      } else {
        (*change.attribute_mapping)[pair.key] = std::move(pair.value);
      }
    }
  }
  return change;
}

Error error_of(const sso::Failure& failure, Provider provider) {
  const auto& text = sso::text_of(failure.diagnosis);
  std::string detail = std::string(text.name) + ": " + std::string(text.explanation);
  if (!failure.expected.empty()) detail += " Expected: " + failure.expected + ".";
  if (!failure.received.empty()) detail += " Received: " + failure.received + ".";
  detail += " " + std::string(sso::remedy_for(failure.diagnosis, provider));
  return Error(ErrorCode::failed_precondition, std::move(detail));
}

}  // namespace gatehouse::app::commands
