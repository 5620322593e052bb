// What every change of an application begins and ends with, for the files of this module alone.

#pragma once

#include "server/applications/application.h"
#include "server/audit/record.h"

namespace gatehouse::applications {

// The application, or not_found.
Result<Application, Error> load_application(storage::Transaction& transaction,
                                            EnvironmentId environment, ApplicationId application);

// Notes the change in the audit log and counts the configuration version up.
Result<Unit, Error> finish_change(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random,
                                  const audit::Record& entry);

// A record whose subject is the application itself.
[[nodiscard]] audit::Record about(audit::Event event, const Application& application,
                                  std::string detail);

}  // namespace gatehouse::applications
