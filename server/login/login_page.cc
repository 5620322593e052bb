// GET /login and its status, for the page that waits for the mail.

#include "server/login/pages.h"
#include "server/login/start.h"
#include "server/login/steps.h"
#include "server/login/visit.h"

namespace gatehouse::login {

http::Response Steps::show(const Context& context, const http::Request& request) const {
  const auto opened = open_visit(deps_, context, request);
  if (!opened.ok()) return opened.error();
  return step_page(opened.value());
}

http::Response Steps::status(const Context& context, const http::Request& request) const {
  http::Response response;
  response.status = 204;
  response.headers.add("Cache-Control", "no-store");
  const auto opened = open_visit(deps_, context, request);
  if (!opened.ok() || opened.value().decision.step == Step::prove_email) return response;
  response.status = 200;
  response.headers.add("Content-Type", "application/json");
  response.body = "{\"go\":\"" + flow_path(opened.value().flow.id) + "\"}";
  return response;
}

}  // namespace gatehouse::login
