#include "server/pages/sign_on_screens.h"

#include "server/pages/time_text.h"

namespace gatehouse::pages {
namespace {

std::vector<View> check_views(const std::vector<SignOnCheck>& checks) {
  std::vector<View> views;
  for (const SignOnCheck& check : checks) {
    View view;
    view.text("check", check.check).text_if_any("detail", check.detail);
    view.show(check.outcome == SignOnCheck::Outcome::passed ? "passed" : "failed");
    views.push_back(std::move(view));
  }
  return views;
}

View diagnosis_view(const SignOnDiagnosis& diagnosis) {
  View view;
  view.text("name", diagnosis.name).text("explanation", diagnosis.explanation);
  view.text_if_any("remedy", diagnosis.remedy);
  view.text_if_any("expected", diagnosis.expected).text_if_any("received", diagnosis.received);
  if (!diagnosis.expected.empty() || !diagnosis.received.empty()) view.show("has_values");
  view.text_if_any("command", diagnosis.command);
  if (!diagnosis.checks.empty()) view.show("has_checks");
  view.list("checks", check_views(diagnosis.checks));
  return view;
}

std::vector<View> attribute_views(const std::vector<TriedOut::Attribute>& attributes) {
  std::vector<View> views;
  for (const TriedOut::Attribute& attribute : attributes) {
    View view;
    view.text("name", attribute.name).text("value", attribute.value);
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace

Screen screen(const SignOnFailed& page) {
  View view;
  view.show("problem").text("heading", page.heading).text("advice", page.advice);
  view.text("code", page.code).text_if_any("reference", page.reference);
  add_time(view, "at", page.at);
  view.text_if_any("retry_url", page.retry_url).text_if_any("back_url", page.back_url);
  if (!page.retry_url.empty() || !page.back_url.empty()) view.show("has_way_out");
  if (page.diagnosis) view.list("diagnosis", {diagnosis_view(*page.diagnosis)});
  return {.name = "sign_on_failed", .view = std::move(view)};
}

Screen screen(const TriedOut& page) {
  View view;
  view.text("connection", page.connection).text_if_any("organization", page.organization);
  view.text_if_any("reference", page.reference);
  if (page.diagnosis) {
    view.show("problem").list("diagnosis", {diagnosis_view(*page.diagnosis)});
  } else {
    view.show("works");
  }
  view.list("checks", check_views(page.checks));
  if (!page.profile.empty()) view.show("has_profile");
  view.list("profile", attribute_views(page.profile));
  if (!page.received.empty()) view.show("has_received");
  view.list("received_attributes", attribute_views(page.received));
  return {.name = "tried_out", .view = std::move(view)};
}

}  // namespace gatehouse::pages
