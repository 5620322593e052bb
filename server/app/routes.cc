#include "server/app/routes.h"

#include "server/core/limits.h"

namespace gatehouse::app {
namespace {

using http::Guard;
using http::Method;
using http::PathParameters;
using http::Request;
using http::Response;
using http::Route;
using http::RunOn;

// Makes a handler of a member function that needs no path parameters.
template <class Endpoint>
http::Handler call(const Endpoint& endpoint,
                   Response (Endpoint::*act)(const Context&, const Request&) const) {
  return [&endpoint, act](const Context& context, const Request& request, const PathParameters&) {
    return (endpoint.*act)(context, request);
  };
}

constexpr std::size_t no_body = 0;
constexpr std::size_t form = limits::form_body_bytes_max;
// A SAML message in base64, every byte percent-encoded at worst.
constexpr std::size_t saml_form = 2 * limits::saml_message_bytes_max;

Response asset(const pages::Pages& pages, const Request& request) {
  const pages::Asset* found = pages.assets().find(request.path);
  return found == nullptr ? http::plain_text(404, "not_found\n") : pages::asset_response(*found);
}

void add_operations(std::vector<Route>& routes, const Endpoints& endpoints) {
  const std::vector<Guard> guards = {Guard::operations};
  routes.push_back({Method::get, "/livez", RunOn::inline_, no_body, guards,
                    [](const Context&, const Request&, const PathParameters&) {
                      return http::plain_text(200, "live\n");
                    }});
  routes.push_back({Method::get, "/readyz", RunOn::inline_, no_body, guards,
                    [reason = endpoints.not_ready_because](const Context&, const Request&,
                                                           const PathParameters&) {
                      const std::string_view why = reason();
                      return why.empty()
                                 ? http::plain_text(200, "ready\n")
                                 : http::plain_text(503, "not ready: " + std::string(why) + "\n");
                    }});
  routes.push_back(
      {Method::get, "/metrics", RunOn::pooled, no_body, guards,
       [metrics = endpoints.metrics](const Context&, const Request&, const PathParameters&) {
         Response response = http::plain_text(200, metrics());
         response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
         return response;
       }});
}

// What programs call: metadata, keys, tokens.
void add_protocol(std::vector<Route>& routes, const Endpoints& endpoints) {
  using namespace oidc;
  const std::vector<Guard> metadata = {Guard::api, Guard::cors, Guard::cacheable};
  const std::vector<Guard> api = {Guard::api, Guard::cors};
  const std::vector<Guard> browser = {Guard::page, Guard::no_prefetch};
  const auto& discovery = endpoints.discovery;
  // clang-format off
  const std::vector<Route> rows = {
    {Method::get, "/.well-known/openid-configuration", RunOn::inline_, no_body, metadata,
     call(discovery, &DiscoveryEndpoint::metadata)},
    {Method::get, "/.well-known/oauth-authorization-server", RunOn::inline_, no_body, metadata,
     call(discovery, &DiscoveryEndpoint::metadata)},
    {Method::get, "/keys", RunOn::inline_, no_body, metadata,
     call(discovery, &DiscoveryEndpoint::keys)},
    {Method::get, "/oauth/authorize", RunOn::pooled, no_body, browser,
     call(endpoints.authorize, &AuthorizeEndpoint::get)},
    {Method::post, "/oauth/authorize", RunOn::inline_, form, browser,
     call(endpoints.authorize, &AuthorizeEndpoint::post)},
    {Method::get, "/oauth/authorize/resume", RunOn::pooled, no_body, browser,
     call(endpoints.authorize, &AuthorizeEndpoint::resume)},
    {Method::get, "/oauth/authorize/refused", RunOn::read, no_body, browser,
     call(endpoints.authorize, &AuthorizeEndpoint::refused)},
    {Method::post, "/oauth/token", RunOn::pooled, form, api,
     call(endpoints.token, &TokenEndpoint::post)},
    {Method::post, "/oauth/introspect", RunOn::read, form, {Guard::api},
     call(endpoints.introspection, &IntrospectionEndpoint::post)},
    {Method::post, "/oauth/revoke", RunOn::pooled, form, api,
     call(endpoints.revocation, &RevocationEndpoint::post)},
    {Method::get, "/userinfo", RunOn::read, no_body, api,
     call(endpoints.userinfo, &UserinfoEndpoint::answer)},
    {Method::post, "/userinfo", RunOn::read, form, api,
     call(endpoints.userinfo, &UserinfoEndpoint::answer)},
    {Method::get, "/oidc/logout", RunOn::pooled, no_body, browser,
     call(endpoints.end_session, &EndSessionEndpoint::logout)},
    {Method::post, "/oidc/logout", RunOn::pooled, form, {Guard::page},
     call(endpoints.end_session, &EndSessionEndpoint::logout)},
    {Method::post, "/oidc/logout/confirm", RunOn::pooled, form, {Guard::page, Guard::same_origin},
     call(endpoints.end_session, &EndSessionEndpoint::confirm)},
  };
  // clang-format on
  routes.insert(routes.end(), rows.begin(), rows.end());
}

// Single sign-on: the way to identity providers and back. What comes back comes from other sites,
// so no guard asks where it is from: its own proofs do.
void add_sign_on(std::vector<Route>& routes, const sso::Endpoints& sso) {
  using Act = Response (sso::Endpoints::*)(const Context&, const Request&, std::string_view) const;
  const auto by_id = [&sso](Act act) -> http::Handler {
    return [&sso, act](const Context& context, const Request& request, const PathParameters& path) {
      return (sso.*act)(context, request, path.values.at(0));
    };
  };
  const std::vector<Guard> page = {Guard::page, Guard::no_prefetch};
  const std::vector<Guard> from_outside = {Guard::page};
  // clang-format off
  const std::vector<Route> rows = {
    {Method::get, "/sso/start", RunOn::pooled, no_body, page, call(sso, &sso::Endpoints::start)},
    {Method::get, "/sso/complete", RunOn::pooled, no_body, page,
     call(sso, &sso::Endpoints::complete)},
    {Method::get, "/sso/v1/saml/{connection}", RunOn::pooled, no_body, {Guard::api},
     by_id(&sso::Endpoints::metadata)},
    {Method::get, "/sso/v1/saml/{connection}/metadata", RunOn::pooled, no_body, {Guard::api},
     by_id(&sso::Endpoints::metadata)},
    {Method::post, "/sso/v1/saml/{connection}", RunOn::pooled, saml_form, from_outside,
     by_id(&sso::Endpoints::assertion)},
    {Method::post, "/sso/v1/saml/{connection}/callback", RunOn::pooled, saml_form, from_outside,
     by_id(&sso::Endpoints::assertion)},
    {Method::get, "/sso/v1/oidc/{connection}/callback", RunOn::pooled, no_body, page,
     by_id(&sso::Endpoints::callback)},
    {Method::get, "/sso/v1/oauth/{connection}/callback", RunOn::pooled, no_body, page,
     by_id(&sso::Endpoints::callback)},
    {Method::get, "/sso/v1/saml/{connection}/test", RunOn::pooled, no_body, page,
     by_id(&sso::Endpoints::test)},
    {Method::get, "/sso/v1/oidc/{connection}/test", RunOn::pooled, no_body, page,
     by_id(&sso::Endpoints::test)},
    {Method::get, "/sso/v1/oauth/{connection}/test", RunOn::pooled, no_body, page,
     by_id(&sso::Endpoints::test)},
    {Method::get, "/sso/logout", RunOn::pooled, no_body, page, call(sso, &sso::Endpoints::logout)},
    {Method::get, "/sso/v1/saml/{connection}/slo/callback", RunOn::pooled, no_body, page,
     by_id(&sso::Endpoints::saml_logout)},
    {Method::post, "/sso/v1/saml/{connection}/slo/callback", RunOn::pooled, saml_form,
     from_outside, by_id(&sso::Endpoints::saml_logout)},
    {Method::get, "/sso/v1/oidc/{connection}/logout/callback", RunOn::pooled, no_body, page,
     by_id(&sso::Endpoints::oidc_logout)},
    {Method::post, "/sso/v1/oidc/{connection}/backchannel-logout", RunOn::pooled, form,
     {Guard::api}, by_id(&sso::Endpoints::back_channel)},
  };
  // clang-format on
  routes.insert(routes.end(), rows.begin(), rows.end());
}

// The portal of an organization's own administrators.
void add_admin_portal(std::vector<Route>& routes, const Endpoints& endpoints) {
  using portal::AdminPortal;
  using Act = Response (AdminPortal::*)(const Context&, const Request&, std::string_view) const;
  const auto by_token = [&portal = endpoints.admin_portal](Act act) -> http::Handler {
    return
        [&portal, act](const Context& context, const Request& request, const PathParameters& path) {
          return (portal.*act)(context, request, path.values.at(0));
        };
  };
  const std::vector<Guard> page = {Guard::page, Guard::no_prefetch};
  const std::vector<Guard> our_form = {Guard::page, Guard::same_origin};
  // clang-format off
  const std::vector<Route> rows = {
    {Method::get, "/magicLink/{token}", RunOn::read, no_body, page,
     by_token(&AdminPortal::show_link)},
    {Method::post, "/magicLink/{token}", RunOn::pooled, form, our_form,
     by_token(&AdminPortal::open_link)},
    {Method::get, "/portal", RunOn::read, no_body, page,
     call(endpoints.admin_portal, &AdminPortal::show)},
    {Method::post, "/portal/leave", RunOn::pooled, form, our_form,
     call(endpoints.admin_portal, &AdminPortal::leave)},
  };
  // clang-format on
  routes.insert(routes.end(), rows.begin(), rows.end());
}

// What people see.
void add_pages(std::vector<Route>& routes, const Endpoints& endpoints) {
  using login::InvitationPages;
  using login::Steps;
  using portal::AccountPages;
  const std::vector<Guard> page = {Guard::page};
  const std::vector<Guard> our_form = {Guard::page, Guard::same_origin};
  const auto& login = endpoints.login;
  const auto& invitations = endpoints.invitations;
  const auto& account = endpoints.account;
  // clang-format off
  const std::vector<Route> rows = {
    {Method::get, "/login", RunOn::read, no_body, page, call(login, &Steps::show)},
    {Method::get, "/login/status", RunOn::read, no_body, {Guard::api},
     call(login, &Steps::status)},
    {Method::post, "/login/email", RunOn::pooled, form, our_form, call(login, &Steps::email)},
    {Method::post, "/login/sign-up/email", RunOn::pooled, form, our_form,
     call(login, &Steps::sign_up_email)},
    {Method::post, "/login/connection", RunOn::pooled, form, our_form,
     call(login, &Steps::connection)},
    {Method::post, "/login/resend", RunOn::pooled, form, our_form, call(login, &Steps::resend)},
    {Method::get, "/login/change", RunOn::read, no_body, page, call(login, &Steps::change)},
    {Method::post, "/login/code", RunOn::pooled, form, our_form, call(login, &Steps::code)},
    {Method::get, "/login/link", RunOn::read, no_body, {Guard::page, Guard::no_prefetch},
     call(login, &Steps::link)},
    {Method::post, "/login/link", RunOn::pooled, form, our_form, call(login, &Steps::use_link)},
    {Method::post, "/login/sign-up", RunOn::pooled, form, our_form, call(login, &Steps::sign_up)},
    {Method::post, "/login/organization", RunOn::pooled, form, our_form,
     call(login, &Steps::organization)},
    {Method::get, "/invitation", RunOn::read, no_body, {Guard::page, Guard::no_prefetch},
     call(invitations, &InvitationPages::show)},
    {Method::post, "/invitation", RunOn::pooled, form, our_form,
     call(invitations, &InvitationPages::accept)},
    {Method::get, "/account", RunOn::pooled, no_body, {Guard::page, Guard::no_prefetch},
     call(account, &AccountPages::show)},
    {Method::post, "/account/sessions/end", RunOn::pooled, form, our_form,
     call(account, &AccountPages::end_session)},
    {Method::post, "/account/sessions/end-others", RunOn::pooled, form, our_form,
     call(account, &AccountPages::end_other_sessions)},
    {Method::get, "/assets/{name}", RunOn::inline_, no_body, {Guard::page, Guard::cacheable},
     [&pages = endpoints.pages](const Context&, const Request& request, const PathParameters&) {
       return asset(pages, request);
     }},
  };
  // clang-format on
  routes.insert(routes.end(), rows.begin(), rows.end());
}

}  // namespace

std::vector<Route> make_routes(const Endpoints& endpoints) {
  std::vector<Route> routes;
  add_operations(routes, endpoints);
  add_protocol(routes, endpoints);
  add_pages(routes, endpoints);
  add_sign_on(routes, endpoints.sso);
  add_admin_portal(routes, endpoints);
  return routes;
}

}  // namespace gatehouse::app
