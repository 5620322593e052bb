#include "server/login/visit.h"

#include "server/http/form_body.h"
#include "server/login/pages.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

struct Loaded {
  Flow flow;
  Facts facts;
  Decision decision;
};

Result<std::optional<Loaded>, Error> load(Transaction& transaction, const Context& context,
                                          const environments::Settings& settings, FlowId flow_id,
                                          std::string_view browser_hash) {
  auto flow = TRY(find_flow(transaction, context.environment, flow_id, browser_hash));
  if (!flow.has_value()) return std::optional<Loaded>();
  Facts facts = TRY(load_facts(transaction, context.environment, *flow, context.now));
  const Decision decision = next_step(*flow, facts, settings, context.now);
  if (decision.step == Step::choose_organization) {
    TRY(load_roles(transaction, context.environment, facts));
  }
  return std::optional(Loaded{std::move(*flow), std::move(facts), decision});
}

// The same with everything that the step's page shows.
Result<std::optional<Loaded>, Error> load_with_page(Transaction& transaction,
                                                    const Context& context,
                                                    const environments::Settings& settings,
                                                    FlowId flow_id, std::string_view browser_hash) {
  auto loaded = TRY(load(transaction, context, settings, flow_id, browser_hash));
  if (loaded.has_value()) {
    TRY(load_for_page(transaction, context.environment, loaded->flow, loaded->decision.step,
                      loaded->facts));
  }
  return loaded;
}

// A request by a browser that we know; which flow it is about is still to be loaded.
struct Visitor {
  const Deps& deps;
  const Context& context;
  const http::Request& request;
  std::shared_ptr<const applications::CatalogEntry> entry;
  Form form;
  Browser browser;
};

using Load = decltype(&load);
Result<Visit, http::Response> load_visit(Visitor visitor, FlowId flow_id, Load load_flow) {
  const Deps& deps = visitor.deps;
  const environments::Environment& environment = visitor.entry->environment;
  auto loaded = storage::read(deps.database, visitor.context, [&](Transaction& transaction) {
    return load_flow(transaction, visitor.context, environment.settings, flow_id,
                     visitor.browser.hash);
  });
  if (!loaded.ok()) return trouble_page(deps.pages, visitor.context, environment, loaded.error());
  if (!loaded.value().has_value()) return unknown_flow_page(deps.pages, environment);

  Loaded& found = *loaded.value();
  return Visit{.deps = deps,
               .context = visitor.context,
               .request = visitor.request,
               .entry = std::move(visitor.entry),
               .form = std::move(visitor.form),
               .browser = std::move(visitor.browser),
               .flow = std::move(found.flow),
               .facts = std::move(found.facts),
               .decision = found.decision};
}

}  // namespace

const applications::Application* Visit::application() const {
  return flow.application.has_value() ? entry->find(*flow.application) : nullptr;
}

Result<Visit, http::Response> open_visit(const Deps& deps, const Context& context,
                                         const http::Request& request) {
  auto entry = deps.catalog.current()->by_id(context.environment);
  const environments::Environment& environment = entry->environment;
  const bool is_post = request.method == http::Method::post;
  auto form = is_post ? http::read_form_body(request) : http::read_query(request);
  auto browser = known_browser(request, environment);
  if (!form.ok() || !browser.has_value()) return unknown_flow_page(deps.pages, environment);

  const auto flow_id = FlowId::parse(form.value().get("flow").value_or(std::string_view()));
  if (!flow_id.has_value()) return unknown_flow_page(deps.pages, environment);
  if (is_post && !form_token_matches(deps.form_key, *browser, flow_id->text(),
                                     form.value().get("csrf").value_or(std::string_view()))) {
    return unknown_flow_page(deps.pages, environment);
  }

  return load_visit({.deps = deps,
                     .context = context,
                     .request = request,
                     .entry = std::move(entry),
                     .form = std::move(form).value(),
                     .browser = std::move(*browser)},
                    *flow_id, load_with_page);
}

Result<Visit, http::Response> open_visit(const Deps& deps, const Context& context,
                                         const http::Request& request, FlowId flow) {
  auto entry = deps.catalog.current()->by_id(context.environment);
  auto form = http::read_query(request);
  auto browser = known_browser(request, entry->environment);
  if (!form.ok() || !browser.has_value()) return unknown_flow_page(deps.pages, entry->environment);
  return load_visit({.deps = deps,
                     .context = context,
                     .request = request,
                     .entry = std::move(entry),
                     .form = std::move(form).value(),
                     .browser = std::move(*browser)},
                    flow, load);
}

Result<Unit, Error> look_again(Transaction& transaction, Visit& visit) {
  auto loaded = TRY(load(transaction, visit.context, visit.environment().settings, visit.flow.id,
                         visit.browser.hash));
  if (!loaded.has_value()) return Error(ErrorCode::not_found, "the sign-in flow is gone");
  visit.flow = std::move(loaded->flow);
  loaded->facts.social = std::move(visit.facts.social);
  loaded->facts.provider = std::move(visit.facts.provider);
  visit.facts = std::move(loaded->facts);
  visit.decision = loaded->decision;
  return Unit{};
}

}  // namespace gatehouse::login
