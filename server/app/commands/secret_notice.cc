#include "server/app/commands/secret_notice.h"

namespace gatehouse::app::commands {

std::string secret_notice(const std::string& client_id, const Secret& secret) {
  return "Client id      " + client_id + "\nClient secret  " + std::string(secret.reveal()) +
         "\n\nThe secret is shown this once and is stored nowhere: put it where the application"
         " reads it.";
}

Result<EnvironmentWithSecret, Error> create_environment_with_secret(
    storage::Transaction& transaction, const Context& context, Random& random,
    const environments::NewEnvironment& wanted) {
  using applications::NewApplication;
  auto made = TRY(create_whole_environment(transaction, context, random, wanted,
                                           {.type = applications::Type::env,
                                            .name = wanted.settings.product_name,
                                            .api_access = NewApplication::ApiAccess::allowed}));
  const Context there = in_environment(context, made.environment.id);
  auto secret = TRY(
      applications::add_secret(transaction, made.environment, there, random, made.application.id));
  return EnvironmentWithSecret{std::move(made.environment), std::move(made.application),
                               std::move(secret)};
}

}  // namespace gatehouse::app::commands
