// Signing out: told to the provider after it was done here, and done here when the provider tells.

#include "server/connections/connection_store.h"
#include "server/encoding/hex.h"
#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/login/brand.h"
#include "server/login/outside_logout.h"
#include "server/pages/screens.h"
#include "server/sessions/origin.h"
#include "server/sso/addresses.h"
#include "server/sso/departure.h"
#include "server/sso/endpoints.h"
#include "server/sso/oidc/back_channel_logout.h"
#include "server/sso/oidc/rp_logout.h"
#include "server/sso/saml/logout_messages.h"
#include "server/sso/sign_on.h"

namespace gatehouse::sso {
namespace {

using connections::Connection;
using login::OutsideLogout;
using storage::Transaction;

constexpr std::size_t request_bytes = 20;

// One request about a connection that is known.
struct Act {
  const Deps& deps;
  const Context& context;
  const environments::Environment& environment;
  const Connection& connection;
};

http::Response signed_out(const Deps& deps, const Context& context, const std::string& target) {
  if (!target.empty()) return http::see_other(target);
  const auto entry = deps.login.catalog.current()->by_id(context.environment);
  return deps.login.pages.page(200, pages::screen(pages::SignedOut{}),
                               login::brand_of(entry->environment));
}

// What the provider is told with: nullopt if it cannot be told. That keeps nobody from leaving.
Result<std::optional<Departure>, Error> farewell(const Act& act, const sessions::Origin& origin,
                                                 const std::string& id) {
  using None = std::optional<Departure>;
  const ConnectionUrls urls = connection_urls(act.environment, act.connection);
  if (act.connection.type == connections::ConnectionType::saml) {
    const auto parties = saml::saml_parties(act.connection, urls);
    if (!parties.ok()) return None();
    const auto key = TRY(act.deps.provider_keys.get(act.context, act.environment));
    return None(saml::make_logout_request(
        parties.value(),
        {.id = id,
         .subject = {origin.name_id, origin.name_id_format, origin.session_index},
         .relay_state = id,
         .now = act.context.now},
        key.get()));
  }
  Secret secret = TRY(client_secret_of(act.deps, act.connection));
  const auto relying =
      oidc_rp::relying_of(act.connection, std::move(secret), urls, address_policy(act.environment));
  if (!relying.ok()) return None();
  const auto url =
      oidc_rp::provider_logout_url(act.deps.providers, relying.value(),
                                   {.post_logout_redirect_uri = urls.oidc_logout, .state = id},
                                   {.now = act.context.now, .deadline = act.context.deadline});
  if (!url.ok() || !url.value().has_value()) return None();
  return None(Departure{.url = *url.value()});
}

Result<std::int64_t, Error> end_sessions(const Act& act, const sessions::OriginQuery& query) {
  return storage::write(
      act.deps.login.database, act.context,
      [&](Transaction& transaction) -> Result<std::int64_t, Error> {
        std::int64_t ended = 0;
        const EnvironmentId environment = act.context.environment;
        const auto found = TRY(
            sessions::list_sessions_of_origin(transaction, environment, query, act.context.now));
        for (const SessionId session : found) {
          if (TRY(sessions::end(transaction, environment, act.context, act.deps.login.random,
                                session, sessions::EndReason::signed_out))) {
            ++ended;
          }
        }
        return ended;
      });
}

http::Response refuse(const Act& act, const Failure& failure, const CheckLog& checks) {
  return failed(act.deps, act.context,
                {.failure = failure, .checks = checks, .connection = &act.connection});
}

http::Response answer_request(const Act& act, const saml::LogoutArrival& arrival,
                              const saml::SamlParties& parties, std::string relay_state) {
  CheckLog checks;
  const auto request = saml::read_logout_request(arrival, parties, checks);
  if (!request.ok()) return refuse(act, request.error(), checks);
  const saml::LogoutRequest& asked = request.value();
  sessions::OriginQuery query{.connection = act.connection.id, .name_id = asked.name_id.text};
  if (asked.session_indexes.size() == 1) query.session_index = asked.session_indexes.front();
  const auto ended = end_sessions(act, query);
  if (!ended.ok()) return broken(act.deps, act.context, ended.error());
  if (parties.configuration.idp_slo_url.value_or("").empty()) {
    return signed_out(act.deps, act.context, {});
  }
  const auto key = act.deps.provider_keys.get(act.context, act.environment);
  if (!key.ok()) return broken(act.deps, act.context, key.error());
  if (!asked.relay_state.empty()) relay_state = asked.relay_state;
  return to_response(
      act.deps, act.environment,
      saml::make_logout_response(
          parties,
          {.id = "_" + hex_encode(random_bytes(act.deps.login.random, request_bytes)),
           .in_response_to = asked.id,
           .relay_state = std::move(relay_state),
           .now = act.context.now},
          key.value().get()));
}

// The person comes back from the provider: on to where they were going, whatever it says.
http::Response come_back(const Deps& deps, const Context& context, std::string_view id) {
  const auto waiting = storage::write(deps.login.database, context, [&](Transaction& transaction) {
    return login::take_outside_logout(transaction, context.environment, id, context.now);
  });
  if (!waiting.ok()) return broken(deps, context, waiting.error());
  return signed_out(deps, context,
                    waiting.value().has_value() ? waiting.value()->target : std::string());
}

std::optional<saml::LogoutKind> kind_of(const http::Request& request, const Form& form) {
  if (request.method != http::Method::post) return saml::kind_of_query(request.query);
  if (form.get("SAMLRequest").has_value()) return saml::LogoutKind::request;
  if (form.get("SAMLResponse").has_value()) return saml::LogoutKind::response;
  return std::nullopt;
}

}  // namespace

http::Response Endpoints::logout(const Context& context, const http::Request& request) const {
  const auto form = Form::parse(request.query);
  const std::string token(form.ok() ? form.value().get("request").value_or("") : "");
  const std::string id = "_" + hex_encode(random_bytes(deps_.login.random, request_bytes));
  struct Found {
    OutsideLogout logout;
    std::optional<sessions::Origin> origin;
    std::optional<Connection> connection;
  };
  const auto found = storage::write(
      deps_.login.database, context,
      [&](Transaction& transaction) -> Result<std::optional<Found>, Error> {
        const EnvironmentId environment = context.environment;
        auto taken = TRY(login::take_outside_logout(transaction, environment, token, context.now));
        if (!taken.has_value()) return std::optional<Found>();
        Found all{.logout = std::move(*taken)};
        all.origin = TRY(sessions::find_origin(transaction, environment, all.logout.session));
        all.connection =
            TRY(connections::find_by_id(transaction, environment, all.logout.connection));
        TRY(login::put_outside_logout(transaction, environment, id, all.logout, context.now));
        return std::optional(std::move(all));
      });
  if (!found.ok()) return broken(deps_, context, found.error());
  if (!found.value().has_value()) return signed_out(deps_, context, {});
  const Found& all = *found.value();
  if (!all.origin.has_value() || !all.connection.has_value()) {
    return signed_out(deps_, context, all.logout.target);
  }
  const auto entry = deps_.login.catalog.current()->by_id(context.environment);
  const auto way = farewell({deps_, context, entry->environment, *all.connection}, *all.origin, id);
  if (!way.ok()) return broken(deps_, context, way.error());
  if (!way.value().has_value()) return signed_out(deps_, context, all.logout.target);
  return to_response(deps_, entry->environment, *way.value());
}

http::Response Endpoints::saml_logout(const Context& context, const http::Request& request,
                                      std::string_view connection_id) const {
  const auto connection = load_connection(deps_, context, connection_id);
  if (!connection.ok()) return broken(deps_, context, connection.error());
  CheckLog checks;
  if (!connection.value().has_value()) {
    return failed(deps_, context,
                  {.failure = Failure(Diagnosis::connection_unknown), .checks = checks});
  }
  const auto entry = deps_.login.catalog.current()->by_id(context.environment);
  const Act act{deps_, context, entry->environment, *connection.value()};
  const auto parties =
      saml::saml_parties(act.connection, connection_urls(act.environment, act.connection));
  if (!parties.ok()) return refuse(act, parties.error(), checks);
  const bool is_post = request.method == http::Method::post;
  const auto form = is_post ? http::read_form_body(request) : Form::parse(request.query);
  const auto kind = form.ok() ? kind_of(request, form.value()) : std::nullopt;
  if (!kind.has_value()) return refuse(act, Failure(Diagnosis::answer_missing), checks);
  const std::string relay_state(form.value().get("RelayState").value_or(""));
  if (*kind == saml::LogoutKind::response) return come_back(deps_, context, relay_state);

  const auto key = deps_.provider_keys.find(context);
  if (!key.ok()) return broken(deps_, context, key.error());
  saml::LogoutArrival arrival{.binding = is_post ? saml::LogoutArrival::Binding::post
                                                 : saml::LogoutArrival::Binding::redirect,
                              .payload = is_post ? form.value().get("SAMLRequest").value_or("")
                                                 : std::string_view(request.query),
                              .now = context.now};
  if (key.value() != nullptr) arrival.keys = {key.value().get(), 1};
  return answer_request(act, arrival, parties.value(), relay_state);
}

http::Response Endpoints::oidc_logout(const Context& context, const http::Request& request,
                                      std::string_view) const {
  const auto form = Form::parse(request.query);
  return come_back(deps_, context, form.ok() ? form.value().get("state").value_or("") : "");
}

http::Response Endpoints::back_channel(const Context& context, const http::Request& request,
                                       std::string_view connection_id) const {
  // [OIDC Back-Channel Logout §2.8]: 400 for what is refused, and nothing of why.
  const auto connection = load_connection(deps_, context, connection_id);
  if (!connection.ok()) return http::plain_text(503, "unavailable\n");
  if (!connection.value().has_value()) return http::plain_text(400, "invalid_request\n");
  const auto entry = deps_.login.catalog.current()->by_id(context.environment);
  const Act act{deps_, context, entry->environment, *connection.value()};
  auto secret = client_secret_of(deps_, act.connection);
  if (!secret.ok()) return http::plain_text(503, "unavailable\n");
  const auto relying = oidc_rp::relying_of(act.connection, std::move(secret).value(),
                                           connection_urls(act.environment, act.connection),
                                           address_policy(act.environment));
  const auto form = http::read_form_body(request);
  if (!relying.ok() || !form.ok()) return http::plain_text(400, "invalid_request\n");
  const auto told = oidc_rp::verify_logout_token(
      deps_.providers, relying.value(), form.value().get("logout_token").value_or(""),
      {.now = context.now, .deadline = context.deadline});
  if (!told.ok()) {
    const CheckLog none;
    (void)refuse(act, told.error(), none);  // stored for the doctor
    return http::plain_text(400, "invalid_request\n");
  }
  const oidc_rp::ProviderLogout& logout = told.value();
  const auto is_new = storage::write(deps_.login.database, context, [&](Transaction& transaction) {
    return use_assertion(transaction, context.environment, act.connection.id,
                         "logout " + logout.token_id, logout.expires_at, context.now);
  });
  if (!is_new.ok()) return http::plain_text(503, "unavailable\n");
  if (!is_new.value()) return http::plain_text(400, "invalid_request\n");
  const auto ended = end_sessions(act, {.connection = act.connection.id,
                                        .subject = logout.subject,
                                        .session_index = logout.session});
  if (!ended.ok()) return http::plain_text(503, "unavailable\n");
  return http::plain_text(200, "");
}

}  // namespace gatehouse::sso
