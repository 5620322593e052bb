// The table of options, and the providers by the names that people know them under.

#include "server/app/commands/connection_settings.h"

namespace gatehouse::app::commands {
namespace {

using connections::ConnectionType;
using connections::Provider;

constexpr ProviderName providers[] = {{"okta", Provider::okta, "okta"},
                                      {"entra-id", Provider::microsoft_ad, "entra-id"},
                                      {"google", Provider::google, "google-workspace"},
                                      {"adfs", Provider::adfs, "adfs"},
                                      {"pingfederate", Provider::ping_identity, "pingfederate"},
                                      {"pingone", Provider::ping_identity, "pingone"},
                                      {"onelogin", Provider::onelogin, "onelogin"},
                                      {"jumpcloud", Provider::jumpcloud, "jumpcloud"},
                                      {"auth0", Provider::auth0, "auth0"},
                                      {"shibboleth", Provider::custom, "shibboleth"},
                                      {"custom", Provider::custom, "custom-saml"},
                                      {"microsoft", Provider::microsoft, "social"},
                                      {"github", Provider::github, "social"},
                                      {"gitlab", Provider::gitlab, "social"},
                                      {"linkedin", Provider::linkedin, "social"},
                                      {"salesforce", Provider::salesforce, "social"},
                                      {"simulator", Provider::idp_simulator, "README"}};

Argument on_off(std::string name, std::string help) {
  return choice(std::move(name), std::move(help), {"on", "off"});
}

void append(std::vector<Argument>& all, std::vector<Argument> more) {
  for (Argument& argument : more) all.push_back(std::move(argument));
}

std::vector<Argument> saml_options() {
  const auto values = Argument::Takes::values;
  return {
      option("--metadata-url", "SAML: the provider's metadata, read at once, and again every hour"),
      option("--metadata-file", "SAML: the same from a file, read once"),
      flag("--no-fetch", "Store --metadata-url without reading it"),
      option("--entity-id", "SAML: the provider's entity ID"),
      option("--sso-url", "SAML: where the provider takes requests"),
      option("--slo-url", "SAML: where the provider takes sign-outs"),
      option("--certificate-file",
             "SAML: PEM file of the provider's signing certificates; may be repeated", values),
      choice("--binding", "SAML: how requests are sent", {"redirect", "post"}),
      choice("--name-id-format", "SAML: the NameID to ask for",
             {"unspecified", "email", "transient", "persistent"}),
      choice("--signing", "SAML: what the provider must sign",
             {"either", "assertion", "response", "both"}),
      on_off("--sign-requests", "SAML: sign requests"),
      on_off("--encrypted", "SAML: insist on encrypted assertions"),
      on_off("--force-authn", "SAML: have people sign in at the provider anew each time"),
      on_off("--idp-initiated", "SAML: accept sign-ins that the provider starts; on unless set"),
      option("--initiate-login-uri",
             "SAML: where such a sign-in goes, if several applications have an initiate-login URI"),
      option("--sp-entity-id", "SAML: what the provider knows us by, where that is set already"),
      option("--sp-acs-url", "SAML: where the provider sends answers, where that is set already")};
}

std::vector<Argument> oidc_options() {
  const auto values = Argument::Takes::values;
  return {option("--issuer", "OIDC: the provider's issuer, exactly as it names itself"),
          option("--discovery-url", "OIDC: its document, where it is not below the issuer"),
          option("--authorize-url", "OIDC, OAuth: its endpoint, where there is no document"),
          option("--token-url", "OIDC, OAuth: likewise"),
          option("--userinfo-url", "OIDC, OAuth: likewise"),
          option("--jwks-url", "OIDC: likewise"),
          option("--client-id", "OIDC, OAuth: what the provider calls us"),
          option("--client-secret-file",
                 "OIDC, OAuth: file that holds the client secret, readable by its owner only"),
          choice("--token-auth", "OIDC: how the secret is sent", {"basic", "post"}),
          option("--scope", "OIDC, OAuth: what to ask for; may be repeated", values),
          on_off("--pkce", "OIDC, OAuth: send a code challenge"),
          on_off("--private-key-jwt", "OIDC: prove ourselves by a signature in place of a secret"),
          option("--tenant-id", "Microsoft: common, organizations, consumers or a tenant's id"),
          option("--prompt", "OAuth: what the provider's page is to do, such as select_account")};
}

}  // namespace

std::vector<Argument> settings_options() {
  std::vector<Argument> all = saml_options();
  append(all, oidc_options());
  append(all, {on_off("--jit", "Make users and members of people who are not known yet"),
               on_off("--sync", "Take over the profile with every sign-in"),
               on_off("--single-logout", "Sign out at the provider too"),
               option("--map",
                      "OURS=THEIRS, an attribute of the provider's for one of ours; may be"
                      " repeated; empty takes back",
                      Argument::Takes::values),
               option("--title", "What the button says"),
               on_off("--debug", "Allow http addresses; development environments only")});
  return all;
}

std::span<const ProviderName> provider_choices() { return providers; }

std::string guide_of(Provider provider, std::string_view provider_key, ConnectionType type) {
  std::string_view page = type == ConnectionType::saml ? "custom-saml" : "custom-oidc";
  bool is_found = provider == Provider::custom;
  for (const ProviderName& known : providers) {
    if (known.name == provider_key) {
      page = known.guide == "custom-saml" ? page : known.guide;
      break;
    }
    if (!is_found && known.provider == provider) {
      page = known.guide;
      is_found = true;
    }
  }
  if (type == ConnectionType::oauth) page = "social";
  return "docs/sso/" + std::string(page) + ".md";
}

}  // namespace gatehouse::app::commands
