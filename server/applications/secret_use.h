// SecretUses: when each client secret was last used, for those who rotate them: kept to the hour,
// and written by a job, so that a client that proves itself waits for nothing.

#pragma once

#include <memory>

#include "server/storage/database.h"

namespace gatehouse::applications {

struct SecretUse {
  EnvironmentId environment;
  ClientSecretId secret;  // of an application or a machine client
  Instant at;
};

class SecretUses {
 public:
  static constexpr Duration precision = std::chrono::hours(1);
  // Secrets that are remembered; beyond them, uses of further ones are not noted.
  static constexpr std::size_t secrets_max = 100'000;

  explicit SecretUses(storage::Database& database);
  ~SecretUses();

  // From any thread, without waiting. A use within the hour after one that was noted is nothing
  // new.
  void note(const SecretUse& use);
  // Writes what was noted since; what could not be written waits for the next time. Called by a job
  // every second, at shutdown, and by tests.
  Result<Unit, Error> flush(const Context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Keeps the use if none is kept of the hour before it.
Result<Unit, Error> keep_secret_use(storage::Transaction& transaction, EnvironmentId environment,
                                    const SecretUse& use);

}  // namespace gatehouse::applications
