// Connections as commands show them: what is set, and what the provider has to be given.

#pragma once

#include "server/app/commands/verb.h"
#include "server/connections/connection.h"

namespace gatehouse::app::commands {

// Whoever's it is. Errors: invalid_argument, not_found.
Result<connections::Connection, Error> connection_named(storage::Transaction& transaction,
                                                        EnvironmentId environment,
                                                        std::string_view id);

struct ShownConnection {
  connections::Connection connection;
  std::vector<orgs::Domain> domains;
};
Result<ShownConnection, Error> load_shown(storage::Transaction& transaction,
                                          EnvironmentId environment,
                                          connections::Connection connection);

// With its settings, certificates and addresses; never a secret.
[[nodiscard]] Json describe(const environments::Environment& environment,
                            const ShownConnection& shown);
// "SAML connection of OKTA, COMPLETED, not enabled".
[[nodiscard]] std::string headline(const connections::Connection& connection);
// What to copy into the provider's console, by the names that its fields have there: lines.
[[nodiscard]] std::string what_to_copy(const environments::Environment& environment,
                                       const connections::Connection& connection);
// The command that comes next.
[[nodiscard]] std::string next_step(const connections::Connection& connection);

// The settings that it cannot do without and does not have, as options: "--entity-id".
[[nodiscard]] std::vector<std::string> missing_settings(const connections::Connection& connection);

// Where it is tried out: "{base}/sso/v1/saml/{conn}/test".
[[nodiscard]] std::string test_url(const environments::Environment& environment,
                                   const connections::Connection& connection);

}  // namespace gatehouse::app::commands
