#include "server/login/finish.h"

#include "server/http/redirect.h"

namespace gatehouse::login {
namespace {

using sessions::CreatedSession;
using storage::Transaction;

sessions::NewSession wanted_session(const Visit& visit, UserId user, OrgId organization) {
  const environments::Settings& settings = visit.environment().settings;
  return {.user = user,
          .organization = organization,
          .method = *visit.flow.method,
          .absolute_lifetime = settings.session_absolute_lifetime,
          .idle_lifetime = settings.session_idle_lifetime};
}

// The session that this browser holds already, if it is live.
Result<std::optional<sessions::LiveSession>, Error> held_session(Transaction& transaction,
                                                                 const Visit& visit) {
  const auto cookie = read_session_cookie(visit.request, visit.environment());
  if (!cookie.has_value()) return std::optional<sessions::LiveSession>();
  return sessions::check_cookie(transaction, visit.context.environment, cookie->reveal(),
                                visit.context.now);
}

Result<CreatedSession, Error> sign_in(Transaction& transaction, const Visit& visit,
                                      const Context& context, UserId user, OrgId organization) {
  const EnvironmentId environment = context.environment;
  const auto wanted = wanted_session(visit, user, organization);
  const auto held = TRY(held_session(transaction, visit));
  if (held.has_value() && held->user.id == user) {
    auto renewed = TRY(sessions::renew(transaction, environment, context, visit.deps.random,
                                       held->session.id, wanted));
    if (renewed.has_value()) return std::move(*renewed);
  } else if (held.has_value()) {
    TRY(sessions::end(transaction, environment, context, visit.deps.random, held->session.id,
                      sessions::EndReason::replaced));
  }
  return sessions::create(transaction, environment, context, visit.deps.random, wanted);
}

}  // namespace

Result<Finished, Error> finish(Transaction& transaction, const Visit& visit, UserId user,
                               OrgId organization) {
  const EnvironmentId environment = visit.context.environment;
  Context context = visit.context;
  context.actor = {ActorType::user, user.text()};

  Finished finished;
  std::optional<SessionId> session = visit.flow.session;
  if (session.has_value()) {
    TRY(sessions::set_organization(transaction, environment, *session, organization));
  } else {
    finished.created = TRY(sign_in(transaction, visit, context, user, organization));
    session = finished.created->session.id;
    TRY(users::note_sign_in(transaction, environment, user, context.now));
  }
  TRY(orgs::note_membership_used(transaction, environment, organization, user, context.now));
  const auto* application = visit.application();
  TRY(audit::record(
      transaction, environment, context, visit.deps.random,
      {.event = audit::Event::login_succeeded,
       .subject_type = "session",
       .subject_id = session->text(),
       .organization = organization,
       .client_id = application == nullptr ? std::nullopt : std::optional(application->client_id),
       .detail = std::string(sessions::method_name(*visit.flow.method))}));
  const bool is_first = TRY(note_completed(transaction, environment, visit.flow,
                                           {user, organization, *session}, context.now));
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
    set_session_cookie(response, visit.environment(), finished.created->token,
                       visit.environment().settings.session_absolute_lifetime);
  }
  return response;
}

}  // namespace gatehouse::login
