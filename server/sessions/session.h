// Sessions: one signed-in browser in one environment, shared by all its applications.
//
// The browser holds an opaque 256-bit token in a cookie; we hold its SHA-256. A session ends once,
// for a reason, and with it everything that hangs on it: refresh families die, applications are
// told by back-channel logout. Lifetimes are fixed when the session is made.

#pragma once

#include <string>
#include <vector>

#include "server/applications/application.h"
#include "server/core/secret.h"
#include "server/rbac/role.h"
#include "server/users/user.h"

namespace gatehouse::sessions {

// How the person proved who they are: single_sign_on at their organization's identity provider,
// social at one that the environment offers to all.
enum class Method { email_code, email_link, single_sign_on, social };
[[nodiscard]] std::string_view method_name(Method method);
[[nodiscard]] std::optional<Method> parse_method(std::string_view name);

enum class EndReason { signed_out, revoked, replaced, user_disabled, reuse_detected };
[[nodiscard]] std::string_view end_reason_name(EndReason reason);

struct Session {
  SessionId id;
  EnvironmentId environment;
  UserId user;
  std::optional<OrgId> organization;  // the current one
  Method method;
  Instant authenticated_at;  // auth_time
  Instant created_at;
  Instant last_active_at;
  Duration idle_lifetime;
  Instant idle_expires_at;
  Instant expires_at;
  std::optional<Instant> ended_at;
  std::string client_address;
  std::string user_agent;
  std::optional<ConnectionId> connection = std::nullopt;  // that made it, if one did

  // The one question about liveness, asked on every path: cookie, refresh, introspection, userinfo.
  [[nodiscard]] bool is_live(Instant now) const {
    return !ended_at.has_value() && now < expires_at && now < idle_expires_at;
  }
};

struct NewSession {
  UserId user;
  std::optional<OrgId> organization;
  Method method;
  Duration absolute_lifetime;
  Duration idle_lifetime;
  std::optional<ConnectionId> connection = std::nullopt;
};
inline constexpr std::size_t session_token_characters = 43;  // 256 bits in base64url
struct CreatedSession {
  Session session;
  Secret token;  // for the cookie; stored nowhere
};

// Audited, and told by the event "user.login", as is renew(). Client address and user agent come
// from the context. Errors: failed_precondition (the user is unknown to the environment or may not
// sign in, which the inserting statement itself decides).
Result<CreatedSession, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                                     const Context& context, Random& random,
                                     const NewSession& wanted);

// A session with the person it belongs to, only if both are good: live, user may sign in. The
// user's state is read in the same statement. nullopt otherwise, whatever the reason.
struct LiveSession {
  Session session;
  users::User user;
};
Result<std::optional<LiveSession>, Error> check_cookie(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       std::string_view token, Instant now);
Result<std::optional<LiveSession>, Error> check_id(storage::Transaction& transaction,
                                                   EnvironmentId environment, SessionId session,
                                                   Instant now);

// Slides the idle limit. Does nothing if the last slide is less than a minute ago (or a tenth of
// the idle lifetime, if that is shorter), so a busy session costs a write a minute.
Result<Unit, Error> touch(storage::Transaction& transaction, EnvironmentId environment,
                          const Session& session, Instant now);
[[nodiscard]] bool needs_touch(const Session& session, Instant now);

// The same person proved themselves again in the same browser: the session goes on, with a new
// authenticated_at, method and organization, a fresh idle limit and a new cookie token; the old
// token is void. nullopt if the session is not live any more or is another person's. Audited.
Result<std::optional<CreatedSession>, Error> renew(storage::Transaction& transaction,
                                                   EnvironmentId environment,
                                                   const Context& context, Random& random,
                                                   SessionId session, const NewSession& wanted);

// The session's current organization changes; audited by the caller's act. Errors:
// failed_precondition (the session is over, or its user is not an active member).
Result<Unit, Error> set_organization(storage::Transaction& transaction, EnvironmentId environment,
                                     SessionId session, OrgId organization);
// Remembers that `application` was signed in to by this session: it is told when the session ends.
// Errors: failed_precondition (the session is over).
Result<Unit, Error> note_client(storage::Transaction& transaction, EnvironmentId environment,
                                SessionId session, ApplicationId application,
                                std::optional<OrgId> organization, Instant now);
Result<std::vector<ApplicationId>, Error> list_clients(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       SessionId session);

// Ends a session, once: refresh families end, deliveries of the logout are queued for every
// application that has a back-channel URI, audited. Signing out is told by the event "user.logout".
// False if it had ended before (or is unknown).
Result<bool, Error> end(storage::Transaction& transaction, EnvironmentId environment,
                        const Context& context, Random& random, SessionId session,
                        EndReason reason);
// All live sessions of a user, except `keep` if given. Returns how many ended.
Result<std::int64_t, Error> end_all_of_user(storage::Transaction& transaction,
                                            EnvironmentId environment, const Context& context,
                                            Random& random, UserId user, EndReason reason,
                                            std::optional<SessionId> keep = std::nullopt);

// All live sessions whose current organization this is (of one member, if given): for whoever
// deletes an organization or removes a member, beside that act and before it. Returns how many
// ended.
Result<std::int64_t, Error> end_all_in_organization(storage::Transaction& transaction,
                                                    EnvironmentId environment, OrgId organization,
                                                    const Context& context, Random& random,
                                                    EndReason reason,
                                                    std::optional<UserId> member = std::nullopt);

// Live ones, most recently active first, at most 100.
Result<std::vector<Session>, Error> list_live_of_user(storage::Transaction& transaction,
                                                      EnvironmentId environment, UserId user,
                                                      Instant now);
// Deletes sessions that ended or expired more than `keep` ago. A job.
Result<std::int64_t, Error> reclaim(storage::Transaction& transaction, Instant now, Duration keep,
                                    std::int64_t rows_max);

}  // namespace gatehouse::sessions
