// The first page's buttons: another identity provider instead of a mail.

#include "server/http/redirect.h"
#include "server/login/pages.h"
#include "server/login/start.h"
#include "server/login/steps.h"
#include "server/login/visit.h"

namespace gatehouse::login {
namespace {

// Of those that the page shows, and no other.
bool is_offered(const Facts& facts, ConnectionId connection) {
  return std::ranges::any_of(
      facts.social, [&](const SocialConnection& offered) { return offered.id == connection; });
}

}  // namespace

http::Response Steps::connection(const Context& context, const http::Request& request) const {
  const auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Visit& visit = opened.value();
  const Step step = visit.decision.step;
  const bool is_due =
      step == Step::identify || step == Step::prove_email || step == Step::single_sign_on;
  const auto chosen = ConnectionId::parse(visit.field("connection"));
  if (!is_due) return step_page(visit);
  const auto taken = storage::write(
      deps_.database, context, [&](storage::Transaction& transaction) -> Result<bool, Error> {
        Facts facts;
        TRY(load_for_page(transaction, context.environment, visit.flow, Step::identify, facts));
        if (!chosen.has_value() || !is_offered(facts, *chosen)) return false;
        return note_connection(transaction, context.environment, visit.flow, chosen, std::nullopt,
                               context.now);
      });
  if (!taken.ok()) return trouble_page(deps_.pages, context, visit.environment(), taken.error());
  return http::see_other(taken.value() ? sign_on_path(visit.flow.id) : flow_path(visit.flow.id));
}

}  // namespace gatehouse::login
