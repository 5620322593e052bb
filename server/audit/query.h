// Reading and sealing the audit log.

#pragma once

#include "server/audit/record.h"

namespace gatehouse::audit {

struct StoredRecord {
  AuditId id;
  Instant at;
  std::string event, outcome, actor_type, actor_id, subject_type, subject_id;
  std::optional<OrgId> organization;
  std::optional<std::string> client_id;
  RequestId request;
  std::string client_address, user_agent, detail;
};

struct Filter {
  std::optional<std::string> event = std::nullopt;  // exact event name
  std::optional<AuditId> before = std::nullopt;     // keyset: only older than this one
  int limit = 50;                                   // at most 500
};

// Newest first.
Result<std::vector<StoredRecord>, Error> list(storage::Transaction& transaction,
                                              EnvironmentId environment, const Filter& filter);

// Seals what was recorded since the last seal and is at least `settle` old: one more link of a
// chain whose hash covers the link before it and every field of its records, in id order. `settle`
// must exceed the time that a transaction can take from reading its clock to its commit. At most
// `records_max` a call; returns how many were sealed. A job; two at once seal once.
Result<std::int64_t, Error> seal(storage::Transaction& transaction, EnvironmentId environment,
                                 Instant now, Duration settle, std::int64_t records_max);

// Recomputes every seal: altered, removed and smuggled-in records are found, and so are altered
// seals. Returns what does not hold, in plain words; empty means intact. Cutting off the newest
// seals with all their records leaves a shorter chain that holds: only a copy of a later seal kept
// elsewhere shows that.
Result<std::vector<std::string>, Error> verify_seals(storage::Transaction& transaction,
                                                     EnvironmentId environment);

}  // namespace gatehouse::audit
