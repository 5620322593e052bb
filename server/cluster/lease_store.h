// The table job_leases: which node runs a job that runs once. It belongs to the whole installation.

#pragma once

#include <optional>
#include <string>

#include "server/storage/database.h"

namespace gatehouse::cluster {

struct LeaseClaim {
  std::string_view job;
  std::string_view holder;
  Instant now;
  Instant until;
};

// Takes a lease that is nobody's, or has run out, or lengthens the holder's own; one statement.
// Returns whether `holder` has it now.
// tidy: allow store-parameters: jobs work on every environment
Result<bool, Error> take_lease(storage::Transaction& transaction, const LeaseClaim& claim);
// Notes that the job was done, if the lease is still the holder's.
// tidy: allow store-parameters: jobs work on every environment
Result<Unit, Error> note_ran(storage::Transaction& transaction, const LeaseClaim& claim);
// All of the holder's run out at once.
// tidy: allow store-parameters: jobs work on every environment
Result<Unit, Error> release_leases(storage::Transaction& transaction, std::string_view holder);

struct LeaseRow {
  std::string holder;
  Instant until;
  std::optional<Instant> last_ran_at;
};
// tidy: allow store-parameters: jobs work on every environment
Result<std::optional<LeaseRow>, Error> find_lease(storage::Transaction& transaction,
                                                  std::string_view job);

}  // namespace gatehouse::cluster
