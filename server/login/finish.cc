#include "server/login/finish.h"

#include "server/http/redirect.h"
#include "server/login/auth_log.h"
#include "server/login/last_used.h"
#include "server/orgs/session_policy.h"
#include "server/sessions/origin.h"

namespace gatehouse::login {
namespace {

using sessions::CreatedSession;
using storage::Transaction;

// The session that this browser holds already, if it is live.
Result<std::optional<sessions::LiveSession>, Error> held_session(Transaction& transaction,
                                                                 const SignIn& wanted) {
  const auto cookie = read_session_cookie(wanted.request, wanted.environment);
  if (!cookie.has_value()) return std::optional<sessions::LiveSession>();
  return sessions::check_cookie(transaction, wanted.environment.id, cookie->reveal(),
                                wanted.context.now);
}

std::optional<ConnectionId> connection_of(const SignIn& wanted) {
  return wanted.identity == nullptr ? std::nullopt : std::optional(wanted.identity->connection);
}

Result<CreatedSession, Error> make_session(Transaction& transaction, const Context& context,
                                           const SignIn& wanted) {
  const EnvironmentId environment = wanted.environment.id;
  const orgs::SessionPolicy policy =
      TRY(orgs::find_session_policy(transaction, environment, wanted.organization));
  const auto lifetimes = orgs::effective_lifetimes(policy, wanted.environment.settings);
  const sessions::NewSession session{.user = wanted.user,
                                     .organization = wanted.organization,
                                     .method = wanted.method,
                                     .absolute_lifetime = lifetimes.absolute,
                                     .idle_lifetime = lifetimes.idle,
                                     .connection = connection_of(wanted)};
  const auto held = TRY(held_session(transaction, wanted));
  if (held.has_value() && held->user.id == wanted.user) {
    auto renewed = TRY(sessions::renew(transaction, environment, context, wanted.random,
                                       held->session.id, session));
    if (renewed.has_value()) return std::move(*renewed);
  } else if (held.has_value()) {
    TRY(sessions::end(transaction, environment, context, wanted.random, held->session.id,
                      sessions::EndReason::replaced));
  }
  return sessions::create(transaction, environment, context, wanted.random, session);
}

// A proof by mail is what the contract calls a passwordless connection.
std::string connection_type_of(const SignIn& wanted) {
  using sessions::Method;
  if (wanted.identity != nullptr) return wanted.identity->connection_type;
  const bool is_by_mail =
      wanted.method == Method::email_code || wanted.method == Method::email_link;
  return is_by_mail ? "PASSWORDLESS" : std::string();
}

// The part in the organization that was just used, and the records of the sign-in.
Result<Unit, Error> note_signed_in(Transaction& transaction, const Context& context,
                                   const SignIn& wanted, SessionId session) {
  const EnvironmentId environment = wanted.environment.id;
  TRY(orgs::note_membership_used(transaction, environment, wanted.organization, wanted.user,
                                 context.now));
  TRY(note_attempt(transaction, environment, context, wanted.random,
                   {.status = AttemptStatus::success,
                    .flow = wanted.flow,
                    .user = wanted.user,
                    .client_id = wanted.client_id,
                    .organization = wanted.organization,
                    .connection = connection_of(wanted),
                    .connection_type = connection_type_of(wanted),
                    .connection_provider =
                        wanted.identity == nullptr ? std::string() : wanted.identity->provider,
                    .detail = std::string(sessions::method_name(wanted.method))}));
  return audit::record(transaction, environment, context, wanted.random,
                       {.event = audit::Event::login_succeeded,
                        .subject_type = "session",
                        .subject_id = session.text(),
                        .organization = wanted.organization,
                        .client_id = wanted.client_id,
                        .detail = std::string(sessions::method_name(wanted.method))});
}

Result<Unit, Error> note_origin(Transaction& transaction, const SignIn& wanted, SessionId session) {
  if (wanted.identity == nullptr) return Unit{};
  const OutsideIdentity& identity = *wanted.identity;
  return sessions::set_origin(transaction, wanted.environment.id, session,
                              {.connection = identity.connection,
                               .issuer = identity.issuer,
                               .subject = identity.subject,
                               .name_id = identity.name_id,
                               .name_id_format = identity.name_id_format,
                               .session_index = identity.session_index});
}

Context as_user(const SignIn& wanted) {
  Context context = wanted.context;
  context.actor = {ActorType::user, wanted.user.text()};
  return context;
}

}  // namespace

Result<CreatedSession, Error> sign_in(Transaction& transaction, const SignIn& wanted) {
  const Context context = as_user(wanted);
  CreatedSession created = TRY(make_session(transaction, context, wanted));
  TRY(note_origin(transaction, wanted, created.session.id));
  TRY(users::note_sign_in(transaction, wanted.environment.id, wanted.user, context.now));
  TRY(note_signed_in(transaction, context, wanted, created.session.id));
  return created;
}

Result<Finished, Error> finish(Transaction& transaction, const Visit& visit, UserId user,
                               OrgId organization) {
  const EnvironmentId environment = visit.context.environment;
  const auto* application = visit.application();
  const SignIn wanted{
      .random = visit.deps.random,
      .context = visit.context,
      .request = visit.request,
      .environment = visit.environment(),
      .user = user,
      .organization = organization,
      .method = *visit.flow.method,
      .client_id = application == nullptr ? std::nullopt : std::optional(application->client_id),
      .flow = visit.flow.id,
      .identity = visit.flow.identity.has_value() ? &*visit.flow.identity : nullptr};
  Finished finished;
  std::optional<SessionId> session = visit.flow.session;
  if (session.has_value()) {
    TRY(sessions::set_organization(transaction, environment, *session, organization));
    TRY(note_signed_in(transaction, as_user(wanted), wanted, *session));
  } else {
    finished.created = TRY(sign_in(transaction, wanted));
    session = finished.created->session.id;
  }
  const bool is_first = TRY(note_completed(transaction, environment, visit.flow,
                                           {user, organization, *session}, visit.context.now));
  if (!is_first) return Error(ErrorCode::aborted, "the flow was completed meanwhile");
  return finished;
}

std::string resume_path(const Flow& flow) {
  if (flow.purpose == Purpose::account) return "/account";
  return "/oauth/authorize/resume?flow=" + flow.id.text();
}

http::Response go_on(const Visit& visit, const Finished& finished) {
  http::Response response = http::see_other(resume_path(visit.flow));
  if (finished.created.has_value()) {
    const sessions::Session& session = finished.created->session;
    set_session_cookie(response, visit.environment(), finished.created->token,
                       session.expires_at - visit.context.now);
    set_last_used(response, visit.environment(), {visit.flow.connection});
  }
  return response;
}

}  // namespace gatehouse::login
