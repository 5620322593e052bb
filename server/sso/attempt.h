// Sign-ins by a connection that failed, and those that were tried out: what was checked, and which
// check failed. People quote the id as the reference of an error ("err_…"); `gatehouse doctor sso`
// and the portal explain it. Kept for `attempts_kept`, and nothing that is kept can be used: no
// tokens, no SAML messages, of e-mail addresses the domain.

#pragma once

#include "server/connections/connection.h"
#include "server/sso/diagnosis.h"
#include "server/storage/database.h"

namespace gatehouse::sso {

inline constexpr Duration attempts_kept = days(7);

struct NewAttempt {
  std::optional<ConnectionId> connection = std::nullopt;  // absent: none was found
  std::optional<OrgId> organization = std::nullopt;
  std::optional<FlowId> flow = std::nullopt;
  std::optional<connections::Provider> provider = std::nullopt;
  std::optional<connections::ConnectionType> type = std::nullopt;
  std::optional<Failure> failure = std::nullopt;  // absent: it was tried out, and succeeded
  CheckLog checks = {};
};
// Of a sign-in by that connection.
[[nodiscard]] NewAttempt attempt_of(const connections::Connection& connection);

struct Attempt {
  SsoAttemptId id;
  std::optional<ConnectionId> connection;
  std::optional<OrgId> organization;
  std::optional<FlowId> flow;
  std::optional<connections::Provider> provider;
  std::optional<connections::ConnectionType> type;
  std::optional<Failure> failure;
  std::vector<CheckLog::Entry> checks;
  std::string client_address;
  std::string user_agent;
  Instant created_at;
};

// In a transaction that is committed although the sign-in is refused. Redacts what it is given.
Result<SsoAttemptId, Error> record_attempt(storage::Transaction& transaction,
                                           EnvironmentId environment, const Context& context,
                                           Random& random, const NewAttempt& attempt);

Result<std::optional<Attempt>, Error> find_attempt(storage::Transaction& transaction,
                                                   EnvironmentId environment, SsoAttemptId id);

// What is absent is no condition.
struct AttemptFilter {
  std::optional<OrgId> organization = std::nullopt;
  std::optional<ConnectionId> connection = std::nullopt;
  std::optional<Diagnosis> diagnosis = std::nullopt;
};
// Newest first.
Result<Page<Attempt>, Error> list_attempts(storage::Transaction& transaction,
                                           EnvironmentId environment, const AttemptFilter& filter,
                                           const PageQuery& query);

// Deletes attempts that are older than `attempts_kept`. A job.
Result<std::int64_t, Error> reclaim_attempts(storage::Transaction& transaction, Instant now,
                                             std::int64_t rows_max);

}  // namespace gatehouse::sso
