#include "server/sso/sign_on.h"

#include "server/connections/connection_store.h"
#include "server/http/redirect.h"
#include "server/login/accept_identity.h"
#include "server/login/finish.h"
#include "server/login/pages.h"
#include "server/login/send_code.h"
#include "server/login/start.h"
#include "server/sso/departure.h"
#include "server/sso/endpoints.h"

namespace gatehouse::sso {
namespace {

using login::AcceptedIdentity;
using login::Step;
using storage::Transaction;

Diagnosis diagnosis_of(login::IdentityRefusal refusal) {
  using login::IdentityRefusal;
  switch (refusal) {
    case IdentityRefusal::connection_disabled: return Diagnosis::connection_disabled;
    case IdentityRefusal::email_missing: return Diagnosis::email_missing;
    case IdentityRefusal::email_unverified: return Diagnosis::email_unverified;
    case IdentityRefusal::provisioning_off: return Diagnosis::provisioning_off;
    case IdentityRefusal::user_disabled: return Diagnosis::user_disabled;
    case IdentityRefusal::not_a_member: return Diagnosis::not_a_member;
  }
  ensure_failed("diagnosis_of: not an IdentityRefusal");
}

// What the transaction came to.
struct Outcome {
  std::optional<Failure> failure = std::nullopt;
  std::optional<AcceptedIdentity> accepted = std::nullopt;
  std::optional<login::Finished> finished = std::nullopt;
};

Result<Outcome, Error> accept(Transaction& transaction, login::Visit& visit,
                              const connections::Connection& connection, const Take& take) {
  auto taken = TRY(take(transaction));
  if (!taken.ok()) return Outcome{.failure = taken.error()};
  login::OutsideIdentity identity = std::move(taken).value();
  identity.organization = connection.organization;
  identity.connection_type = connections::connection_types.name(connection.type);
  identity.provider = connections::provider_names.name(connection.provider);
  Outcome outcome{.accepted = TRY(login::accept_identity(transaction, visit, identity))};
  if (outcome.accepted->outcome == AcceptedIdentity::Outcome::proven &&
      visit.decision.step == Step::finish) {
    outcome.finished =
        TRY(login::finish(transaction, visit, visit.facts.user->id, *visit.decision.organization));
  }
  return outcome;
}

http::Response answer(const login::Visit& visit, const Outcome& outcome) {
  switch (outcome.accepted->outcome) {
    case AcceptedIdentity::Outcome::proven:
      if (outcome.finished.has_value()) return login::go_on(visit, *outcome.finished);
      return http::see_other(login::flow_path(visit.flow.id));
    case AcceptedIdentity::Outcome::prove_email:
      return login::send_code(visit, *visit.flow.email, visit.flow.intent);
    case AcceptedIdentity::Outcome::other_connection:
      return http::see_other(login::sign_on_path(visit.flow.id));
    case AcceptedIdentity::Outcome::refused: break;
  }
  ensure_failed("answer: a refusal has a page of its own");
}

}  // namespace

http::Response go_on(const Deps& deps, login::Visit visit,
                     const connections::Connection& connection, const CheckLog& checks,
                     const Take& take) {
  const login::Flow before = visit.flow;
  const auto outcome =
      storage::write(deps.login.database, visit.context, [&](Transaction& transaction) {
        visit.flow = before;  // an earlier run looked again
        return accept(transaction, visit, connection, take);
      });
  Trouble trouble{.failure = Failure(Diagnosis::seats_taken),
                  .checks = checks,
                  .connection = &connection,
                  .flow = before.id};
  if (!outcome.ok()) {
    if (outcome.error().code == ErrorCode::resource_exhausted) {
      return failed(deps, visit.context, trouble);
    }
    return login::trouble_page(deps.login.pages, visit.context, visit.environment(),
                               outcome.error());
  }
  if (outcome.value().failure.has_value()) {
    trouble.failure = *outcome.value().failure;
    return failed(deps, visit.context, trouble);
  }
  if (outcome.value().accepted->refusal.has_value()) {
    trouble.failure = Failure(diagnosis_of(*outcome.value().accepted->refusal));
    return failed(deps, visit.context, trouble);
  }
  return answer(visit, outcome.value());
}

Result<std::optional<connections::Connection>, Error> load_connection(const Deps& deps,
                                                                      const Context& context,
                                                                      std::string_view id) {
  const auto parsed = ConnectionId::parse(id);
  if (!parsed.has_value()) return std::optional<connections::Connection>();
  return storage::read(deps.login.database, context, [&](Transaction& transaction) {
    return connections::find_by_id(transaction, context.environment, *parsed);
  });
}

Result<login::Visit, http::Response> open_for_answer(const Deps& deps, const Context& context,
                                                     const http::Request& request, FlowId flow,
                                                     const connections::Connection* connection) {
  const auto found = storage::read(deps.login.database, context, [&](Transaction& transaction) {
    return login::find_flow_of_any_browser(transaction, context.environment, flow);
  });
  if (!found.ok()) return broken(deps, context, found.error());
  const auto entry = deps.login.catalog.current()->by_id(context.environment);
  const auto browser = login::known_browser(request, entry->environment);
  const bool is_ours = found.value().has_value() && browser.has_value() &&
                       equal_in_constant_time(found.value()->browser_hash, browser->hash);
  const CheckLog none;
  if (is_ours && context.now >= found.value()->expires_at) {
    return failed(deps, context,
                  {.failure = Failure(Diagnosis::sign_in_over, "an answer within ten minutes",
                                      "one that came later"),
                   .checks = none,
                   .connection = connection,
                   .flow = flow});
  }
  if (is_ours) return login::open_visit(deps.login, context, request, flow);
  return failed(
      deps, context,
      {.failure = Failure(Diagnosis::other_browser, "the browser that began the sign-in",
                          browser.has_value() ? "another browser" : "a browser without our cookie"),
       .checks = none,
       .connection = connection});
}

http::Response Endpoints::start(const Context& context, const http::Request& request) const {
  const auto opened = login::open_visit(deps_.login, context, request);
  if (!opened.ok()) return opened.error();
  const login::Visit& visit = opened.value();
  if (visit.decision.step != Step::single_sign_on) {
    return http::see_other(login::flow_path(visit.flow.id));
  }
  const auto connection = load_connection(deps_, context, visit.flow.connection->text());
  if (!connection.ok()) return broken(deps_, context, connection.error());
  const CheckLog checks;
  Trouble trouble{
      .failure = Failure(Diagnosis::connection_unknown), .checks = checks, .flow = visit.flow.id};
  if (!connection.value().has_value()) return failed(deps_, context, trouble);
  trouble.connection = &*connection.value();
  if (!connection.value()->is_enabled) {
    trouble.failure = Failure(Diagnosis::connection_disabled);
    return failed(deps_, context, trouble);
  }
  const login::Flow& flow = visit.flow;
  const bool is_fresh = flow.options.authentication == login::Options::Authentication::fresh;
  using Authentication = ProviderRequest::Authentication;
  const Order order{
      .environment = visit.environment(),
      .connection = *connection.value(),
      .request = {.connection = connection.value()->id,
                  .flow = flow.id,
                  .authentication = is_fresh ? Authentication::fresh : Authentication::as_needed},
      .login_hint = flow.email.has_value() ? flow.email->text()
                                           : flow.options.login_hint.value_or(std::string())};
  const auto way = depart(deps_, context, order);
  if (!way.ok()) return broken(deps_, context, way.error());
  if (!way.value().ok()) {
    trouble.failure = way.value().error();
    return failed(deps_, context, trouble);
  }
  return to_response(deps_, visit.environment(), way.value().value());
}

http::Response Endpoints::complete(const Context& context, const http::Request& request) const {
  const auto query = Form::parse(request.query);
  const auto named = FlowId::parse(query.ok() ? query.value().get("flow").value_or("") : "");
  auto opened = named.has_value() ? open_for_answer(deps_, context, request, *named, nullptr)
                                  : login::open_visit(deps_.login, context, request);
  if (!opened.ok()) return std::move(opened).error();
  login::Visit visit = std::move(opened).value();
  if (visit.decision.step != Step::single_sign_on) {
    return http::see_other(login::flow_path(visit.flow.id));
  }
  const auto connection = load_connection(deps_, context, visit.flow.connection->text());
  if (!connection.ok()) return broken(deps_, context, connection.error());
  const CheckLog checks;
  if (!connection.value().has_value()) {
    return failed(deps_, context,
                  {.failure = Failure(Diagnosis::connection_unknown),
                   .checks = checks,
                   .flow = visit.flow.id});
  }
  const std::string token = visit.field("proof");
  const FlowId flow = visit.flow.id;
  const Take take =
      [&](Transaction& transaction) -> Result<Result<login::OutsideIdentity, Failure>, Error> {
    using Taken = Result<login::OutsideIdentity, Failure>;
    auto identity = TRY(take_proof(transaction, context.environment, flow, token, context.now));
    if (!identity.has_value()) return Taken(Failure(Diagnosis::answer_replayed));
    if (identity->connection != connection.value()->id) {
      return Taken(Failure(Diagnosis::request_of_other_connection));
    }
    return Taken(std::move(*identity));
  };
  return go_on(deps_, std::move(visit), *connection.value(), checks, take);
}

}  // namespace gatehouse::sso
