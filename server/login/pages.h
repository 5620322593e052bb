// The pages of a sign-in: which screen a decision becomes, and the pages for what went wrong.

#pragma once

#include "server/applications/application.h"
#include "server/environments/environment.h"
#include "server/login/brand.h"
#include "server/pages/layout.h"
#include "server/pages/screens.h"

namespace gatehouse::login {

struct Visit;

// A note to show with the page of the current step: what was wrong with the form just posted.
struct Remark {
  pages::EmailProblem email = pages::EmailProblem::none;
  pages::CodeProblem code = pages::CodeProblem::none;
  pages::MailNotice mail = pages::MailNotice::none;
  std::string typed_email = {};
  // Of the sign-up form, each beside its field.
  std::string organization_problem = {}, given_name_problem = {}, family_name_problem = {};
  // As typed, to be shown again.
  std::string organization_name = {}, given_name = {}, family_name = {};
};

// The page for what the flow needs now. Of one that is over: on to its starter, or, if another tab
// went there before, the page that says so.
[[nodiscard]] http::Response step_page(const Visit& visit, const Remark& remark = {});

// "This sign-in is over, or was started elsewhere": unknown flow, other browser, foreign form.
[[nodiscard]] http::Response unknown_flow_page(const pages::Pages& pages,
                                               const environments::Environment& environment);
// "You are signed in": the sign-in was finished in another tab. The application may be null.
[[nodiscard]] http::Response signed_in_elsewhere_page(const pages::Pages& pages,
                                                      const environments::Environment& environment,
                                                      const applications::Application* application);
// Too many mails or codes: 429.
[[nodiscard]] http::Response too_many_page(const Visit& visit, Duration wait);
// Something did not work: 400 or 403 where the request is at fault, 503 where waiting helps, 500
// otherwise.
[[nodiscard]] http::Response trouble_page(const pages::Pages& pages, const Context& context,
                                          const environments::Environment& environment,
                                          const Error& error);

// Where a person may start again: the application's initiate-login URI; empty if there is none.
[[nodiscard]] std::string restart_url(const Visit& visit);

}  // namespace gatehouse::login
