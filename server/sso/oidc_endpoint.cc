// OpenID Connect and OAuth: answers that arrive in the browser's address.

#include "server/http/redirect.h"
#include "server/login/pages.h"
#include "server/login/start.h"
#include "server/sso/addresses.h"
#include "server/sso/departure.h"
#include "server/sso/endpoints.h"
#include "server/sso/oidc/redeem.h"
#include "server/sso/sign_on.h"
#include "server/sso/try_out.h"

namespace gatehouse::sso {
namespace {

using connections::Connection;
using storage::Transaction;
using Redeemed = Result<login::OutsideIdentity, Failure>;

// One answer on its way.
struct Arrival {
  const Deps& deps;
  const Context& context;
  const environments::Environment& environment;
  const Connection& connection;
  const oidc_rp::CallbackParameters& parameters;
  CheckLog checks = {};
};

// Absent where the connection has a secret instead.
const jose::TokenSigner* client_signer(const Connection& connection, const keys::KeyRing* ring) {
  const auto* oidc = std::get_if<connections::OidcConfiguration>(&connection.configuration);
  const bool is_wanted = oidc != nullptr && oidc->private_key_jwt.value_or(false);
  if (!is_wanted || ring == nullptr) return nullptr;
  return ring->signer(crypto::SignatureAlgorithm::rs256);
}

Result<Redeemed, Error> redeem(Arrival& arrival, const PendingRequest& asked) {
  Secret secret = TRY(client_secret_of(arrival.deps, arrival.connection));
  const auto relying = oidc_rp::relying_of(arrival.connection, std::move(secret),
                                           connection_urls(arrival.environment, arrival.connection),
                                           address_policy(arrival.environment));
  if (!relying.ok()) return Redeemed(relying.error());
  const auto ring = arrival.deps.keys.snapshot(arrival.context.environment);
  return oidc_rp::redeem(
      {.providers = arrival.deps.providers,
       .flow_key = arrival.deps.flow_key,
       .client_signer = client_signer(arrival.connection, ring.get())},
      relying.value(), arrival.parameters,
      {.request_id = arrival.parameters.state, .authentication = asked.authentication},
      {.now = arrival.context.now, .deadline = arrival.context.deadline}, arrival.checks);
}

// Takes the request, once, and asks the provider whose code it is. A code that came with a request
// of another connection is shown to nobody.
Result<Redeemed, Error> take_and_redeem(Arrival& arrival) {
  const auto taken = TRY(
      storage::write(arrival.deps.login.database, arrival.context, [&](Transaction& transaction) {
        return take_request(transaction, arrival.context.environment, arrival.parameters.state,
                            arrival.context.now);
      }));
  if (!taken.has_value()) {
    return Redeemed(Failure(Diagnosis::request_unknown, "a request of the last ten minutes",
                            "one that was answered before, or is older"));
  }
  return redeem(arrival, *taken);
}

http::Response sign_in(Arrival& arrival, login::Visit visit) {
  const FlowId flow = visit.flow.id;
  const bool is_due = visit.decision.step == login::Step::single_sign_on &&
                      visit.flow.connection == arrival.connection.id;
  if (!is_due) return http::see_other(login::flow_path(flow));
  Trouble trouble{.failure = Failure(Diagnosis::connection_disabled),
                  .checks = arrival.checks,
                  .connection = &arrival.connection,
                  .flow = flow};
  if (!arrival.connection.is_enabled) return failed(arrival.deps, arrival.context, trouble);
  auto redeemed = take_and_redeem(arrival);
  if (!redeemed.ok()) return broken(arrival.deps, arrival.context, redeemed.error());
  if (!redeemed.value().ok()) {
    trouble.failure = redeemed.value().error();
    return failed(arrival.deps, arrival.context, trouble);
  }
  const login::OutsideIdentity& identity = redeemed.value().value();
  const Take take = [&](Transaction&) -> Result<Redeemed, Error> { return Redeemed(identity); };
  return go_on(arrival.deps, std::move(visit), arrival.connection, arrival.checks, take);
}

http::Response try_out(Arrival& arrival, ConnectionTestId test) {
  auto redeemed = take_and_redeem(arrival);
  if (!redeemed.ok()) return broken(arrival.deps, arrival.context, redeemed.error());
  return tried_out(arrival.deps, arrival.context,
                   {.connection = arrival.connection,
                    .test = test,
                    .outcome = std::move(redeemed).value(),
                    .checks = arrival.checks});
}

}  // namespace

http::Response Endpoints::callback(const Context& context, const http::Request& request,
                                   std::string_view connection_id) const {
  const auto connection = load_connection(deps_, context, connection_id);
  if (!connection.ok()) return broken(deps_, context, connection.error());
  CheckLog checks;
  Trouble trouble{.failure = Failure(Diagnosis::connection_unknown), .checks = checks};
  const bool is_known = connection.value().has_value() &&
                        (connection.value()->type == connections::ConnectionType::oidc ||
                         connection.value()->type == connections::ConnectionType::oauth);
  if (!is_known) return failed(deps_, context, trouble);
  trouble.connection = &*connection.value();

  const auto query = Form::parse(request.query);
  trouble.failure = Failure(Diagnosis::code_missing);
  if (!query.ok()) return failed(deps_, context, trouble);
  const auto parameters = oidc_rp::callback_parameters(query.value());
  if (!parameters.ok()) {
    trouble.failure = parameters.error();
    return failed(deps_, context, trouble);
  }
  const auto asked = storage::read(deps_.login.database, context, [&](Transaction& transaction) {
    return look_at_request(transaction, context.environment, parameters.value().state);
  });
  if (!asked.ok()) return broken(deps_, context, asked.error());
  if (!asked.value().has_value()) {
    trouble.failure = Failure(Diagnosis::request_unknown, "the state of a request of ours",
                              parameters.value().state.empty() ? "nothing" : "another state");
    return failed(deps_, context, trouble);
  }
  const PendingRequest& pending = *asked.value();
  if (pending.connection != connection.value()->id) {
    trouble.failure = Failure(Diagnosis::request_of_other_connection, pending.connection.text(),
                              connection.value()->id.text());
    return failed(deps_, context, trouble);
  }
  const auto entry = deps_.login.catalog.current()->by_id(context.environment);
  Arrival arrival{deps_, context, entry->environment, *connection.value(), parameters.value()};
  if (pending.test.has_value()) return try_out(arrival, *pending.test);
  auto opened = open_for_answer(deps_, context, request, *pending.flow, &*connection.value());
  if (!opened.ok()) return std::move(opened).error();
  return sign_in(arrival, std::move(opened).value());
}

}  // namespace gatehouse::sso
