#include "server/pages/sample_screens.h"

#include "server/pages/admin_portal_screens.h"
#include "server/pages/api_screens.h"
#include "server/pages/invitation_screens.h"

namespace gatehouse::pages {
namespace {

const FormKey key{.flow = "flw_7203948571234567", .csrf = "Y3NyZg"};

Instant sample_time() { return instant_from_ms(1'795'292'100'000); }

ConnectionButtons sample_buttons() {
  using Mark = ProviderMark;
  return {.action = "/login/connection",
          .entries = {{"conn_1", "Continue with Google", Mark::google, LastUse::last_used},
                      {"conn_2", "Continue with Microsoft", Mark::microsoft},
                      {"conn_3", "Continue with GitHub", Mark::github},
                      {"conn_4", "Continue with GitLab", Mark::gitlab},
                      {"conn_5", "Continue with LinkedIn", Mark::linkedin},
                      {"conn_6", "Continue with Salesforce", Mark::salesforce},
                      {"conn_7", "Continue with the library card of Marylebone", Mark::other}}};
}

std::vector<Sample> sign_in_samples() {
  const std::string mail = "ada@acme.test";
  CheckMail check{.key = key,
                  .action = "/login/code",
                  .resend_action = "/login/resend",
                  .change_url = "/login",
                  .status_url = "/login/status",
                  .email = mail};
  CheckMail wrong = check;
  wrong.problem = CodeProblem::wrong;
  wrong.tries_left = 3;
  CheckMail last = wrong;
  last.tries_left = 1;
  last.status_url.clear();
  CheckMail again = check;
  again.notice = MailNotice::sent_again;
  CheckMail expired = check;
  expired.problem = CodeProblem::expired;
  expired.notice = MailNotice::wait_before_resend;
  const SignIn sign_in{.key = key, .action = "/login", .email = "", .sign_up_url = "/sign-up"};
  SignIn malformed = sign_in;
  malformed.email = "ada@acme";
  malformed.problem = EmailProblem::malformed;
  SignIn social = sign_in;
  social.buttons = sample_buttons();
  SignIn social_by_mail = social;
  social_by_mail.buttons.entries[0].use = LastUse::other;
  social_by_mail.email = mail;
  social_by_mail.email_use = LastUse::last_used;
  const SignUp sign_up{.key = key, .action = "/sign-up", .email = mail, .sign_in_url = "/login"};
  SignUp social_sign_up = sign_up;
  social_sign_up.buttons = sample_buttons();
  SignUp missing = sign_up;
  missing.problem = EmailProblem::missing;
  return {{"sign_in", screen(sign_in)},
          {"sign_in-problem", screen(malformed)},
          {"sign_in-least", screen(SignIn{.key = key, .action = "/login", .email = mail})},
          {"sign_in-social", screen(social)},
          {"sign_in-social_by_mail", screen(social_by_mail)},
          {"sign_up", screen(sign_up)},
          {"sign_up-social", screen(social_sign_up)},
          {"sign_up-problem", screen(missing)},
          {"single_sign_on", screen(SingleSignOn{.start_url = "/sso/start?flow=flw_1",
                                                 .organization = "Example Corp",
                                                 .provider = "Okta",
                                                 .email = "ada@example.com",
                                                 .other_url = "/login/change?flow=flw_1"})},
          {"single_sign_on-social",
           screen(SingleSignOn{.start_url = "/sso/start?flow=flw_1", .provider = "Google"})},
          {"single_sign_on-least", screen(SingleSignOn{.start_url = "/sso/start?flow=flw_1"})},
          {"check_mail", screen(check)},
          {"check_mail-wrong", screen(wrong)},
          {"check_mail-last_try", screen(last)},
          {"check_mail-again", screen(again)},
          {"check_mail-expired", screen(expired)},
          {"link_confirm",
           screen(LinkConfirm{
               .key = key, .action = "/login/link", .token = "c2VjcmV0", .email = mail})},
          {"link_elsewhere", screen(LinkElsewhere{.code = "482913"})},
          {"link_elsewhere-least", screen(LinkElsewhere{})},
          {"link_expired", screen(LinkExpired{.restart_url = "/login"})},
          {"link_expired-least", screen(LinkExpired{})},
          {"flow_expired", screen(FlowExpired{.restart_url = "/login"})},
          {"signed_in_elsewhere", screen(SignedInElsewhere{.continue_url = "/app"})},
          {"signed_in_elsewhere-least", screen(SignedInElsewhere{})},
          {"too_many_tries", screen(TooManyTries{.wait_minutes = 5, .restart_url = "/login"})},
          {"too_many_tries-least", screen(TooManyTries{})}};
}

std::vector<Sample> organization_samples() {
  using Use = ChooseOrganization::Entry::Use;
  SignUpDetails details{.key = key, .action = "/login/details", .email = "grace@hopper.test"};
  SignUpDetails problems = details;
  problems.organization_problem = "Enter the name of your organization.";
  problems.given_name = "Grace";
  problems.family_name_problem = "Enter your last name.";
  SignUpDetails only = details;
  only.ask_for = AskFor::organization;
  only.organization_name = "Navy";
  const ChooseOrganization choose{
      .key = key,
      .action = "/login/organization",
      .email = "ada@acme.test",
      .organizations = {{"org_1", "Acme", {"admin"}, Use::last_used},
                        {"org_2", "Analytical Engines of Marylebone", {"member"}, Use::other},
                        {"org_3", "Éclair & Sons", {}, Use::other},
                        {"org_4", "Navy", {}, Use::invited}},
      .create_url = "/login/create-organization",
      .other_account_url = "/login/other"};
  return {{"sign_up_details", screen(details)},
          {"sign_up_details-problem", screen(problems)},
          {"sign_up_details-organization", screen(only)},
          {"choose_organization", screen(choose)},
          {"choose_organization-least",
           screen(ChooseOrganization{
               .key = key, .action = "/x", .email = "ada@acme.test", .organizations = {}})}};
}

std::vector<Sample> invitation_samples() {
  const Invitation invitation{.action = "/invitation",
                              .token = "72039485712345.c2VjcmV0",
                              .email = "grace@hopper.test",
                              .organization = "Acme",
                              .inviter = "ada@acme.test"};
  Invitation switching = invitation;
  switching.organization = "Analytical Engines of Marylebone";
  switching.inviter.clear();
  switching.signed_in_as = "bob@acme.test";
  switching.stay_url = "/account";
  return {{"invitation", screen(invitation)},
          {"invitation-other_person", screen(switching)},
          {"invitation_over",
           screen(InvitationOver{
               .heading = "This invitation is over",
               .sentence = "It was open until 6 December 2026.",
               .advice = "Ask ada@acme.test or another administrator of Acme for a new one."})},
          {"invitation_over-accepted",
           screen(InvitationOver{.heading = "You have joined Acme already",
                                 .sentence = "This invitation was accepted on 21 November 2026.",
                                 .advice = "Sign in with the address that it was sent to.",
                                 .continue_url = "https://app.acme.test/login"})}};
}

std::vector<Sample> admin_portal_samples() {
  using State = PortalHome::Feature::State;
  const PortalOver over{.heading = "This link is over",
                        .sentence =
                            "A portal link opens once, within a minute of being made. This "
                            "one was opened before, is too old, or was withdrawn.",
                        .advice = "Ask whoever gave it to you for a new one.",
                        .kind = PortalOver::Kind::problem};
  PortalOver beside = over;
  beside.portal_url = "/portal";
  beside.organization = "Acme";
  const PortalHome home{
      .organization = "Acme",
      .organization_id = "org_7203948571234567",
      .features = {{"Single sign-on", "People sign in at your identity provider.", State::on},
                   {"Directory sync", "People and groups follow your directory.", State::on},
                   {"Session policy", "You decide how long people stay signed in.", State::off}},
      .ends_at = sample_time(),
      .leave_action = "/portal/leave"};
  PortalHome least = home;
  least.organization = "Analytical Engines of Marylebone";
  least.features.resize(1);
  return {{"portal_entry",
           screen(PortalEntry{.action = "/magicLink/9d5c33c8", .organization = "Acme"})},
          {"portal_over", screen(over)},
          {"portal_over-beside", screen(beside)},
          {"portal_over-left", screen(PortalOver{.heading = "You have left the portal",
                                                 .sentence = "It is closed in this browser.",
                                                 .advice = "To come back, ask for a new link.",
                                                 .kind = PortalOver::Kind::farewell})},
          {"portal_home", screen(home)},
          {"portal_home-least", screen(least)}};
}

Account account_sample() {
  using Place = Account::Session::Place;
  const Instant now = sample_time();
  return {
      .csrf = "Y3NyZg",
      .name = "Ada Lovelace",
      .email = "ada@acme.test",
      .user_id = "usr_72039485712345678",
      .memberships = {{"Acme", {"admin"}}, {"Analytical Engines", {"member"}}},
      .sessions = {{"ses_1", "Firefox on Linux", "192.0.2.10", now - hours(30), now, Place::here},
                   {"ses_2", "Safari on iPhone", "2001:db8::7", now - days(9), now - hours(20),
                    Place::elsewhere},
                   {"ses_3", "Chrome on Windows", "198.51.100.4", now - days(12), now - days(3),
                    Place::elsewhere}},
      .sign_out_action = "/account/sign-out",
      .sign_out_rest_action = "/account/sign-out-rest",
      .notice = "You signed out of Edge on Windows."};
}

std::vector<Sample> account_samples() {
  Account least = account_sample();
  least.name.clear();
  least.notice.clear();
  least.memberships.clear();
  least.sessions.resize(1);
  return {
      {"account", screen(account_sample())},
      {"account-least", screen(least)},
      {"signed_out",
       screen(SignedOut{.sign_in_url = "https://app.acme.test/login",
                        .developer_hint =
                            "post_logout_redirect_uri http://localhost:4322 is not registered, "
                            "so the person stays here."})},
      {"signed_out-least", screen(SignedOut{})},
      {"confirm_sign_out",
       screen(ConfirmSignOut{.csrf = "Y3NyZg",
                             .action = "/oidc/logout",
                             .email = "ada@acme.test",
                             .fields = {{"state", "xyz"}, {"client_id", "app_1"}},
                             .cancel_url = "/account"})},
      {"confirm_sign_out-least",
       screen(ConfirmSignOut{.csrf = "c", .action = "/oidc/logout", .email = "", .fields = {}})},
      {"form_post", screen(FormPost{.redirect_uri = "https://app.acme.test/callback",
                                    .fields = {{"code", "abc"}, {"state", "\"><script>"}}})}};
}

std::vector<Sample> failure_samples() {
  Failure failure{.heading = "We can’t take you back",
                  .sentence =
                      "The application asked us to send you to an address that it has not "
                      "registered, so we stopped here.",
                  .advice =
                      "Go back and try again. If it happens again, tell the people who run "
                      "the application, and give them the reference below.",
                  .code = "redirect_uri_mismatch",
                  .reference = "req_72039485712345678",
                  .at = sample_time(),
                  .back_url = "https://app.acme.test/",
                  .retry_url = "",
                  .developer = std::nullopt};
  Failure developer = failure;
  developer.developer = Failure::Developer{
      .cause =
          "The redirect_uri of the request is none of those registered for this application. "
          "They are compared character by character.",
      .comparison =
          Failure::Comparison{.name = "redirect_uri",
                              .sent = "http://localhost:4322/api/auth/callback",
                              .registered = {"http://localhost:4321/api/auth/callback",
                                             "https://console.acme.test/api/auth/callback"}},
      .command =
          "gatehouse admin applications add-redirect-uri app_72039485712345 "
          "http://localhost:4322/api/auth/callback",
      .story = {"route: GET /oauth/authorize", "client: app_72039485712345",
                "sql: applications.find", "refused: redirect_uri_mismatch"}};
  Failure none_registered = failure;
  none_registered.developer =
      Failure::Developer{.cause = "No redirect URI is registered.",
                         .comparison = Failure::Comparison{.name = "redirect_uri",
                                                           .sent = "http://localhost:4322/",
                                                           .registered = {}},
                         .command = "",
                         .story = {}};
  Failure both = failure;
  both.retry_url = "/login";
  failure.back_url.clear();
  return {{"failure", screen(both)},
          {"failure-least", screen(failure)},
          {"failure-developer", screen(developer)},
          {"failure-none_registered", screen(none_registered)}};
}

std::vector<Sample> reference_samples() {
  using Presence = ApiService::Field::Presence;
  using State = ApiService::Method::State;
  const ApiIndex::Service users{.name = "UserService",
                                .url = "/api/docs/UserService",
                                .about = "People, and what they are in organizations.",
                                .methods = {"GetUser", "ListUsers"}};
  const ApiService::Method get{
      .name = "GetUser",
      .summary = "Returns one person",
      .about = "Returns one person, with their memberships.",
      .rpc_path = "/scalekit.v1.users.UserService/GetUser",
      .bindings = {{"GET", "/api/v1/users/{id}"}, {"GET", "/api/v1/users:external/{external_id}"}},
      .request = {{.name = "id",
                   .type = "string",
                   .about = "The person.",
                   .rules = "19–25 characters · begins with usr_",
                   .presence = Presence::required}},
      .response = {{.name = "user", .type = "User"}}};
  const ApiService::Method old{.name = "FindUser",
                               .summary = "",
                               .about = "",
                               .rpc_path = "/scalekit.v1.users.UserService/FindUser",
                               .state = State::deprecated};
  return {{"api_index", screen(ApiIndex{.openapi_url = "/api/openapi.json",
                                        .services = {users},
                                        .unimplemented = {"ToolService/ListTools"}})},
          {"api_index-whole",
           screen(ApiIndex{
               .openapi_url = "/api/openapi.json", .services = {users}, .unimplemented = {}})},
          {"api_service", screen(ApiService{.name = "UserService",
                                            .about = users.about,
                                            .index_url = "/api/docs",
                                            .methods = {get, old}})}};
}

std::vector<Sample> development_samples() {
  const Instant now = sample_time();
  return {
      {"dev_mailbox",
       screen(
           DevMailbox{.filter = "",
                      .json_url = "http://localhost:8080/dev/mail?to=ada@acme.test",
                      .letters = {{"/dev/mail/2", "ada@acme.test",
                                   "482913 is your code for Acme Console", "482913", now},
                                  {"/dev/mail/1", "grace@hopper.test",
                                   "Finish signing up for Acme Console", "", now - minutes(7)}}})},
      {"dev_mailbox-least",
       screen(DevMailbox{.filter = "bob@acme.test",
                         .json_url = "http://localhost:8080/dev/mail?to=bob@acme.test",
                         .letters = {}})},
      {"dev_letter", screen(DevLetter{.mailbox_url = "/dev/mail",
                                      .to = "ada@acme.test",
                                      .subject = "482913 is your code for Acme Console",
                                      .text = "Your code is 482913.\n\nIt works for 10 minutes.\n",
                                      .code = "482913",
                                      .link = "http://localhost:8080/login/link?token=abc",
                                      .html_url = "/dev/mail/2/html",
                                      .at = now})},
      {"dev_letter-least", screen(DevLetter{.mailbox_url = "/dev/mail",
                                            .to = "a@b.test",
                                            .subject = "s",
                                            .text = "t",
                                            .code = "",
                                            .link = "",
                                            .html_url = "",
                                            .at = now})},
      {"home", screen(Home{.environment_url = "http://localhost:8080",
                           .environment_name = "Development",
                           .version = "0.1.0",
                           .client_id = "app_72039485712345",
                           .mailbox_url = "/dev/mail",
                           .simulator_url = "/dev/idp",
                           .account_url = "/account",
                           .discovery_url = "/.well-known/openid-configuration"})},
      {"home-least", screen(Home{.environment_url = "http://localhost:8080",
                                 .environment_name = "Development",
                                 .version = "0.1.0",
                                 .client_id = "",
                                 .mailbox_url = "",
                                 .account_url = "/account",
                                 .discovery_url = "/.well-known/openid-configuration"})}};
}

}  // namespace

std::vector<Sample> sample_screens() {
  std::vector<Sample> all;
  for (auto group :
       {sign_in_samples(), organization_samples(), invitation_samples(), admin_portal_samples(),
        account_samples(), failure_samples(), development_samples(), reference_samples(),
        simulator_samples(), sign_on_samples()}) {
    for (Sample& sample : group) all.push_back(std::move(sample));
  }
  return all;
}

}  // namespace gatehouse::pages
