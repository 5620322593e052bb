// The audit log: who did what to whom, when, from where, and how it ended.
//
// A record of a change is written in the transaction of the change: there is never one without the
// other. A refusal changes nothing; it is handed to RefusalLog, which writes a bounded number of
// them in the background. Records carry no secrets. Sealing (query.h) chains them afterwards, so
// that a record that is altered or removed later is noticed.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::audit {

// The closed list of what is recorded. Names on the wire are <thing>.<what happened>.
enum class Event {
  environment_created,
  environment_updated,
  application_created,
  application_updated,
  application_deleted,
  secret_created,
  secret_deactivated,
  secret_deleted,
  signing_key_created,
  signing_key_activated,
  signing_key_retired,
  signing_key_removed,
  organization_created,
  organization_updated,
  organization_deleted,
  user_created,
  user_updated,
  user_disabled,
  user_enabled,
  user_deleted,
  membership_created,
  membership_updated,
  membership_deleted,
  role_created,
  permission_created,
  login_started,
  login_code_sent,
  login_succeeded,
  login_refused,
  session_created,
  session_renewed,
  session_ended,
  code_issued,
  code_redeemed,
  code_reused,
  token_refused,
  token_revoked,
  refresh_reused,
  authorize_refused,
  logout_refused,
  api_token_created,
  api_token_updated,
  api_token_invalidated,
  passwordless_sent,
  passwordless_verified,
  passwordless_refused,
  credential_created,
  credential_updated,
  credential_deleted,
  identity_linked,
  sso_refused,
  invitation_sent,
  invitation_accepted,
  invitation_refused,
  domain_created,
  domain_deleted,
  domain_verified,
  domain_verification_failed,
  connection_created,
  connection_updated,
  connection_enabled,
  connection_disabled,
  connection_deleted,
  directory_created,
  directory_updated,
  directory_enabled,
  directory_disabled,
  directory_deleted,
  directory_secret_created,
  secret_activated,
  client_created,
  client_updated,
  client_deleted,
  resource_created,
  resource_updated,
  resource_deleted,
  scope_created,
  scope_updated,
  scope_deleted,
  consent_granted,
  consent_revoked,
  portal_link_created,
  portal_link_deleted,
  portal_link_opened,
  portal_link_refused,
  api_call_refused,
  role_updated,
  role_deleted,
  permission_updated,
  permission_deleted,
  users_imported,
  data_restored,
  refusals_dropped,  // how many refusals came too fast to be written; stays the last of the list
};
inline constexpr std::size_t event_count = static_cast<std::size_t>(Event::refusals_dropped) + 1;
[[nodiscard]] std::string_view event_name(Event event);  // "session.created"

enum class Outcome { success, refused };
[[nodiscard]] std::string_view outcome_name(Outcome outcome);

struct Record {
  Event event;
  Outcome outcome = Outcome::success;
  std::string subject_type;  // "user", "application", "session", …; may be empty
  std::string subject_id;    // as printed: usr_…, or a client_id
  std::optional<OrgId> organization = std::nullopt;
  std::optional<std::string> client_id = std::nullopt;
  std::string detail = {};  // an error code or a short plain phrase; at most 500 bytes are kept
};

// Writes one record in the caller's transaction; actor, address and request come from `context`,
// the record's own id from `random`. Texts are kept up to a fixed length each, and bytes in them
// that are not printable UTF-8 as "?": a client_id or a user agent may be anything.
Result<Unit, Error> record(storage::Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, const Record& entry);

// Refusals, from any thread and without waiting. Beyond `pending_max` unwritten ones, further ones
// are counted and reported by a single record once there is room.
class RefusalLog {
 public:
  static constexpr std::size_t pending_max = 10'000;

  RefusalLog(storage::Database& database, Random& random);
  ~RefusalLog();
  // For the environment of `context`; the outcome is always recorded as refused.
  void note(const Context& context, Record entry);
  // Writes everything noted so far, in transactions of at most 1,000 records; called by a job every
  // second, at shutdown, and by tests. What could not be written is kept for the next time.
  Result<Unit, Error> flush(const Context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::audit
