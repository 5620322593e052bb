// What belongs together when something is made: an environment is born with its roles and its
// default application.

#pragma once

#include "server/applications/application.h"
#include "server/environments/environment.h"

namespace gatehouse::app {

struct WholeEnvironment {
  environments::Environment environment;
  applications::Application application;  // type ENV: its id and secret are the API credentials
};

// In the caller's transaction. Signing keys are made afterwards (App::make_keys).
Result<WholeEnvironment, Error> create_whole_environment(
    storage::Transaction& transaction, const Context& context, Random& random,
    const environments::NewEnvironment& wanted, const applications::NewApplication& application);

// The same context, in another environment.
[[nodiscard]] Context in_environment(const Context& context, EnvironmentId environment);

}  // namespace gatehouse::app
