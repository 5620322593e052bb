// Credentials as they are shown, once; and the making of an environment together with the secret
// that is shown.

#pragma once

#include <string>

#include "server/app/setup.h"

namespace gatehouse::app::commands {

// Two aligned lines and a word of care.
[[nodiscard]] std::string secret_notice(const std::string& client_id, const Secret& secret);

struct EnvironmentWithSecret {
  environments::Environment environment;
  applications::Application application;
  applications::IssuedSecret secret;
};
// In the caller's transaction: the environment, its roles, its default application, one secret.
Result<EnvironmentWithSecret, Error> create_environment_with_secret(
    storage::Transaction& transaction, const Context& context, Random& random,
    const environments::NewEnvironment& wanted);

}  // namespace gatehouse::app::commands
