// The SQL of environments, for the files of this module alone.

#pragma once

#include "server/environments/environment.h"

namespace gatehouse::environments {

// A row as it is stored: kind and settings not yet read.
struct EnvironmentRow {
  EnvironmentId id;
  std::string name;
  std::string kind;
  std::string base_url;
  std::string settings;
  Instant created_at;
  Instant updated_at;
};

// False if the name or the base URL is taken.
Result<bool, Error> insert_environment(storage::Transaction& transaction, EnvironmentId environment,
                                       const EnvironmentRow& row);
// False if another environment has that base URL, or there is no such environment.
Result<bool, Error> update_base_url(storage::Transaction& transaction, EnvironmentId environment,
                                    std::string_view base_url, Instant now);
// False if there is no such environment.
Result<bool, Error> update_settings(storage::Transaction& transaction, EnvironmentId environment,
                                    std::string_view settings_json, Instant now);
Result<std::optional<EnvironmentRow>, Error> find_environment_row(storage::Transaction& transaction,
                                                                  EnvironmentId environment);
// Oldest first.
Result<std::vector<EnvironmentRow>, Error> list_environment_rows(storage::Transaction& transaction);

Result<std::optional<std::int64_t>, Error> find_configuration_version(
    storage::Transaction& transaction);
// False if there is no version to count up.
Result<bool, Error> increment_configuration_version(storage::Transaction& transaction);

}  // namespace gatehouse::environments
