// gatehouse serve: the production command.

#pragma once

#include "server/app/commands/console.h"
#include "server/app/commands/secret_notice.h"
#include "server/app/config.h"

namespace gatehouse::app::commands {

// Runs until it is told to stop. The credentials of a first start go to the console's output, once,
// and never to the log. Errors: everything that is missing, contradictory or weak, by the name of
// its setting.
Result<Unit, Error> run_serve(const std::string& config_file, Console& console);

// On an empty database makes the environment that the configuration describes, and returns it with
// its secret. Errors: failed_precondition if the database has other environments, or that one
// otherwise than the configuration says.
Result<std::optional<EnvironmentWithSecret>, Error> ensure_first_environment(
    storage::Transaction& transaction, const Context& context, Random& random,
    const Config& config);

}  // namespace gatehouse::app::commands
