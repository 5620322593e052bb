#include "server/sso/departure.h"

#include "server/http/redirect.h"
#include "server/login/brand.h"
#include "server/pages/screens.h"
#include "server/sso/addresses.h"
#include "server/sso/oidc/authorize_url.h"
#include "server/sso/saml/authn_request.h"

namespace gatehouse::sso {
namespace {

using connections::ConnectionType;

// Absent where the connection asks for no signature: then no key is made for it.
Result<ProviderKeys::Key, Error> signing_key(const Deps& deps, const Context& context,
                                             const Order& order) {
  const auto& saml = std::get<connections::SamlConfiguration>(order.connection.configuration);
  if (!saml.want_request_signed.value_or(false)) return ProviderKeys::Key();
  return deps.provider_keys.get(context, order.environment);
}

Result<Result<Departure, Failure>, Error> depart_by_saml(const Deps& deps, const Context& context,
                                                         const Order& order,
                                                         const ProviderRequest& request) {
  using Way = Result<Departure, Failure>;
  const auto parties = deps.parties.get(order.environment, order.connection);
  if (!parties.ok()) return Way(parties.error());
  const auto key = TRY(signing_key(deps, context, order));
  return Way(saml::make_authn_request(*parties.value(), request, key.get()));
}

Result<Result<Departure, Failure>, Error> depart_by_oidc(const Deps& deps, const Context& context,
                                                         const Order& order,
                                                         const ProviderRequest& request) {
  using Way = Result<Departure, Failure>;
  Secret secret = TRY(client_secret_of(deps, order.connection));
  const auto relying = oidc_rp::relying_of(order.connection, std::move(secret),
                                           connection_urls(order.environment, order.connection),
                                           address_policy(order.environment));
  if (!relying.ok()) return Way(relying.error());
  return Way(oidc_rp::departure({deps.providers, deps.flow_key}, relying.value(), request,
                                context.deadline));
}

}  // namespace

Result<Secret, Error> client_secret_of(const Deps& deps,
                                       const connections::Connection& connection) {
  if (connection.sealed_client_secret.empty()) return Secret(std::string());
  return connections::open_client_secret(deps.client_secrets, connection);
}

Result<Result<Departure, Failure>, Error> depart(const Deps& deps, const Context& context,
                                                 const Order& order) {
  using Way = Result<Departure, Failure>;
  ProviderRequest request{.id = {},
                          .login_hint = order.login_hint,
                          .authentication = order.request.authentication,
                          .now = context.now};
  request.id =
      TRY(storage::write(deps.login.database, context, [&](storage::Transaction& transaction) {
        return begin_request(transaction, context.environment, deps.login.random, order.request,
                             context.now);
      }));
  switch (order.connection.type) {
    case ConnectionType::saml: return depart_by_saml(deps, context, order, request);
    case ConnectionType::oidc:
    case ConnectionType::oauth: return depart_by_oidc(deps, context, order, request);
    case ConnectionType::passwordless:
    case ConnectionType::webauthn: break;
  }
  return Way(Failure(Diagnosis::connection_incomplete, "SAML, OIDC or OAuth",
                     std::string(connections::connection_types.name(order.connection.type))));
}

http::Response to_response(const Deps& deps, const environments::Environment& environment,
                           const Departure& departure) {
  if (departure.kind == Departure::Kind::redirect) return http::see_other(departure.url);
  pages::FormPost page{.redirect_uri = departure.url, .fields = {}};
  for (const Departure::Field& field : departure.fields) {
    page.fields.push_back({field.name, field.value});
  }
  return deps.login.pages.page(200, pages::screen(page), login::brand_of(environment));
}

}  // namespace gatehouse::sso
