// All routes of the server, in one table.

#pragma once

#include <functional>

#include "server/http/route.h"
#include "server/login/invitation_pages.h"
#include "server/login/steps.h"
#include "server/oidc/authorize.h"
#include "server/oidc/discovery.h"
#include "server/oidc/end_session.h"
#include "server/oidc/introspect.h"
#include "server/oidc/token.h"
#include "server/oidc/userinfo.h"
#include "server/portal/account.h"
#include "server/portal/admin_portal.h"
#include "server/sso/endpoints.h"

namespace gatehouse::app {

// The endpoints that the table names; all outlive it.
struct Endpoints {
  const oidc::AuthorizeEndpoint& authorize;
  const oidc::TokenEndpoint& token;
  const oidc::UserinfoEndpoint& userinfo;
  const oidc::IntrospectionEndpoint& introspection;
  const oidc::RevocationEndpoint& revocation;
  const oidc::EndSessionEndpoint& end_session;
  const oidc::DiscoveryEndpoint& discovery;
  const login::Steps& login;
  const login::InvitationPages& invitations;
  const sso::Endpoints& sso;
  const portal::AccountPages& account;
  const portal::AdminPortal& admin_portal;
  const pages::Pages& pages;
  // Why this process should get no requests now, empty if it should; the text of /metrics.
  std::function<std::string_view()> not_ready_because;
  std::function<std::string()> metrics;
};

[[nodiscard]] std::vector<http::Route> make_routes(const Endpoints& endpoints);

}  // namespace gatehouse::app
