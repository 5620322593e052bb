// Visit: one request to a sign-in page, with everything that must hold before a step may look at
// it: this browser began the flow, and a form that was posted is one of ours.

#pragma once

#include "server/encoding/form.h"
#include "server/http/message.h"
#include "server/login/deps.h"
#include "server/login/next_step.h"
#include "server/login/session_cookie.h"

namespace gatehouse::login {

struct Visit {
  const Deps& deps;
  const Context& context;
  const http::Request& request;
  std::shared_ptr<const applications::CatalogEntry> entry;
  Form form;  // of the query (GET) or of the body (POST)
  Browser browser;
  Flow flow;
  Facts facts;
  Decision decision;  // what the flow needs now

  [[nodiscard]] const environments::Environment& environment() const { return entry->environment; }
  // The application that waits for this sign-in; null for the account page.
  [[nodiscard]] const applications::Application* application() const;
  [[nodiscard]] std::string field(std::string_view name) const {
    return std::string(form.get(name).value_or(std::string_view()));
  }
};

// The visit, or the page that says why there is none: unknown flow, other browser, foreign form,
// storage away.
Result<Visit, http::Response> open_visit(const Deps& deps, const Context& context,
                                         const http::Request& request);

// The same of a flow that something else names than the request's own field: `state` of a
// provider's answer. A GET that shows no page of the flow: what those need is not loaded.
Result<Visit, http::Response> open_visit(const Deps& deps, const Context& context,
                                         const http::Request& request, FlowId flow);

// Loads the flow and decides again, after a step has changed it.
Result<Unit, Error> look_again(storage::Transaction& transaction, Visit& visit);

}  // namespace gatehouse::login
