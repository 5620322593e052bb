#include "server/pages/screens.h"

#include <algorithm>

#include "server/core/ensure.h"
#include "server/pages/difference.h"
#include "server/pages/time_text.h"

namespace gatehouse::pages {
namespace {

void add_key(View& view, const FormKey& key) {
  view.text("flow", key.flow);
  view.text("csrf", key.csrf);
}

void add_link(View& view, std::string_view name, const std::string& url) {
  if (is_safe_link(url)) view.text(name, url);
}

void add_problem(View& view, EmailProblem problem) {
  if (problem == EmailProblem::none) return;
  view.show("problem");
  view.show(problem == EmailProblem::missing ? "missing" : "malformed");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

// The first character of a name, whole, for the tile before it.
std::string initial(const std::string& name) {
  std::size_t end = name.empty() ? 0 : 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) ++end;
  std::string out = name.substr(0, end);
  if (out.size() == 1 && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

std::vector<View> hidden_fields(const std::vector<HiddenField>& fields) {
  std::vector<View> views;
  for (const HiddenField& field : fields) {
    views.push_back(View().text("name", field.name).text("value", field.value));
  }
  return views;
}

View compared(const std::string& text, const std::string& other) {
  const Difference parts = difference({.text = text, .other = other});
  View view;
  view.text("same_start", parts.same_start).text("same_end", parts.same_end);
  std::vector<View> differing;
  if (!parts.differing.empty()) differing.push_back(View().text("part", parts.differing));
  return view.list("differing", std::move(differing));
}

// What was sent is marked against the registered value it is closest to.
View comparison_view(const Failure::Comparison& comparison) {
  const auto closest =
      std::max_element(comparison.registered.begin(), comparison.registered.end(),
                       [&](const std::string& a, const std::string& b) {
                         return common_length({.text = comparison.sent, .other = a}) <
                                common_length({.text = comparison.sent, .other = b});
                       });
  const bool any = closest != comparison.registered.end();
  View view = compared(comparison.sent, any ? *closest : comparison.sent);
  view.text("name", comparison.name);
  std::vector<View> registered;
  for (const std::string& value : comparison.registered) {
    registered.push_back(compared(value, comparison.sent));
  }
  return view.list("registered", std::move(registered));
}

View developer_view(const Failure::Developer& developer) {
  View view;
  view.text("cause", developer.cause).text_if_any("command", developer.command);
  if (developer.comparison) view.list("comparison", {comparison_view(*developer.comparison)});
  std::vector<View> story;
  for (const std::string& line : developer.story) story.push_back(View().text("line", line));
  if (!story.empty()) view.show("has_story");
  return view.list("story", std::move(story));
}

Screen ended(std::string_view name, View view, const std::string& restart_url) {
  view.show("problem");
  add_link(view, "restart_url", restart_url);
  return {.name = std::string(name), .view = std::move(view)};
}

}  // namespace

Screen screen(const SignIn& page) {
  View view;
  add_key(view, page.key);
  view.text("action", page.action).text("email", page.email);
  add_link(view, "sign_up_url", page.sign_up_url);
  add_problem(view, page.problem);
  add_buttons(view, page.buttons);
  if (page.email_use == LastUse::last_used && !page.buttons.entries.empty()) {
    view.show("email_last_used");
  }
  return {.name = "sign_in", .view = std::move(view)};
}

Screen screen(const SignUp& page) {
  View view;
  add_key(view, page.key);
  view.text("action", page.action).text("email", page.email);
  view.text("sign_in_url", page.sign_in_url);
  add_problem(view, page.problem);
  add_buttons(view, page.buttons);
  return {.name = "sign_up", .view = std::move(view)};
}

Screen screen(const CheckMail& page) {
  View view;
  add_key(view, page.key);
  view.text("action", page.action).text("resend_action", page.resend_action);
  view.text("change_url", page.change_url).text_if_any("status_url", page.status_url);
  view.text("email", page.email);
  view.text("expires_in_minutes", std::to_string(page.expires_in_minutes));
  view.text("tries_left", std::to_string(page.tries_left));
  view.text("resend_wait_seconds", std::to_string(page.resend_wait_seconds));
  if (page.tries_left == 1) view.show("one_try_left");
  if (page.problem != CodeProblem::none) view.show("problem");
  if (page.problem == CodeProblem::missing) view.show("missing");
  if (page.problem == CodeProblem::wrong) view.show("wrong");
  if (page.problem == CodeProblem::expired) view.show("expired");
  if (page.notice == MailNotice::sent_again) view.show("sent_again");
  if (page.notice == MailNotice::wait_before_resend) view.show("wait_before_resend");
  return {.name = "check_mail", .view = std::move(view)};
}

Screen screen(const LinkConfirm& page) {
  View view;
  add_key(view, page.key);
  view.text("action", page.action).text("token", page.token).text("email", page.email);
  return {.name = "link_confirm", .view = std::move(view)};
}

Screen screen(const LinkElsewhere& page) {
  View view;
  view.text_if_any("code", page.code);
  return {.name = "link_elsewhere", .view = std::move(view)};
}

Screen screen(const SignUpDetails& page) {
  View view;
  add_key(view, page.key);
  view.text("action", page.action).text("email", page.email);
  view.text("organization_name", page.organization_name);
  view.text("given_name", page.given_name).text("family_name", page.family_name);
  view.text_if_any("organization_problem", page.organization_problem);
  view.text_if_any("given_name_problem", page.given_name_problem);
  view.text_if_any("family_name_problem", page.family_name_problem);
  if (page.ask_for == AskFor::organization_and_person) view.show("ask_person");
  // The first field that is wrong, or else the first.
  if (!page.organization_problem.empty()) {
    view.show("problem").show("focus_organization");
  } else if (!page.given_name_problem.empty()) {
    view.show("problem").show("focus_given");
  } else if (!page.family_name_problem.empty()) {
    view.show("problem").show("focus_family");
  } else {
    view.show("focus_organization");
  }
  return {.name = "sign_up_details", .view = std::move(view)};
}

Screen screen(const ChooseOrganization& page) {
  View view;
  add_key(view, page.key);
  view.text("action", page.action).text("email", page.email);
  add_link(view, "create_url", page.create_url);
  add_link(view, "other_account_url", page.other_account_url);
  std::vector<View> entries;
  for (const ChooseOrganization::Entry& entry : page.organizations) {
    View item;
    item.text("id", entry.id).text("name", entry.name).text("initial", initial(entry.name));
    item.text_if_any("roles", joined(entry.roles));
    if (entry.use == ChooseOrganization::Entry::Use::last_used) item.show("last_used");
    if (entry.use == ChooseOrganization::Entry::Use::invited) item.show("invited");
    entries.push_back(std::move(item));
  }
  view.list("organizations", std::move(entries));
  return {.name = "choose_organization", .view = std::move(view)};
}

Screen screen(const Account& page) {
  View view;
  view.text("csrf", page.csrf).text("email", page.email).text("user_id", page.user_id);
  view.text_if_any("name", page.name).text_if_any("notice", page.notice);
  view.text("sign_out_action", page.sign_out_action);
  view.text("sign_out_rest_action", page.sign_out_rest_action);
  std::vector<View> memberships;
  for (const Account::Membership& membership : page.memberships) {
    memberships.push_back(View()
                              .text("organization", membership.organization)
                              .text_if_any("roles", joined(membership.roles)));
  }
  view.list("memberships", std::move(memberships));
  std::vector<View> sessions;
  for (const Account::Session& session : page.sessions) {
    View item;
    item.text("id", session.id).text("device", session.device).text("address", session.address);
    add_time(item, "signed_in", session.signed_in_at);
    add_time(item, "last_active", session.last_active_at);
    if (session.place == Account::Session::Place::here) item.show("here");
    if (session.place == Account::Session::Place::elsewhere) view.show("has_others");
    sessions.push_back(std::move(item));
  }
  view.list("sessions", std::move(sessions));
  return {.name = "account", .view = std::move(view)};
}

Screen screen(const SignedOut& page) {
  View view;
  add_link(view, "sign_in_url", page.sign_in_url);
  view.text_if_any("developer_hint", page.developer_hint);
  return {.name = "signed_out", .view = std::move(view)};
}

Screen screen(const ConfirmSignOut& page) {
  View view;
  view.text("csrf", page.csrf).text("action", page.action).text_if_any("email", page.email);
  view.list("fields", hidden_fields(page.fields));
  add_link(view, "cancel_url", page.cancel_url);
  return {.name = "confirm_sign_out", .view = std::move(view)};
}

Screen screen(const FormPost& page) {
  ENSURE(is_safe_link(page.redirect_uri) && !page.redirect_uri.starts_with("/"));
  View view;
  view.text("redirect_uri", page.redirect_uri).list("fields", hidden_fields(page.fields));
  return {.name = "form_post", .view = std::move(view)};
}

Screen screen(const Failure& page) {
  View view;
  view.show("problem").text("heading", page.heading).text("sentence", page.sentence);
  view.text("advice", page.advice).text("code", page.code).text("reference", page.reference);
  add_time(view, "at", page.at);
  add_link(view, "back_url", page.back_url);
  add_link(view, "retry_url", page.retry_url);
  if (is_safe_link(page.back_url) || is_safe_link(page.retry_url)) view.show("has_way_out");
  if (page.developer) view.list("developer", {developer_view(*page.developer)});
  return {.name = "failure", .view = std::move(view)};
}

Screen screen(const LinkExpired& page) { return ended("link_expired", View(), page.restart_url); }

Screen screen(const FlowExpired& page) { return ended("flow_expired", View(), page.restart_url); }

Screen screen(const SignedInElsewhere& page) {
  View view;
  add_link(view, "continue_url", page.continue_url);
  return {.name = "signed_in_elsewhere", .view = std::move(view)};
}

Screen screen(const TooManyTries& page) {
  View view;
  if (page.wait_minutes > 0) view.text("wait_minutes", std::to_string(page.wait_minutes));
  return ended("too_many_tries", std::move(view), page.restart_url);
}

Screen screen(const DevMailbox& page) {
  View view;
  view.text("filter", page.filter);
  view.text("json_url", page.json_url);
  if (!page.filter.empty()) view.show("filtered");
  std::vector<View> letters;
  for (const DevMailbox::Entry& letter : page.letters) {
    View item;
    item.text("url", letter.url).text("to", letter.to).text("subject", letter.subject);
    item.text_if_any("code", letter.code);
    add_time(item, "at", letter.at);
    letters.push_back(std::move(item));
  }
  if (!letters.empty()) view.show("has_letters");
  view.list("letters", std::move(letters));
  return {.name = "dev_mailbox", .view = std::move(view)};
}

Screen screen(const DevLetter& page) {
  View view;
  view.text("mailbox_url", page.mailbox_url).text("to", page.to).text("subject", page.subject);
  view.text("text", page.text).text_if_any("code", page.code);
  add_link(view, "link", page.link);
  add_link(view, "html_url", page.html_url);
  add_time(view, "at", page.at);
  return {.name = "dev_letter", .view = std::move(view)};
}

Screen screen(const Home& page) {
  View view;
  view.text("environment_url", page.environment_url);
  view.text("environment_name", page.environment_name).text("version", page.version);
  view.text_if_any("client_id", page.client_id);
  add_link(view, "mailbox_url", page.mailbox_url);
  add_link(view, "simulator_url", page.simulator_url);
  view.text("account_url", page.account_url).text("discovery_url", page.discovery_url);
  return {.name = "home", .view = std::move(view)};
}

}  // namespace gatehouse::pages
