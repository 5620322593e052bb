#include "server/login/pages.h"

#include "server/core/limits.h"
#include "server/core/story.h"
#include "server/http/redirect.h"
#include "server/login/finish.h"
#include "server/login/last_used.h"
#include "server/login/start.h"
#include "server/login/visit.h"

namespace gatehouse::login {
namespace {

constexpr auto resend_wait = seconds(30);  // most mails have come by then
constexpr int unprocessable = 422;         // a form was not accepted; the page says why

pages::FormKey form_key(const Visit& visit) {
  const std::string flow = visit.flow.id.text();
  return {flow, form_token(visit.deps.form_key, visit.browser, flow)};
}

http::Response show(const Visit& visit, int status, const pages::Screen& screen) {
  return visit.deps.pages.page(status, screen, brand_of(visit.environment()));
}

int status_for(const Remark& remark) {
  const bool is_refused = remark.email != pages::EmailProblem::none ||
                          remark.code != pages::CodeProblem::none ||
                          !remark.organization_problem.empty() ||
                          !remark.given_name_problem.empty() || !remark.family_name_problem.empty();
  return is_refused ? unprocessable : 200;
}

pages::ProviderMark mark_of(connections::Provider provider) {
  using connections::Provider;
  using pages::ProviderMark;
  switch (provider) {
    case Provider::google: return ProviderMark::google;
    case Provider::microsoft:
    case Provider::microsoft_ad: return ProviderMark::microsoft;
    case Provider::github: return ProviderMark::github;
    case Provider::gitlab: return ProviderMark::gitlab;
    case Provider::linkedin: return ProviderMark::linkedin;
    case Provider::salesforce: return ProviderMark::salesforce;
    default: return ProviderMark::other;
  }
}

// What was used last is one of the buttons or, also for an organization's own connection, the
// address.
struct Ways {
  pages::ConnectionButtons buttons;
  pages::LastUse email_use = pages::LastUse::other;
};

Ways ways_of(const Visit& visit) {
  const auto last = read_last_used(visit.request, visit.environment());
  Ways ways{.buttons = {.action = "/login/connection"}};
  bool is_marked = !last.has_value();
  for (const SocialConnection& social : visit.facts.social) {
    const bool is_last = last.has_value() && last->connection == social.id;
    is_marked = is_marked || is_last;
    ways.buttons.entries.push_back(
        {.id = social.id.text(),
         .title = social.title,
         .mark = mark_of(social.provider),
         .use = is_last ? pages::LastUse::last_used : pages::LastUse::other});
  }
  if (!is_marked) ways.email_use = pages::LastUse::last_used;
  return ways;
}

http::Response identify(const Visit& visit, const Remark& remark) {
  const Intent intent = visit.form.get("intent") == "sign_up"   ? Intent::sign_up
                        : visit.form.get("intent") == "sign_in" ? Intent::sign_in
                                                                : visit.flow.intent;
  const bool is_open = visit.environment().settings.sign_up == environments::Settings::SignUp::open;
  std::string email = remark.typed_email;
  if (email.empty()) email = visit.flow.options.login_hint.value_or("");
  const std::string here = flow_path(visit.flow.id);
  const Ways ways = ways_of(visit);
  if (intent == Intent::sign_up && is_open) {
    return show(visit, status_for(remark),
                pages::screen(pages::SignUp{.key = form_key(visit),
                                            .action = "/login/sign-up/email",
                                            .email = email,
                                            .sign_in_url = here + "&intent=sign_in",
                                            .problem = remark.email,
                                            .buttons = ways.buttons}));
  }
  return show(
      visit, status_for(remark),
      pages::screen(pages::SignIn{.key = form_key(visit),
                                  .action = "/login/email",
                                  .email = email,
                                  .sign_up_url = is_open ? here + "&intent=sign_up" : std::string(),
                                  .problem = remark.email,
                                  .buttons = ways.buttons,
                                  .email_use = ways.email_use}));
}

// Shown to who comes back from an identity provider without an answer: going there is a person's
// own choice then, so that the way back is not barred.
http::Response single_sign_on(const Visit& visit) {
  const auto& email = visit.flow.email;
  return show(visit, 200,
              pages::screen(
                  pages::SingleSignOn{.start_url = sign_on_path(visit.flow.id),
                                      .organization = visit.facts.provider.organization,
                                      .provider = visit.facts.provider.title,
                                      .email = email.has_value() ? email->text() : std::string(),
                                      .other_url = "/login/change?flow=" + visit.flow.id.text()}));
}

http::Response check_mail(const Visit& visit, const Remark& remark) {
  const Instant sent_at = *visit.flow.challenge_sent_at;
  const Instant expires_at = std::min(sent_at + limits::code_lifetime, visit.flow.expires_at);
  const auto left = std::chrono::ceil<minutes>(expires_at - visit.context.now);
  const auto wait = std::chrono::ceil<seconds>(sent_at + resend_wait - visit.context.now);
  pages::CheckMail page{.key = form_key(visit),
                        .action = "/login/code",
                        .resend_action = "/login/resend",
                        .change_url = "/login/change?flow=" + visit.flow.id.text(),
                        .status_url = "/login/status?flow=" + visit.flow.id.text(),
                        .email = visit.flow.email->text(),
                        .expires_in_minutes = std::max(0, static_cast<int>(left.count())),
                        .tries_left = limits::code_tries_max - visit.flow.code_tries,
                        .resend_wait_seconds = std::max(0, static_cast<int>(wait.count())),
                        .problem = remark.code};
  if (visit.flow.challenges_sent > 1 && remark.code == pages::CodeProblem::none) {
    page.notice = pages::MailNotice::sent_again;
  }
  return show(visit, status_for(remark), pages::screen(page));
}

http::Response sign_up_details(const Visit& visit, const Remark& remark) {
  const bool is_known = visit.facts.user.has_value() && !visit.facts.user->name.empty();
  return show(visit, status_for(remark),
              pages::screen(
                  pages::SignUpDetails{.key = form_key(visit),
                                       .action = "/login/sign-up",
                                       .email = visit.flow.email->text(),
                                       .ask_for = is_known ? pages::AskFor::organization
                                                           : pages::AskFor::organization_and_person,
                                       .organization_name = remark.organization_name,
                                       .given_name = remark.given_name,
                                       .family_name = remark.family_name,
                                       .organization_problem = remark.organization_problem,
                                       .given_name_problem = remark.given_name_problem,
                                       .family_name_problem = remark.family_name_problem}));
}

std::vector<std::string> roles_in(const Facts& facts, OrgId organization) {
  const auto found = facts.roles.find(organization);
  return found == facts.roles.end() ? std::vector<std::string>() : found->second;
}

http::Response choose_organization(const Visit& visit) {
  const auto& demanded = visit.flow.options.organization;
  pages::ChooseOrganization page{.key = form_key(visit),
                                 .action = "/login/organization",
                                 .email = visit.flow.email->text(),
                                 .organizations = {},
                                 .create_url = {},
                                 .other_account_url = {}};
  using Use = pages::ChooseOrganization::Entry::Use;
  for (const auto& membership : visit.facts.memberships) {
    const bool is_last_used = page.organizations.empty() && membership.last_used_at.has_value();
    if (demanded.has_value() && membership.organization != *demanded) continue;
    page.organizations.push_back({.id = membership.organization.text(),
                                  .name = membership.organization_name,
                                  .roles = roles_in(visit.facts, membership.organization),
                                  .use = is_last_used ? Use::last_used : Use::other});
  }
  for (const auto& membership : visit.facts.invitations) {
    if (demanded.has_value() && membership.organization != *demanded) continue;
    page.organizations.push_back({.id = membership.organization.text(),
                                  .name = membership.organization_name,
                                  .roles = {},
                                  .use = Use::invited});
  }
  if (visit.decision.may_create_organization) {
    page.create_url = flow_path(visit.flow.id) + "&create=yes";
  }
  return show(visit, 200, pages::screen(page));
}

http::Response done(const Visit& visit) {
  if (!visit.flow.resumed_at.has_value()) return http::see_other(resume_path(visit.flow));
  return signed_in_elsewhere_page(visit.deps.pages, visit.environment(), visit.application());
}

struct Words {
  std::string_view heading, sentence, advice, code;
};

http::Response refused(const Visit& visit, const Words& words) {
  pages::Failure failure{.heading = std::string(words.heading),
                         .sentence = std::string(words.sentence),
                         .advice = std::string(words.advice),
                         .code = std::string(words.code),
                         .reference = visit.context.request.text(),
                         .at = visit.context.now,
                         .back_url = restart_url(visit),
                         .retry_url = {},
                         .developer = std::nullopt};
  return show(visit, 403, pages::screen(failure));
}

struct Trouble {
  int status;
  std::string_view heading, sentence, advice;
};

Trouble trouble_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return {400, "We cannot read this request",
              "A part of the address or of the form is missing, doubled or malformed.",
              "Go back to where you came from and try again."};
    case ErrorCode::permission_denied:
      return {403, "This is not open to you", "You may not do that with your account.",
              "Go back and choose something else."};
    case ErrorCode::unavailable:
    case ErrorCode::aborted:
    case ErrorCode::deadline_exceeded:
      return {503, "Something went wrong on our side", "We could not save that just now.",
              "Wait a moment, then try again."};
    default:
      return {500, "Something went wrong on our side", "We could not do that.",
              "Wait a moment, then try again."};
  }
}

}  // namespace

std::string restart_url(const Visit& visit) {
  const auto* application = visit.application();
  if (application == nullptr) return visit.flow.purpose == Purpose::account ? "/account" : "";
  return application->initiate_login_uri.value_or("");
}

http::Response step_page(const Visit& visit, const Remark& remark) {
  switch (visit.decision.step) {
    case Step::identify: return identify(visit, remark);
    case Step::single_sign_on: return single_sign_on(visit);
    case Step::prove_email: return check_mail(visit, remark);
    case Step::name_organization: return sign_up_details(visit, remark);
    case Step::choose_organization:
      if (visit.decision.may_create_organization && visit.form.get("create") == "yes") {
        return sign_up_details(visit, remark);
      }
      return choose_organization(visit);
    case Step::finish:  // a single choice that came up since the proof: still a person's to make
      return choose_organization(visit);
    case Step::done: return done(visit);
    case Step::expired:
      return show(visit, 410, pages::screen(pages::FlowExpired{restart_url(visit)}));
    case Step::too_many_tries:
      return show(visit, 429, pages::screen(pages::TooManyTries{0, restart_url(visit)}));
    case Step::refused_disabled:
      return refused(visit, {"Your account is switched off",
                             "An administrator has switched it off, so you cannot sign in.",
                             "Ask the administrator of your organization.", "user_not_active"});
    case Step::refused_no_access:
      return refused(
          visit,
          {"There is nothing here for you yet", "This address does not belong to any organization.",
           "Ask an administrator to add you, then sign in again.", "access_denied"});
    case Step::refused_not_member:
      return refused(visit, {"You are not in this organization",
                             "The application asked for an organization you do not belong to.",
                             "Ask its administrator to add you, or go back and choose another.",
                             "access_denied"});
  }
  ensure_failed("step_page: not a Step");
}

http::Response unknown_flow_page(const pages::Pages& pages,
                                 const environments::Environment& environment) {
  return pages.page(400, pages::screen(pages::FlowExpired{}), brand_of(environment));
}

http::Response signed_in_elsewhere_page(const pages::Pages& pages,
                                        const environments::Environment& environment,
                                        const applications::Application* application) {
  pages::SignedInElsewhere page;
  if (application != nullptr) page.continue_url = application->initiate_login_uri.value_or("");
  return pages.page(200, pages::screen(page), brand_of(environment));
}

http::Response too_many_page(const Visit& visit, Duration wait) {
  const auto whole = std::chrono::ceil<minutes>(wait);
  http::Response response =
      show(visit, 429,
           pages::screen(pages::TooManyTries{static_cast<int>(whole.count()), restart_url(visit)}));
  response.headers.add("Retry-After", std::to_string(std::chrono::ceil<seconds>(wait).count()));
  return response;
}

http::Response trouble_page(const pages::Pages& pages, const Context& context,
                            const environments::Environment& environment, const Error& error) {
  const Trouble trouble = trouble_of(error.code);
  pages::Failure failure{.heading = std::string(trouble.heading),
                         .sentence = std::string(trouble.sentence),
                         .advice = std::string(trouble.advice),
                         .code = std::string(error_code_name(error.code)),
                         .reference = context.request.text(),
                         .at = context.now,
                         .back_url = {},
                         .retry_url = {},
                         .developer = std::nullopt};
  if (environment.is_development()) {
    failure.developer =
        pages::Failure::Developer{error.detail, std::nullopt, {}, story_of(context)};
  }
  http::Response response =
      pages.page(trouble.status, pages::screen(failure), brand_of(environment));
  if (trouble.status == 503) response.headers.add("Retry-After", "1");
  return response;
}

}  // namespace gatehouse::login
