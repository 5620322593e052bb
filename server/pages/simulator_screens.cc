#include "server/pages/simulator_screens.h"

#include "server/core/ensure.h"
#include "server/pages/brand.h"

namespace gatehouse::pages {
namespace {

std::vector<View> named(std::string_view name, const std::vector<std::string>& texts) {
  std::vector<View> items;
  for (const std::string& text : texts) items.push_back(View().text(name, text));
  return items;
}

std::vector<View> facts_view(const std::vector<Simulator::Fact>& facts) {
  std::vector<View> items;
  for (const Simulator::Fact& fact : facts) {
    items.push_back(View().text("fact", fact.name).text("value", fact.value));
  }
  return items;
}

std::vector<View> fields_view(const std::vector<HiddenField>& fields) {
  std::vector<View> items;
  for (const HiddenField& field : fields) {
    items.push_back(View().text("name", field.name).text("value", field.value));
  }
  return items;
}

std::vector<View> profiles_view(const Simulator& page, const Simulator::Provider& provider) {
  std::vector<View> items;
  for (const Simulator::Profile& profile : page.profiles) {
    View item;
    item.text("value", profile.value).text("profile", profile.title);
    if (profile.title == provider.title) item.show("chosen");
    items.push_back(std::move(item));
  }
  return items;
}

View provider_view(const Simulator& page, const Simulator::Provider& provider) {
  View view;
  view.text("title", provider.title).text("protocol", provider.protocol);
  view.text("initial", provider.title.substr(0, 1));
  view.text("connection_id", provider.connection_id);
  view.text("change_action", page.change_action);
  view.text_if_any("organization", provider.organization);
  if (provider.state == Simulator::Provider::State::disabled) view.show("disabled");
  view.list("domains", named("domain", provider.domains));
  if (is_safe_link(provider.tile_url)) view.text("tile_url", provider.tile_url);
  if (is_safe_link(provider.tile_url) || !provider.sign_out_action.empty()) view.show("has_acts");
  view.text_if_any("sign_out_action", provider.sign_out_action);
  view.list("facts", facts_view(provider.facts)).list("sends", named("sentence", provider.sends));
  view.list("profiles", profiles_view(page, provider));
  return view;
}

void add_problem(View& view, SimulatedSignIn::Problem problem) {
  using Problem = SimulatedSignIn::Problem;
  if (problem == Problem::none) {
    view.show("focus_email");
    return;
  }
  view.show("problem");
  if (problem == Problem::more_malformed) {
    view.show("more_problem");
    return;
  }
  view.show("focus_email").show("email_problem");
  view.show(problem == Problem::email_missing ? "missing" : "malformed");
}

}  // namespace

Screen screen(const Simulator& page) {
  View view;
  view.text_if_any("notice", page.notice);
  std::vector<View> providers;
  for (const auto& provider : page.providers) providers.push_back(provider_view(page, provider));
  if (!providers.empty()) view.show("has_providers");
  view.list("providers", std::move(providers));
  return {.name = "dev_idp", .view = std::move(view)};
}

Screen screen(const SimulatedSignIn& page) {
  View view;
  view.text("action", page.action).text("provider", page.provider);
  view.text("initial", page.provider.substr(0, 1)).text("application", page.application);
  view.text("email", page.email).text("given_name", page.given_name);
  view.text("family_name", page.family_name).text("groups", page.groups).text("more", page.more);
  view.text("all_url", page.all_url).list("fields", fields_view(page.fields));
  add_problem(view, page.problem);
  std::vector<View> people;
  for (const SimulatedSignIn::Known& known : page.people) {
    people.push_back(View().text("person_email", known.email).text("person", known.name));
  }
  view.list("people", std::move(people));
  std::vector<View> outcomes;
  for (const SimulatedSignIn::Outcome& outcome : page.outcomes) {
    View item;
    item.text("value", outcome.value).text("outcome", outcome.title).text("text", outcome.text);
    if (outcome.choice == SimulatedSignIn::Outcome::Choice::chosen) item.show("chosen");
    outcomes.push_back(std::move(item));
  }
  view.list("outcomes", std::move(outcomes));
  if (!page.asked.empty()) view.show("has_asked");
  view.list("asked", facts_view(page.asked)).list("sends", named("sentence", page.sends));
  return {.name = "dev_idp_sign_in", .view = std::move(view)};
}

Screen screen(const SimulatedAnswer& page) {
  ENSURE(is_safe_link(page.target) && !page.target.starts_with("/"));
  View view;
  view.text("provider", page.provider).text("target", page.target);
  if (page.wait_seconds > 0) view.text("seconds", std::to_string(page.wait_seconds));
  view.list("fields", fields_view(page.fields));
  return {.name = "dev_idp_answer", .view = std::move(view)};
}

Screen screen(const SimulatorNotice& page) {
  View view;
  if (page.kind == SimulatorNotice::Kind::problem) view.show("problem");
  view.text("heading", page.heading).text("sentence", page.sentence).text("advice", page.advice);
  view.text("all_url", page.all_url);
  return {.name = "dev_idp_notice", .view = std::move(view)};
}

}  // namespace gatehouse::pages
