// The first page, and everything that sends a mail.

#include "server/core/limits.h"
#include "server/http/redirect.h"
#include "server/login/pages.h"
#include "server/login/send_code.h"
#include "server/login/start.h"
#include "server/login/steps.h"
#include "server/login/visit.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

// From the pages that wait for a proof one may still go back and type another address.
bool may_be_renamed(Step step) {
  return step == Step::identify || step == Step::prove_email || step == Step::single_sign_on;
}

// The connection of the organization that the address belongs to, if it has one.
Result<std::optional<ConnectionId>, Error> connection_of(const Visit& visit,
                                                         const users::Email& email) {
  const RouteHints hints{.address = email.text()};
  const RouteFacts facts =
      TRY(storage::read(visit.deps.database, visit.context, [&](Transaction& transaction) {
        return load_route_facts(transaction, visit.context.environment, hints);
      }));
  const RouteChoice choice = route(hints, facts);
  const auto* use = std::get_if<UseConnection>(&choice);
  return use == nullptr ? std::optional<ConnectionId>() : std::optional(use->connection);
}

// The way to prove the address: by that connection, or by mail.
Result<Unit, Error> take_way(const Visit& visit, std::optional<ConnectionId> connection,
                             const users::Email& email) {
  if (visit.flow.connection == connection && !connection.has_value()) return Unit{};
  const bool is_noted =
      TRY(storage::write(visit.deps.database, visit.context, [&](Transaction& transaction) {
        return note_connection(transaction, visit.context.environment, visit.flow, connection,
                               email, visit.context.now);
      }));
  if (!is_noted) return Error(ErrorCode::aborted, "the flow moved on meanwhile");
  return Unit{};
}

http::Response take_email(const Deps& deps, const Context& context, const http::Request& request,
                          Intent intent) {
  auto opened = open_visit(deps, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  const Step step = visit.decision.step;
  // From the mail page one may still go back and type another address.
  if (!may_be_renamed(step)) return step_page(visit);

  visit.flow.intent = intent;
  const std::string typed = visit.field("email");
  const auto email = users::Email::parse(typed);
  if (!email.has_value()) {
    visit.decision.step = Step::identify;
    return step_page(visit, {.email = typed.empty() ? pages::EmailProblem::missing
                                                    : pages::EmailProblem::malformed,
                             .typed_email = typed});
  }
  const auto connection = connection_of(visit, *email);
  if (!connection.ok()) {
    return trouble_page(deps.pages, context, visit.environment(), connection.error());
  }
  const auto taken = take_way(visit, connection.value(), *email);
  if (!taken.ok()) return trouble_page(deps.pages, context, visit.environment(), taken.error());
  if (connection.value().has_value()) return http::see_other(sign_on_path(visit.flow.id));
  return send_code(visit, *email, intent);
}

}  // namespace

http::Response Steps::email(const Context& context, const http::Request& request) const {
  return take_email(deps_, context, request, Intent::sign_in);
}

http::Response Steps::sign_up_email(const Context& context, const http::Request& request) const {
  return take_email(deps_, context, request, Intent::sign_up);
}

http::Response Steps::resend(const Context& context, const http::Request& request) const {
  const auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Visit& visit = opened.value();
  if (visit.decision.step != Step::prove_email) return step_page(visit);
  return send_code(visit, *visit.flow.email, visit.flow.intent);
}

http::Response Steps::change(const Context& context, const http::Request& request) const {
  auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return std::move(opened).error();
  Visit visit = std::move(opened).value();
  if (may_be_renamed(visit.decision.step)) visit.decision.step = Step::identify;
  return step_page(visit, {.typed_email = visit.flow.email.has_value() ? visit.flow.email->text()
                                                                       : std::string()});
}

}  // namespace gatehouse::login
