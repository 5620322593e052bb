#include "server/oidc/authorize_decision.h"

namespace gatehouse::oidc {
namespace {

AuthorizeDecision refuse(OAuthCode code, std::string description) {
  return {NextAct::refuse, std::nullopt, OAuthError(code, std::move(description))};
}

// Whether the live session is good enough for what the request demands of the sign-in itself.
bool session_suffices(const AuthorizeRequest& request, const sessions::LiveSession& live,
                      const HintedSubject& hint, Instant now) {
  if (request.prompt.login) return false;
  if (request.max_age.has_value() && now - live.session.authenticated_at > *request.max_age) {
    return false;
  }
  if (request.max_age == Duration::zero()) return false;
  return !hint.subject.has_value() || *hint.subject == live.user.id.text();
}

AuthorizeDecision with_session(const AuthorizeRequest& request, const Presence& presence) {
  const sessions::Session& session = presence.live->session;
  const bool is_current =
      request.organization.has_value() && request.organization == session.organization;
  if (request.prompt.select_account) {
    if (!request.organization.has_value()) return {NextAct::choose_organization};
    if (!presence.belongs_to_requested) {
      return refuse(OAuthCode::access_denied, "You do not belong to this organization.");
    }
    if (is_current) return {NextAct::issue_code, session.organization};
    return {NextAct::switch_organization, request.organization};
  }
  // Without prompt=select_account a live session keeps its organization.
  if (session.organization.has_value() && presence.belongs_to_current) {
    return {NextAct::issue_code, session.organization};
  }
  if (request.prompt.none) {
    return refuse(OAuthCode::interaction_required, "An organization has to be chosen.");
  }
  return {NextAct::choose_organization};
}

}  // namespace

AuthorizeDecision decide(const AuthorizeRequest& request, const Presence& presence,
                         const HintedSubject& hint, Instant now) {
  if (request.prompt.create) return {NextAct::sign_up};
  if (!presence.live.has_value() || !session_suffices(request, *presence.live, hint, now)) {
    if (request.prompt.none) {
      return refuse(OAuthCode::login_required, "Nobody is signed in.");
    }
    return {NextAct::sign_in};
  }
  return with_session(request, presence);
}

}  // namespace gatehouse::oidc
