// The acts of sessions: beginning, sliding, changing organization, ending.

#include "server/sessions/session.h"

#include <algorithm>

#include "server/audit/record.h"
#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/sessions/logout_delivery_store.h"
#include "server/sessions/refresh_store.h"
#include "server/sessions/session_event.h"
#include "server/sessions/session_store.h"

namespace gatehouse::sessions {
namespace {

using storage::Transaction;

constexpr std::size_t token_bytes = 32;
constexpr std::size_t client_address_bytes_max = 64;
constexpr Duration touch_interval_max = minutes(1);
constexpr int touches_per_idle_lifetime = 10;  // where that makes them more frequent
constexpr int batch = 500;

// What a caller says about itself, as it may be stored and shown again: printable ASCII of a
// bounded length, anything else as "?".
std::string shown_by_caller(std::string_view text, std::size_t bytes_max) {
  std::string shown(text.substr(0, bytes_max));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

Instant idle_limit(const Session& session, Instant now) {
  return std::min(now + session.idle_lifetime, session.expires_at);
}

Result<Unit, Error> record_act(Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, audit::Event event,
                               SessionId session, const EndedSession& of, std::string detail) {
  return audit::record(transaction, environment, context, random,
                       {.event = event,
                        .subject_type = "session",
                        .subject_id = session.text(),
                        .organization = of.organization,
                        .detail = of.user.text() + " " + std::move(detail)});
}

// Ends what `next_batch` lists until it lists nothing more. Each round ends all that it was given,
// so the rounds come to an end.
template <class NextBatch>
Result<std::int64_t, Error> end_each(Transaction& transaction, EnvironmentId environment,
                                     const Context& context, Random& random, EndReason reason,
                                     NextBatch next_batch) {
  std::int64_t ended = 0;
  while (true) {
    const std::vector<SessionId> sessions = TRY(next_batch());
    for (const SessionId session : sessions) {
      if (TRY(end(transaction, environment, context, random, session, reason))) ++ended;
    }
    if (sessions.size() < static_cast<std::size_t>(batch)) return ended;
  }
}

}  // namespace

Result<CreatedSession, Error> create(Transaction& transaction, EnvironmentId environment,
                                     const Context& context, Random& random,
                                     const NewSession& wanted) {
  ENSURE(wanted.absolute_lifetime > Duration::zero() && wanted.idle_lifetime > Duration::zero());
  Session session{
      .id = SessionId::make(random, context.now),
      .environment = environment,
      .user = wanted.user,
      .organization = wanted.organization,
      .method = wanted.method,
      .authenticated_at = context.now,
      .created_at = context.now,
      .last_active_at = context.now,
      .idle_lifetime = wanted.idle_lifetime,
      .idle_expires_at = context.now + std::min(wanted.idle_lifetime, wanted.absolute_lifetime),
      .expires_at = context.now + wanted.absolute_lifetime,
      .ended_at = std::nullopt,
      .client_address = shown_by_caller(context.client_address, client_address_bytes_max),
      .user_agent = shown_by_caller(context.user_agent, limits::user_agent_bytes_max),
      .connection = wanted.connection};
  const Secret token_source(random_bytes(random, token_bytes));
  Secret token(base64url_encode(token_source.reveal()));
  const std::string hash = crypto::sha256(token.reveal());
  if (!TRY(insert_session(transaction, environment, session, hash))) {
    return Error(ErrorCode::failed_precondition, "no such user, or one who may not sign in");
  }
  TRY(record_act(transaction, environment, context, random, audit::Event::session_created,
                 session.id, {.user = session.user, .organization = session.organization},
                 std::string(method_name(session.method))));
  TRY(tell_of_session(transaction, environment, context, random, "user.login",
                      {.session = session, .status = Status::active, .clients = {}}));
  return CreatedSession{.session = std::move(session), .token = std::move(token)};
}

Result<std::optional<CreatedSession>, Error> renew(Transaction& transaction,
                                                   EnvironmentId environment,
                                                   const Context& context, Random& random,
                                                   SessionId session, const NewSession& wanted) {
  ENSURE(wanted.absolute_lifetime > Duration::zero() && wanted.idle_lifetime > Duration::zero());
  const Secret token_source(random_bytes(random, token_bytes));
  Secret token(base64url_encode(token_source.reveal()));
  const bool is_renewed =
      TRY(update_renewed(transaction, environment, session, wanted,
                         {.token_hash = crypto::sha256(token.reveal()), .now = context.now}));
  if (!is_renewed) return std::optional<CreatedSession>();
  auto live = TRY(check_id(transaction, environment, session, context.now));
  if (!live.has_value()) return std::optional<CreatedSession>();
  TRY(record_act(transaction, environment, context, random, audit::Event::session_renewed, session,
                 {.user = wanted.user, .organization = wanted.organization},
                 std::string(method_name(wanted.method))));
  const auto details = TRY(find_details(transaction, environment, session, context.now));
  TRY(tell_of_session(transaction, environment, context, random, "user.login", details));
  return std::optional(
      CreatedSession{.session = std::move(live->session), .token = std::move(token)});
}

bool needs_touch(const Session& session, Instant now) {
  const Duration interval =
      std::min(touch_interval_max, session.idle_lifetime / touches_per_idle_lifetime);
  return now - session.last_active_at >= interval && now > session.last_active_at;
}

Result<Unit, Error> touch(Transaction& transaction, EnvironmentId environment,
                          const Session& session, Instant now) {
  if (!session.is_live(now) || !needs_touch(session, now)) return Unit{};
  // If nothing changes, somebody else touched or ended it meanwhile: both are as good.
  static_cast<void>(
      TRY(update_activity(transaction, environment, session.id, now, idle_limit(session, now))));
  return Unit{};
}

Result<Unit, Error> set_organization(Transaction& transaction, EnvironmentId environment,
                                     SessionId session, OrgId organization) {
  if (!TRY(update_organization(transaction, environment, session, organization))) {
    return Error(ErrorCode::failed_precondition,
                 "the session is over, or its user is not an active member");
  }
  return Unit{};
}

Result<bool, Error> end(Transaction& transaction, EnvironmentId environment, const Context& context,
                        Random& random, SessionId session, EndReason reason) {
  const auto ended = TRY(update_ended(transaction, environment, session, reason, context.now));
  if (!ended.has_value()) return false;
  TRY(end_families_of_session(transaction, environment, session, reason, context.now));
  TRY(queue_logout_deliveries(transaction, environment, random,
                              {.session = session, .user = ended->user, .now = context.now}));
  TRY(record_act(transaction, environment, context, random, audit::Event::session_ended, session,
                 *ended, std::string(end_reason_name(reason))));
  const bool is_by_person = reason == EndReason::signed_out || reason == EndReason::replaced;
  if (!is_by_person) return true;
  const auto details = TRY(find_details(transaction, environment, session, context.now));
  // Who signs out after the time was over has left already.
  if (details.status != Status::logout) return true;
  TRY(tell_of_session(transaction, environment, context, random, "user.logout", details));
  return true;
}

Result<std::int64_t, Error> end_all_of_user(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, Random& random, UserId user,
                                            EndReason reason, std::optional<SessionId> keep) {
  return end_each(transaction, environment, context, random, reason, [&] {
    return list_live_ids_of_user(transaction, environment, user, context.now, batch, keep);
  });
}

Result<std::int64_t, Error> end_all_in_organization(Transaction& transaction,
                                                    EnvironmentId environment, OrgId organization,
                                                    const Context& context, Random& random,
                                                    EndReason reason,
                                                    std::optional<UserId> member) {
  return end_each(transaction, environment, context, random, reason, [&] {
    return list_live_ids_in_organization(transaction, environment, organization, context.now, batch,
                                         member);
  });
}

}  // namespace gatehouse::sessions
