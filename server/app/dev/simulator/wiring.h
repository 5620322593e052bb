// How connections to the simulator know where it is and what it signs with. Address and keys may be
// others at each start, so what connections say of them is brought up to date then.

#pragma once

#include "server/app/dev/simulator/profile.h"
#include "server/app/dev/simulator/saml_answer.h"
#include "server/connections/connection.h"
#include "server/crypto/seal.h"

namespace gatehouse::app::dev {

struct Wiring {
  const environments::Environment& environment;
  const crypto::SealingKey& client_secrets;
  const ProviderKeys& keys;
};

// "/dev/idp/okta/conn_1" of the environment: where that connection's provider is.
[[nodiscard]] std::string simulator_url(const environments::Environment& environment,
                                        const Profile& profile, ConnectionId connection);
// The profile that the connection is for, by its addresses; else by its provider_key; else plain.
[[nodiscard]] ProfileName profile_of(const connections::Connection& connection);

// Every SAML and OIDC connection of the environment that signs in at the simulator: oldest first.
Result<std::vector<connections::Connection>, Error> simulated_connections(
    storage::Transaction& transaction, EnvironmentId environment);

// Brings addresses, certificate and client secret up to date where they are not; what somebody has
// set besides stays as it is.
Result<Unit, Error> wire_all(storage::Transaction& transaction, const Context& context,
                             Random& random, const Wiring& wiring);
// Gives the connection another profile, with all the settings that go with it.
Result<Unit, Error> wire_to(storage::Transaction& transaction, const Context& context,
                            Random& random, const Wiring& wiring,
                            const connections::Connection& connection, const Profile& profile);

}  // namespace gatehouse::app::dev
