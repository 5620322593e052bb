// Refresh tokens rotate, and nobody is signed out by a race or a lost answer.
//
// A family is one grant of offline access: session, application, organization, scope. Its tokens
// are numbered by generation; the token of a generation is derived (HMAC), not stored, so whoever
// shows a parent again is given the same successor:
//
//   rt_<base64url( family id, 8 bytes | generation, 4 bytes | tag, 32 bytes )>
//   tag = HMAC-SHA256( refresh key, environment | family | generation | family nonce )
//
// `generation` in the row is the newest one handed out (the head).
//   shown == head            the head is used: the next generation is handed out and becomes head
//   shown == head - 1        the parent again (a race, a lost answer): the head once more; allowed
//                            to a confidential client until the head is used, to a public client
//                            for 60 s after the rotation
//   shown <  head - 1, or a parent too late     reuse: the family ends, an event says so
//   wrong tag, other client or environment, ended family     refused, nothing changes
// [RFC 6749 §6] [RFC 9700 §4.14.2]

#pragma once

#include <variant>

#include "server/sessions/session.h"

namespace gatehouse::sessions {

inline constexpr Duration public_parent_grace = seconds(60);

struct Family {
  FamilyId id;
  SessionId session;
  ApplicationId application;
  UserId user;
  std::optional<OrgId> organization;
  std::string scope;
};

struct RefreshGrant {
  Family family;
  LiveSession live;  // the session is live and its user may sign in
  Secret token;      // the refresh token to answer with
};

enum class RefreshRefusal {
  unknown,  // not one of ours, or not this client's
  ended,    // family or session is over, the user may not sign in or has left the organization
  reused,   // an older token: the family has just been ended
};

// Starts a family for the session's user and returns its first token. Errors: failed_precondition
// (the session is over or of another environment, the user is not an active member of the
// organization).
struct NewFamily {
  SessionId session;
  ApplicationId application;
  std::optional<OrgId> organization;
  std::string scope;
};
Result<Secret, Error> start_family(storage::Transaction& transaction, EnvironmentId environment,
                                   Random& random, const Secret& refresh_key, Instant now,
                                   const NewFamily& wanted);

// Uses a refresh token. Commits in every case that returns a value, so that reuse is remembered.
// Atomic: of concurrent calls with the head exactly one rotates; the others get the same successor
// as parents do.
using RefreshOutcome = std::variant<RefreshGrant, RefreshRefusal>;
struct RefreshUse {
  Secret shown;
  ApplicationId application;
  enum class ClientKind { confidential, public_ } client_kind;
};
Result<RefreshOutcome, Error> use_refresh_token(storage::Transaction& transaction,
                                                EnvironmentId environment, const Context& context,
                                                Random& random, const Secret& refresh_key,
                                                const RefreshUse& use);

// For introspection and revocation: the family of an authentic token, whether it could be used now.
struct FamilyState {
  Family family;
  bool usable;
  Instant expires_at;  // the session's absolute end
};
Result<std::optional<FamilyState>, Error> inspect_refresh_token(storage::Transaction& transaction,
                                                                EnvironmentId environment,
                                                                const Secret& refresh_key,
                                                                const Secret& shown, Instant now);
Result<Unit, Error> end_family(storage::Transaction& transaction, EnvironmentId environment,
                               FamilyId family, EndReason reason, Instant now);
// Every family of one session and application, as when an authorization code is shown twice.
Result<Unit, Error> end_families_of(storage::Transaction& transaction, EnvironmentId environment,
                                    SessionId session, ApplicationId application, EndReason reason,
                                    Instant now);

// Access tokens revoked before their time, by jti. Rows go when the token would have expired.
Result<Unit, Error> revoke_token(storage::Transaction& transaction, EnvironmentId environment,
                                 TokenId token, Instant expires_at);
Result<bool, Error> is_token_revoked(storage::Transaction& transaction, EnvironmentId environment,
                                     TokenId token);
// Deletes the rows of tokens that have expired. A job.
Result<std::int64_t, Error> reclaim_revoked_tokens(storage::Transaction& transaction, Instant now,
                                                   std::int64_t rows_max);

}  // namespace gatehouse::sessions
