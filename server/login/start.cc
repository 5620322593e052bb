#include "server/login/start.h"

#include "server/audit/record.h"
#include "server/http/redirect.h"
#include "server/login/auth_log.h"
#include "server/login/session_cookie.h"

namespace gatehouse::login {

std::string flow_path(FlowId flow) { return "/login?flow=" + flow.text(); }

std::string give_up_path(FlowId flow, std::string_view code) {
  return "/oauth/authorize/refused?flow=" + flow.text() + "&error=" + std::string(code);
}

std::string sign_on_path(FlowId flow) { return "/sso/start?flow=" + flow.text(); }

Result<http::Response, Error> start_sign_in(const StartDeps& deps, const Context& context,
                                            const http::Request& request,
                                            const environments::Environment& environment,
                                            NewFlow wanted) {
  const Browser browser = recognize_browser(request, environment, deps.random);
  wanted.browser_hash = browser.hash;
  // By row: nothing is decided here.
  const Flow flow = TRY(storage::write_by_row(
      deps.database, context, [&](storage::Transaction& transaction) -> Result<Flow, Error> {
        Flow started =
            TRY(start_flow(transaction, context.environment, deps.random, context.now, wanted));
        TRY(audit::record(transaction, context.environment, context, deps.random,
                          {.event = audit::Event::login_started,
                           .subject_type = "flow",
                           .subject_id = started.id.text(),
                           .client_id = wanted.client_id}));
        TRY(note_attempt(transaction, context.environment, context, deps.random,
                         {.status = AttemptStatus::initiated,
                          .flow = started.id,
                          .intent = wanted.intent,
                          .client_id = wanted.client_id,
                          .connection = wanted.connection}));
        return started;
      }));
  http::Response response =
      http::see_other(flow.connection.has_value() ? sign_on_path(flow.id) : flow_path(flow.id));
  if (browser.seen == Browser::Seen::first_time) {
    set_browser_cookie(response, environment, browser);
  }
  return response;
}

}  // namespace gatehouse::login
