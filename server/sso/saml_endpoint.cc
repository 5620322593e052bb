// SAML: answers that arrive by way of the browser, and our own metadata.

#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/sso/addresses.h"
#include "server/sso/departure.h"
#include "server/sso/endpoints.h"
#include "server/sso/idp_initiated.h"
#include "server/sso/saml/metadata.h"
#include "server/sso/saml/response.h"
#include "server/sso/sign_on.h"
#include "server/sso/try_out.h"

namespace gatehouse::sso {
namespace {

using connections::Connection;
using storage::Transaction;

// One response on its way.
struct Arrival {
  const Deps& deps;
  const Context& context;
  const environments::Environment& environment;
  const Connection& connection;
  std::string relay_state;
  CheckLog checks = {};
  // What RelayState names: for pages alone.
  std::optional<PendingRequest> asked = std::nullopt;
};

http::Response refuse(const Arrival& arrival, Failure failure) {
  if (arrival.asked.has_value() && arrival.asked->test.has_value()) {
    return tried_out(arrival.deps, arrival.context,
                     {.connection = arrival.connection,
                      .test = *arrival.asked->test,
                      .outcome = std::move(failure),
                      .checks = arrival.checks});
  }
  return failed(arrival.deps, arrival.context,
                {.failure = std::move(failure),
                 .checks = arrival.checks,
                 .connection = &arrival.connection,
                 .flow = arrival.asked.has_value() ? arrival.asked->flow : std::nullopt});
}

Result<Result<saml::Answer, Failure>, Error> verify(Arrival& arrival, std::string_view response) {
  using Verified = Result<saml::Answer, Failure>;
  const auto parties = arrival.deps.parties.get(arrival.environment, arrival.connection);
  if (!parties.ok()) return Verified(parties.error());
  const auto key = TRY(arrival.deps.provider_keys.find(arrival.context));
  saml::ResponseExpectations expected{.now = arrival.context.now};
  if (key != nullptr) expected.keys = {key.get(), 1};
  return Verified(saml::read_response(response, *parties.value(), expected, arrival.checks));
}

// What the answer turned out to belong to.
struct Settled {
  PendingRequest request;
  std::optional<Secret> proof = std::nullopt;  // of a sign-in
};
using Settlement = Result<Settled, Failure>;

// The assertion counts once, and so does the request. Taken together, in one transaction.
Result<Settlement, Error> settle(Transaction& transaction, const Arrival& arrival,
                                 const saml::Answer& answer) {
  const Context& context = arrival.context;
  const ConnectionId connection = arrival.connection.id;
  const bool is_new =
      TRY(use_assertion(transaction, context.environment, connection, answer.assertion_id,
                        answer.assertion_expires_at, context.now));
  if (!is_new) return Settlement(Failure(Diagnosis::answer_replayed));
  auto request =
      TRY(take_request(transaction, context.environment, *answer.in_response_to, context.now));
  if (!request.has_value()) {
    return Settlement(Failure(Diagnosis::request_unknown, "a request of the last ten minutes",
                              *answer.in_response_to));
  }
  if (request->connection != connection) {
    return Settlement(Failure(Diagnosis::request_of_other_connection, request->connection.text(),
                              connection.text()));
  }
  Settled settled{.request = *request};
  if (request->flow.has_value()) {
    if (!arrival.connection.is_enabled) return Settlement(Failure(Diagnosis::connection_disabled));
    settled.proof = TRY(put_proof(transaction, context.environment, arrival.deps.login.random,
                                  *request->flow, answer.identity, context.now));
  }
  return Settlement(std::move(settled));
}

http::Response go_to_browser(const Settled& settled) {
  return http::see_other("/sso/complete?flow=" + settled.request.flow->text() +
                         "&proof=" + std::string(settled.proof->reveal()));
}

http::Response receive(Arrival& arrival, std::string_view response) {
  const Deps& deps = arrival.deps;
  const auto verified = verify(arrival, response);
  if (!verified.ok()) return broken(deps, arrival.context, verified.error());
  if (!verified.value().ok()) return refuse(arrival, verified.value().error());
  const saml::Answer& answer = verified.value().value();
  if (!answer.in_response_to.has_value()) {
    return begin_for_provider(deps, arrival.context,
                              {.connection = arrival.connection,
                               .identity = answer.identity,
                               .assertion_id = answer.assertion_id,
                               .assertion_expires_at = answer.assertion_expires_at,
                               .relay_state = arrival.relay_state,
                               .checks = arrival.checks});
  }
  const auto settled = storage::write(
      deps.login.database, arrival.context,
      [&](Transaction& transaction) { return settle(transaction, arrival, answer); });
  if (!settled.ok()) return broken(deps, arrival.context, settled.error());
  if (!settled.value().ok()) return refuse(arrival, settled.value().error());
  const Settled& done = settled.value().value();
  if (done.request.test.has_value()) {
    return tried_out(deps, arrival.context,
                     {.connection = arrival.connection,
                      .test = *done.request.test,
                      .outcome = answer.identity,
                      .checks = arrival.checks});
  }
  return go_to_browser(done);
}

saml::OwnMetadata own_metadata(const Connection& connection,
                               const environments::Environment& environment,
                               const crypto::Certificate& certificate) {
  const ConnectionUrls urls = connection_urls(environment, connection);
  const auto& configured = std::get<connections::SamlConfiguration>(connection.configuration);
  const auto or_ours = [](const connections::Text& given, const std::string& ours) {
    return given.has_value() && !given->empty() ? *given : ours;
  };
  return {.entity_id = or_ours(configured.sp_entity_id, urls.saml_entity_id),
          .acs_url = or_ours(configured.sp_assertion_url, urls.saml_acs),
          .logout_url = or_ours(configured.sp_slo_url, urls.saml_logout),
          .configuration = configured,
          .certificates = {certificate}};
}

}  // namespace

http::Response Endpoints::assertion(const Context& context, const http::Request& request,
                                    std::string_view connection_id) const {
  const CheckLog none;
  const auto connection = load_connection(deps_, context, connection_id);
  if (!connection.ok()) return broken(deps_, context, connection.error());
  const bool is_saml = connection.value().has_value() &&
                       connection.value()->type == connections::ConnectionType::saml;
  if (!is_saml) {
    return failed(deps_, context,
                  {.failure = Failure(Diagnosis::connection_unknown), .checks = none});
  }
  const auto form = http::read_form_body(request);
  const auto entry = deps_.login.catalog.current()->by_id(context.environment);
  Arrival arrival{deps_, context, entry->environment, *connection.value(), {}};
  if (!form.ok()) return refuse(arrival, Failure(Diagnosis::answer_missing));
  arrival.relay_state = form.value().get("RelayState").value_or(std::string_view());
  auto asked = storage::read(deps_.login.database, context, [&](Transaction& transaction) {
    return look_at_request(transaction, context.environment, arrival.relay_state);
  });
  if (!asked.ok()) return broken(deps_, context, asked.error());
  arrival.asked = std::move(asked).value();
  const auto response = form.value().get("SAMLResponse");
  if (!response.has_value() || response->empty()) {
    return refuse(arrival, Failure(Diagnosis::answer_missing, "SAMLResponse", "nothing"));
  }
  return receive(arrival, *response);
}

http::Response Endpoints::metadata(const Context& context, const http::Request&,
                                   std::string_view connection_id) const {
  const auto connection = load_connection(deps_, context, connection_id);
  if (!connection.ok()) return broken(deps_, context, connection.error());
  const bool is_saml = connection.value().has_value() &&
                       connection.value()->type == connections::ConnectionType::saml;
  if (!is_saml) return http::plain_text(404, "not_found\n");
  const auto entry = deps_.login.catalog.current()->by_id(context.environment);
  const auto key = deps_.provider_keys.get(context, entry->environment);
  if (!key.ok()) return broken(deps_, context, key.error());
  http::Response response;
  response.headers.set("Content-Type", "application/samlmetadata+xml");
  response.headers.set("Content-Disposition", "inline; filename=\"metadata.xml\"");
  response.body = saml::write_metadata(
      own_metadata(*connection.value(), entry->environment, key.value()->certificate));
  return response;
}

}  // namespace gatehouse::sso
