// The settings of a connection as options of `gatehouse admin connection create` and `update`.

#pragma once

#include "server/app/commands/verb.h"
#include "server/connections/connection.h"
#include "server/sso/diagnosis.h"
#include "server/sso/saml/metadata.h"

namespace gatehouse::app::commands {

// Every option of settings; all of them may be left out.
[[nodiscard]] std::vector<Argument> settings_options();

// What was given, with what the files and the metadata address hold.
struct GivenSettings {
  const Values& values;
  std::optional<sso::saml::IdpMetadata> metadata = std::nullopt;
  std::optional<std::string> certificates = std::nullopt;  // PEM
  std::optional<Secret> client_secret = std::nullopt;

  [[nodiscard]] bool is_nothing() const;
};
// Reads files, and the metadata address unless --no-fetch is given; never within a transaction.
// Errors: not_found, unavailable, failed_precondition (what cannot be read, and why).
Result<GivenSettings, Error> read_settings(const Values& values,
                                           const environments::Environment& environment,
                                           Instant now);

// Errors: invalid_argument (a setting of connections of another type, a value that is none).
Result<connections::ConnectionChange, Error> change_of(const GivenSettings& given,
                                                       const connections::Connection& before);

// What the provider is called on the command line: "entra-id", and which of the contract's
// providers that is.
struct ProviderName {
  std::string_view name;
  connections::Provider provider;
  std::string_view guide;  // the page in docs/sso, without ".md"
};
[[nodiscard]] std::span<const ProviderName> provider_choices();
// The page of docs/sso that says how to set that connection up: "docs/sso/okta.md".
[[nodiscard]] std::string guide_of(connections::Provider provider, std::string_view provider_key,
                                   connections::ConnectionType type);

// A refusal in one sentence with its remedy.
[[nodiscard]] Error error_of(const sso::Failure& failure, connections::Provider provider);

}  // namespace gatehouse::app::commands
