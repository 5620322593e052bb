#include "server/app/setup.h"

#include "server/rbac/role.h"

namespace gatehouse::app {

Context in_environment(const Context& context, EnvironmentId environment) {
  Context there = context;
  there.environment = environment;
  return there;
}

Result<WholeEnvironment, Error> create_whole_environment(
    storage::Transaction& transaction, const Context& context, Random& random,
    const environments::NewEnvironment& wanted, const applications::NewApplication& application) {
  ENSURE(application.type == applications::Type::env);
  auto environment = TRY(environments::create(transaction, context, random, wanted));
  const Context there = in_environment(context, environment.id);
  TRY(rbac::create_default_roles(transaction, environment.id, there, random));
  auto made = TRY(applications::create(transaction, environment, there, random, application));
  return WholeEnvironment{std::move(environment), std::move(made)};
}

}  // namespace gatehouse::app
