// The log of authentication: one row for each attempt to sign in, from the page being asked for to
// its success or last failure. For the management API; rows are kept for `attempts_kept`. The audit
// log (server/audit) has every step; this has where things stand.

#pragma once

#include <string>
#include <vector>

#include "server/core/page.h"
#include "server/login/flow.h"

namespace gatehouse::login {

inline constexpr Duration attempts_kept = days(90);

enum class AttemptStatus {
  initiated,  // an application sent somebody
  pending,    // an address was named and is to be proven
  success,
  failed,  // a proof was wrong, or there were too many; what follows may still succeed
};
[[nodiscard]] std::string_view attempt_status_name(AttemptStatus status);  // "INITIATED"
// Of a name in any case; "FAILURE" is understood as well.
[[nodiscard]] std::optional<AttemptStatus> parse_attempt_status(std::string_view name);

// Something that happened to an attempt. What is empty or absent leaves what is known as it is.
struct AttemptStep {
  AttemptStatus status;
  std::optional<FlowId> flow = std::nullopt;  // absent: the attempt is this one step
  std::optional<Intent> intent = std::nullopt;
  std::string email = {};
  std::optional<UserId> user = std::nullopt;  // whose address it is where `email` is empty
  std::optional<std::string> client_id = std::nullopt;
  std::optional<OrgId> organization = std::nullopt;
  std::optional<ConnectionId> connection = std::nullopt;
  std::string connection_type = {};
  std::string connection_provider = {};
  std::string detail = {};  // why it failed, or how it succeeded
};
// In the caller's transaction. An attempt that succeeded stays so.
Result<Unit, Error> note_attempt(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, const AttemptStep& step);

struct Attempt {
  AuthRequestId id;
  std::string status;
  std::string workflow;  // "SIGN_IN", "SIGN_UP"
  std::string email;     // empty before one was named
  std::string client_id;
  std::string client_name;  // as it is now; empty if the application is gone
  std::string client_type;
  std::optional<OrgId> organization;
  std::optional<ConnectionId> connection;
  std::string connection_type;
  std::string connection_provider;
  std::optional<ResourceId> resource;
  std::string resource_name;
  std::string resource_type;
  std::string detail;
  Instant created_at;
  Instant updated_at;
};

struct AttemptFilter {
  std::string email = {};  // as users::Email has it; empty: all
  std::vector<AttemptStatus> statuses = {};
  std::optional<Instant> after = std::nullopt;   // begun then or later
  std::optional<Instant> before = std::nullopt;  // begun earlier
  std::string client_id = {};
  std::optional<ResourceId> resource = std::nullopt;
};
Result<Page<Attempt>, Error> list_attempts(storage::Transaction& transaction,
                                           EnvironmentId environment, const AttemptFilter& filter,
                                           const PageQuery& query);

// Deletes attempts that began more than `attempts_kept` ago. A job.
Result<std::int64_t, Error> reclaim_attempts(storage::Transaction& transaction, Instant now,
                                             std::int64_t rows_max);

}  // namespace gatehouse::login
