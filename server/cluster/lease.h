// Jobs that run once in the whole cluster: on the node that holds the job's lease, which it renews
// each time it runs the job. A node that was killed renews nothing; when its lease has run out,
// after twice the job's period and 10 s at least, the first that asks takes over: within three
// periods.
//
// Leases go by the database's clock where it has one (Database::server_time), else by that of the
// nodes. Nobody may rely on a lease for more than economy: a node that is paused in the middle of a
// job, or whose clock is wrong, runs it beside the next holder. So every act of a leased job is
// decided by its own conditional statements, and two at once do no harm.

#pragma once

#include <string_view>

#include "server/core/function_ref.h"
#include "server/storage/database.h"

namespace gatehouse::cluster {

struct LeasedJob {
  std::string_view name;
  std::string_view holder;
  Duration every;
};

enum class Turn { ran, of_another };

// Runs `work` if the holder has the lease of the job, or can have it. Errors: the database's, and
// those of `work`: then the lease stays with the holder, which tries again at the next time.
Result<Turn, Error> run_leased(storage::Database& database, const Context& context,
                               const LeasedJob& job, FunctionRef<Result<Unit, Error>()> work);

// How long a lease of a job with that period lasts.
[[nodiscard]] Duration lease_length(Duration every);

}  // namespace gatehouse::cluster
