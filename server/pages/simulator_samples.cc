#include "server/pages/sample_screens.h"
#include "server/pages/simulator_screens.h"

namespace gatehouse::pages {
namespace {

SimulatedSignIn simulated_sign_in() {
  using Choice = SimulatedSignIn::Outcome::Choice;
  return {.action = "/dev/idp/okta/conn_1/saml/answer",
          .fields = {{"request", "_1f"}, {"RelayState", "x"}},
          .provider = "Okta",
          .application = "Acme Console",
          .email = "ada@example.com",
          .given_name = "",
          .family_name = "",
          .groups = "Engineering",
          .more = "",
          .people = {{"ada@example.com", "Ada Lovelace"}, {"grace@example.com", "Grace Hopper"}},
          .outcomes = {{"success", "Success", "The person is who they say.", Choice::chosen},
                       {"expired", "Expired", "It ended ten minutes ago.", Choice::other},
                       {"slow", "Slow", "The answer takes eight seconds.", Choice::other}},
          .asked = {{"Issuer", "http://localhost:8080/sso/v1/saml/conn_1"},
                    {"Answer goes to", "http://localhost:8080/sso/v1/saml/conn_1/callback"}},
          .sends = {"Response and assertion are both signed."},
          .all_url = "/dev/idp"};
}

}  // namespace

std::vector<Sample> simulator_samples() {
  using State = Simulator::Provider::State;
  using Problem = SimulatedSignIn::Problem;
  const Simulator all{
      .providers = {{.title = "Okta",
                     .protocol = "SAML",
                     .organization = "Example Corp",
                     .connection_id = "conn_1",
                     .state = State::enabled,
                     .domains = {"example.com", "example.org"},
                     .tile_url = "/dev/idp/okta/conn_1/saml/tile",
                     .sign_out_action = "/dev/idp/okta/conn_1/saml/sign-out",
                     .facts = {{"Entity id", "http://www.okta.com/exk0123456789abcdef0"}},
                     .sends = {"Response and assertion are both signed."}},
                    {.title = "Plain",
                     .protocol = "OIDC",
                     .organization = "",
                     .connection_id = "conn_2",
                     .state = State::disabled}},
      .profiles = {{"okta", "Okta"}, {"plain", "Plain"}},
      .change_action = "/dev/idp/profile",
      .notice = "Example Corp signs in at Okta now."};
  SimulatedSignIn missing = simulated_sign_in();
  missing.email.clear();
  missing.problem = Problem::email_missing;
  SimulatedSignIn malformed = simulated_sign_in();
  malformed.problem = Problem::more_malformed;
  malformed.asked.clear();
  const SimulatedAnswer answer{.provider = "Okta",
                               .target = "http://localhost:8080/sso/v1/saml/conn_1/callback",
                               .fields = {{"SAMLResponse", "PHg+"}, {"RelayState", "\"><script>"}}};
  SimulatedAnswer slow = answer;
  slow.wait_seconds = 8;
  return {
      {"dev_idp", screen(all)},
      {"dev_idp-least",
       screen(Simulator{.providers = {}, .profiles = {}, .change_action = "/dev/idp/profile"})},
      {"dev_idp_sign_in", screen(simulated_sign_in())},
      {"dev_idp_sign_in-problem", screen(missing)},
      {"dev_idp_sign_in-more_problem", screen(malformed)},
      {"dev_idp_answer", screen(answer)},
      {"dev_idp_answer-slow", screen(slow)},
      {"dev_idp_notice", screen(SimulatorNotice{.heading = "This is no request",
                                                .sentence = "The provider expects an AuthnRequest.",
                                                .advice = "Begin at your application.",
                                                .all_url = "/dev/idp"})},
      {"dev_idp_notice-farewell", screen(SimulatorNotice{.heading = "Signed out of Okta",
                                                         .sentence = "You are signed out there.",
                                                         .advice = "You can close this page.",
                                                         .kind = SimulatorNotice::Kind::farewell,
                                                         .all_url = "/dev/idp"})}};
}

}  // namespace gatehouse::pages
