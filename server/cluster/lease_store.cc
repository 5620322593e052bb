#include "server/cluster/lease_store.h"

namespace gatehouse::cluster {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql take_sql{"cluster.take_lease",
                       "INSERT INTO job_leases (job, holder, until_ms, last_ran_at_ms)"
                       " VALUES ($1, $2, $3, NULL)"
                       " ON CONFLICT (job) DO UPDATE SET holder = $2, until_ms = $3"
                       " WHERE job_leases.holder = $2 OR job_leases.until_ms <= $4"};

constexpr Sql note_ran_sql{"cluster.note_ran",
                           "UPDATE job_leases SET last_ran_at_ms = $3"
                           " WHERE job = $1 AND holder = $2"};

constexpr Sql release_sql{"cluster.release_leases",
                          "UPDATE job_leases SET until_ms = 0 WHERE holder = $1"};

constexpr Sql find_sql{"cluster.find_lease",
                       "SELECT holder, until_ms, last_ran_at_ms FROM job_leases WHERE job = $1"};

}  // namespace

Result<bool, Error> take_lease(Transaction& transaction, const LeaseClaim& claim) {
  return TRY(transaction.execute(take_sql, {claim.job, claim.holder, claim.until, claim.now})) == 1;
}

Result<Unit, Error> note_ran(Transaction& transaction, const LeaseClaim& claim) {
  TRY(transaction.execute(note_ran_sql, {claim.job, claim.holder, claim.now}));
  return Unit{};
}

Result<Unit, Error> release_leases(Transaction& transaction, std::string_view holder) {
  TRY(transaction.execute(release_sql, {holder}));
  return Unit{};
}

Result<std::optional<LeaseRow>, Error> find_lease(Transaction& transaction, std::string_view job) {
  return transaction.find(find_sql, {job}, [](const Row& row) {
    return LeaseRow{
        .holder = row.string(0), .until = row.instant(1), .last_ran_at = row.optional_instant(2)};
  });
}

}  // namespace gatehouse::cluster
