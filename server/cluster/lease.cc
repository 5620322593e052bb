#include "server/cluster/lease.h"

#include <algorithm>

#include "server/cluster/lease_store.h"

namespace gatehouse::cluster {

using storage::Transaction;

Duration lease_length(Duration every) { return std::max<Duration>(2 * every, seconds(10)); }

Result<Turn, Error> run_leased(storage::Database& database, const Context& context,
                               const LeasedJob& job, FunctionRef<Result<Unit, Error>()> work) {
  const Instant now = TRY(database.server_time(context)).value_or(context.now);
  const LeaseClaim claim{
      .job = job.name, .holder = job.holder, .now = now, .until = now + lease_length(job.every)};
  const auto known = TRY(storage::read(database, context, [&](Transaction& transaction) {
    return find_lease(transaction, job.name);
  }));
  // Looking first keeps nodes that wait for their turn from writing.
  if (known.has_value() && known->holder != job.holder && known->until > now) {
    return Turn::of_another;
  }
  const bool is_ours = TRY(storage::write(
      database, context, [&](Transaction& transaction) { return take_lease(transaction, claim); }));
  if (!is_ours) return Turn::of_another;
  TRY(work());
  TRY(storage::write(database, context,
                     [&](Transaction& transaction) { return note_ran(transaction, claim); }));
  return Turn::ran;
}

}  // namespace gatehouse::cluster
