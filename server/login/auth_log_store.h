// The statements behind auth_log.h.

#pragma once

#include "server/login/auth_log.h"

namespace gatehouse::login {

// Makes the attempt or moves it on; one that has succeeded, or is of another environment, stays as
// it is.
Result<Unit, Error> upsert_attempt(storage::Transaction& transaction, EnvironmentId environment,
                                   const AttemptStep& step, Instant now);
// An attempt of one step, of no flow.
Result<Unit, Error> insert_attempt(storage::Transaction& transaction, EnvironmentId environment,
                                   AuthRequestId id, const AttemptStep& step, Instant now);

// A filter as the statements take it: ids exclusive.
struct AttemptSelection {
  std::int64_t above;
  std::int64_t below;
  std::string email;
  std::string statuses;  // ",FAILED,SUCCESS,"; empty: all
  std::string client_id;
  std::optional<ResourceId> resource;
};
enum class Nearest { newest, oldest };
Result<std::vector<Attempt>, Error> find_attempts(storage::Transaction& transaction,
                                                  EnvironmentId environment,
                                                  const AttemptSelection& selection,
                                                  Nearest nearest, std::int64_t limit);
Result<std::int64_t, Error> count_attempts(storage::Transaction& transaction,
                                           EnvironmentId environment,
                                           const AttemptSelection& selection);

}  // namespace gatehouse::login
