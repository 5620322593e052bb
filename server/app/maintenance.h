// What keeps the stored data in order: sealing the audit logs, reclaiming what is over. Each act is
// decided by its own statements, so that two nodes may do it at the same time.

#pragma once

#include "server/applications/catalog.h"
#include "server/mail/sender.h"

namespace gatehouse::app {

// A fresh context for each transaction.
using MakeContext = FunctionRef<Context()>;

// Seals what is older than a minute: by then nothing more is added before it, for an act ends
// within 30 s and a node whose clock is off by more gets no requests.
Result<Unit, Error> seal_audit_logs(storage::Database& database,
                                    const applications::CatalogSnapshot& environments,
                                    MakeContext make_context);

// Deletes rows that are over, in portions, each a transaction that is soon over; at most a million
// rows of a table at a time.
Result<Unit, Error> reclaim(storage::Database& database, mail::Sender& sender,
                            MakeContext make_context);

// Sums up what is counted by its changes.
Result<Unit, Error> sum_up_counts(storage::Database& database, MakeContext make_context);

}  // namespace gatehouse::app
