#include "server/oidc/authorize_decision.h"

namespace gatehouse::oidc {
namespace {

AuthorizeDecision refuse(OAuthCode code, std::string description) {
  return {NextAct::refuse, std::nullopt, OAuthError(code, std::move(description))};
}

OAuthCode code_of(login::RouteRefusal refusal) {
  const auto code = oauth_code_named(login::route_refusal_name(refusal));
  ENSURE(code.has_value());
  return *code;
}

std::optional<ConnectionId> routed_to(const Presence& presence) {
  const auto* use = std::get_if<login::UseConnection>(&presence.route);
  return use == nullptr ? std::nullopt : std::optional(use->connection);
}

// The connection that the request insists on, by its id or by the provider. Where a domain or an
// address leads to says only who would sign somebody in, were they not signed in yet.
std::optional<ConnectionId> demanded(const AuthorizeRequest& request, const Presence& presence) {
  const auto selector = login::selector_of(route_hints(request));
  const bool is_demand =
      selector == login::RouteSelector::provider || selector == login::RouteSelector::connection;
  return is_demand ? routed_to(presence) : std::nullopt;
}

AuthorizeDecision sign_in(const Presence& presence) {
  return {.act = NextAct::sign_in, .connection = routed_to(presence)};
}

// Whether the live session is good enough for what the request demands of the sign-in itself.
bool session_suffices(const AuthorizeRequest& request, const Presence& presence,
                      const HintedSubject& hint, Instant now) {
  const sessions::LiveSession& live = *presence.live;
  if (request.prompt.login) return false;
  const auto connection = demanded(request, presence);
  if (connection.has_value() && live.session.connection != connection) return false;
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
    // An organization that signs its people in itself has not been asked yet.
    const auto connection = routed_to(presence);
    if (connection.has_value() && session.connection != connection) return sign_in(presence);
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
  if (const auto* refusal = std::get_if<login::RouteRefusal>(&presence.route)) {
    return refuse(code_of(*refusal), std::string(login::route_refusal_sentence(*refusal)));
  }
  if (request.prompt.create) {
    return {.act = NextAct::sign_up, .connection = routed_to(presence)};
  }
  if (!presence.live.has_value() || !session_suffices(request, presence, hint, now)) {
    if (request.prompt.none) {
      return refuse(OAuthCode::login_required, "Nobody is signed in in the way that is asked for.");
    }
    return sign_in(presence);
  }
  return with_session(request, presence);
}

}  // namespace gatehouse::oidc
