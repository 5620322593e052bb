// What an authorization request needs, given who is signed in. Pure: every prompt, hint and limit
// is decided here and nowhere else. [OIDC Core §3.1.2.1, §3.1.2.3]

#pragma once

#include "server/oidc/authorize_request.h"
#include "server/sessions/session.h"

namespace gatehouse::oidc {

// Who is signed in here and now, if anybody.
struct Presence {
  std::optional<sessions::LiveSession> live;
  bool belongs_to_current = false;    // still an active member of the session's organization
  bool belongs_to_requested = false;  // of the organization that the request names
  login::RouteChoice route = login::ShowSignInPage{};  // where the request's hints lead
};

// The subject of a verified id_token_hint.
struct HintedSubject {
  std::optional<std::string> subject;
};

enum class NextAct {
  issue_code,           // for `organization`
  switch_organization,  // to `organization`, then issue
  sign_in,
  sign_up,
  choose_organization,  // signed in already
  refuse,               // `error` goes back to the application
};

struct AuthorizeDecision {
  NextAct act;
  std::optional<OrgId> organization = std::nullopt;
  std::optional<OAuthError> error = std::nullopt;
  // To sign in or up by; absent: the sign-in page.
  std::optional<ConnectionId> connection = std::nullopt;
};

[[nodiscard]] AuthorizeDecision decide(const AuthorizeRequest& request, const Presence& presence,
                                       const HintedSubject& hint, Instant now);

}  // namespace gatehouse::oidc
