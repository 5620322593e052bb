// Flow: the stored state of one sign-in, from the moment an application sends a browser until a
// session exists. It is bound to the browser that started it (browser.h), lives ten minutes, and is
// moved on only by conditional statements, so a step cannot be taken twice or out of turn.

#pragma once

#include <string>

#include "server/login/outside_identity.h"
#include "server/sessions/session.h"

namespace gatehouse::login {

enum class Purpose {
  authorize,  // an application waits at /oauth/authorize/resume
  account,    // the person wants their own account page
};
enum class Intent { sign_in, sign_up };

// What the request asked of the sign-in. Stored with the flow as JSON.
struct Options {
  std::optional<std::string> login_hint = std::nullopt;
  std::optional<OrgId> organization = std::nullopt;  // only this one will do
  enum class Choose { when_needed, always } choose_organization = Choose::when_needed;
  // Whether an identity provider is to ask again who somebody is.
  enum class Authentication { as_needed, fresh } authentication = Authentication::as_needed;
};

struct Flow {
  FlowId id;
  EnvironmentId environment;
  std::optional<ApplicationId> application;
  std::string browser_hash;
  Purpose purpose;
  Options options;
  std::string resume;  // the caller's own state, opaque here
  Intent intent;
  std::optional<users::Email> email;
  std::optional<Instant> challenge_sent_at;
  int challenges_sent = 0;
  int code_tries = 0;  // wrong codes since the flow began; a new code does not reset them
  std::optional<UserId> user;
  std::optional<Instant> proven_at;
  std::optional<sessions::Method> method;
  std::optional<OrgId> organization;
  std::optional<SessionId> session;
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> completed_at;
  std::optional<Instant> resumed_at;  // its starter has taken it
  // The identity provider that is to be asked, or was; absent: proof by mail.
  std::optional<ConnectionId> connection = std::nullopt;
  // What it has said. Not yet proven while the address is still to be proven by mail.
  std::optional<OutsideIdentity> identity = std::nullopt;
};

struct NewFlow {
  std::optional<ApplicationId> application;
  std::optional<std::string> client_id = std::nullopt;  // the same application, for the audit log
  std::string browser_hash;
  Purpose purpose;
  Options options;
  std::string resume;
  Intent intent = Intent::sign_in;
  std::optional<ConnectionId> connection = std::nullopt;
  // Of a live session that only has to choose an organization: already proven.
  std::optional<sessions::Session> proven_by = std::nullopt;
  std::optional<users::Email> proven_email = std::nullopt;
};

// Store. All of them return nullopt or false where the flow is not in the state that the statement
// demands (other browser, expired, completed, other step).
Result<Flow, Error> start_flow(storage::Transaction& transaction, EnvironmentId environment,
                               Random& random, Instant now, const NewFlow& wanted);
// Of this browser only; expired and completed ones too, so that a page can say so.
Result<std::optional<Flow>, Error> find_flow(storage::Transaction& transaction,
                                             EnvironmentId environment, FlowId flow,
                                             std::string_view browser_hash);
// Whatever the browser: for the page behind a mailed link, which shows nothing of it.
Result<std::optional<Flow>, Error> find_flow_of_any_browser(storage::Transaction& transaction,
                                                            EnvironmentId environment, FlowId flow);
// A code and link for `email` are on their way. Only while nothing is proven.
Result<bool, Error> note_challenge(storage::Transaction& transaction, EnvironmentId environment,
                                   const Flow& flow, const users::Email& email, Intent intent,
                                   Instant now);
// Back to the first page: forget the address. Only while nothing is proven.
Result<bool, Error> forget_email(storage::Transaction& transaction, EnvironmentId environment,
                                 const Flow& flow, Instant now);
// Another way: the connection to sign in by, or none. What a provider said before is forgotten.
// Only while nothing is proven.
Result<bool, Error> note_connection(storage::Transaction& transaction, EnvironmentId environment,
                                    const Flow& flow, std::optional<ConnectionId> connection,
                                    const std::optional<users::Email>& email, Instant now);
// What the flow's provider has said. Only while nothing is proven.
Result<bool, Error> note_identity(storage::Transaction& transaction, EnvironmentId environment,
                                  const Flow& flow, const OutsideIdentity& identity, Instant now);
// One more wrong code; the number of them, or nullopt if the limit had been reached before.
Result<std::optional<int>, Error> count_wrong_code(storage::Transaction& transaction,
                                                   EnvironmentId environment, const Flow& flow,
                                                   Instant now);
// The address is proven, once. `user` is absent for somebody new.
struct Proof {
  users::Email email;
  std::optional<UserId> user;
  sessions::Method method;
};
Result<bool, Error> note_proven(storage::Transaction& transaction, EnvironmentId environment,
                                const Flow& flow, const Proof& proof, Instant now);
// The flow is over and stands for a session, once. Only if proven.
struct Completion {
  UserId user;
  std::optional<OrgId> organization;
  SessionId session;
};
Result<bool, Error> note_completed(storage::Transaction& transaction, EnvironmentId environment,
                                   const Flow& flow, const Completion& completion, Instant now);
// Takes a completed flow's resume state and session, once. nullopt if there is nothing to take.
Result<std::optional<Flow>, Error> take_completed(storage::Transaction& transaction,
                                                  EnvironmentId environment, FlowId flow,
                                                  std::string_view browser_hash, Instant now);
// Deletes flows that expired more than a day ago. A job.
Result<std::int64_t, Error> reclaim_flows(storage::Transaction& transaction, Instant now,
                                          std::int64_t rows_max);

}  // namespace gatehouse::login
