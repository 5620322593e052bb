// The requests of a single sign-on. Each is one straight line; what differs by protocol is in saml/
// and oidc/, and what becomes of a verified answer is login/accept_identity's.

#pragma once

#include "server/http/route.h"
#include "server/sso/deps.h"

namespace gatehouse::sso {

class Endpoints {
 public:
  explicit Endpoints(const Deps& deps) : deps_(deps) {}
  using Answer = http::Response;

  // GET /sso/start?flow=…: sends the browser that began the flow to its provider.
  Answer start(const Context& context, const http::Request& request) const;
  // GET /sso/complete?flow=…&proof=…: a SAML answer that was verified reaches the browser that
  // began the flow.
  Answer complete(const Context& context, const http::Request& request) const;

  // POST /sso/v1/saml/{connection}[/callback]: the assertion consumer service. It comes from
  // another site, so without our cookies. [SAML Profiles §4.1]
  Answer assertion(const Context& context, const http::Request& request,
                   std::string_view connection) const;
  // GET /sso/v1/saml/{connection}[/metadata] [SAML Metadata §2.4.4]
  Answer metadata(const Context& context, const http::Request& request,
                  std::string_view connection) const;
  // GET /sso/v1/{oidc|oauth}/{connection}/callback [OIDC Core §3.1.2.5]
  Answer callback(const Context& context, const http::Request& request,
                  std::string_view connection) const;

  // GET /sso/v1/{saml|oidc|oauth}/{connection}/test[?test=test_…]: an administrator tries it out.
  // Without the id of a run that was begun by the API, a run is begun.
  Answer test(const Context& context, const http::Request& request,
              std::string_view connection) const;

  // GET /sso/logout?request=…: after a session has ended here, the provider is told.
  Answer logout(const Context& context, const http::Request& request) const;
  // GET and POST /sso/v1/saml/{connection}/slo/callback: the provider asks, or has answered.
  Answer saml_logout(const Context& context, const http::Request& request,
                     std::string_view connection) const;
  // GET /sso/v1/oidc/{connection}/logout/callback: back from the provider.
  Answer oidc_logout(const Context& context, const http::Request& request,
                     std::string_view connection) const;
  // POST /sso/v1/oidc/{connection}/backchannel-logout [OIDC Back-Channel Logout §2.5]
  Answer back_channel(const Context& context, const http::Request& request,
                      std::string_view connection) const;

 private:
  const Deps& deps_;
};

}  // namespace gatehouse::sso
