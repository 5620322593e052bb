#include "server/pages/sample_screens.h"
#include "server/pages/sign_on_screens.h"

namespace gatehouse::pages {
namespace {

using Outcome = SignOnCheck::Outcome;

const std::vector<SignOnCheck> checks{
    {"The answer belongs to a request of ours", "", Outcome::passed},
    {"The signature is the provider's", "RSA with SHA-256", Outcome::passed},
    {"The audience is this connection", "", Outcome::failed}};

SignOnDiagnosis diagnosis() {
  return {.name = "audience_mismatch",
          .explanation = "The assertion was made out to somebody else.",
          .remedy = "In Okta, set Audience URI (SP Entity ID) to what is expected.",
          .expected = "http://localhost:8080/sso/v1/saml/conn_72039485712345",
          .received = "http://localhost:8080/saml",
          .checks = checks,
          .command = "gatehouse doctor sso err_72039485712345"};
}

}  // namespace

std::vector<Sample> sign_on_samples() {
  const SignOnFailed failed{.heading = "Single sign-on did not work",
                            .advice = "Ask the administrator of your organization.",
                            .code = "invalid_saml_response",
                            .reference = "err_72039485712345",
                            .at = instant_from_ms(1'795'292'100'000),
                            .retry_url = "/sso/start?flow=flw_1",
                            .back_url = "https://app.acme.test/login"};
  SignOnFailed developing = failed;
  developing.diagnosis = diagnosis();
  SignOnFailed least = failed;
  least.reference.clear();
  least.retry_url.clear();
  least.back_url.clear();
  const TriedOut works{.connection = "Okta",
                       .organization = "Example Corp",
                       .checks = {checks[0], checks[1]},
                       .profile = {{"email", "ada@example.com"}, {"given_name", "Ada"}},
                       .received = {{"firstName", "Ada"}, {"department", "Engines"}}};
  TriedOut wrong{.connection = "Okta",
                 .diagnosis = diagnosis(),
                 .checks = checks,
                 .reference = "err_72039485712345"};
  return {{"sign_on_failed", screen(failed)},
          {"sign_on_failed-developer", screen(developing)},
          {"sign_on_failed-least", screen(least)},
          {"tried_out", screen(works)},
          {"tried_out-problem", screen(wrong)}};
}

}  // namespace gatehouse::pages
