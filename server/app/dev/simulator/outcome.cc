#include "server/app/dev/simulator/outcome.h"

#include <array>

namespace gatehouse::app::dev {
namespace {

constexpr std::array<OutcomeText, 11> saml_outcomes = {{
    {Outcome::success, "Success", "The person is who they say."},
    {Outcome::idp_initiated, "Started at the provider", "Nobody asked, as from an app tile."},
    {Outcome::missing_mail, "No e-mail", "The account has no mail address."},
    {Outcome::wrong_audience, "Wrong audience", "Meant for another application."},
    {Outcome::expired, "Expired", "It ended ten minutes ago."},
    {Outcome::skewed_clock, "Skewed clock", "Its clock is ten minutes ahead."},
    {Outcome::unsigned_, "Unsigned", "Nobody has signed it."},
    {Outcome::bad_signature, "Bad signature", "Signed, and then damaged."},
    {Outcome::rotated_certificate, "Rotated certificate", "Signed with a key nobody knows."},
    {Outcome::refused, "Refused", "The provider says no."},
    {Outcome::slow, "Slow", "The answer takes eight seconds."},
}};

// A provider that people start at has no answer to send in OpenID Connect.
constexpr std::array<OutcomeText, 10> oidc_outcomes = {{
    {Outcome::success, "Success", "The person is who they say."},
    {Outcome::missing_mail, "No e-mail", "The account has no mail address."},
    {Outcome::wrong_audience, "Wrong audience", "The ID token is for another client."},
    {Outcome::expired, "Expired", "The ID token ended ten minutes ago."},
    {Outcome::skewed_clock, "Skewed clock", "Its clock is ten minutes ahead."},
    {Outcome::unsigned_, "Unsigned", "The ID token says “alg”: “none”."},
    {Outcome::bad_signature, "Bad signature", "Signed, and then damaged."},
    {Outcome::rotated_certificate, "Rotated key", "Signed with a key it does not publish."},
    {Outcome::refused, "Refused", "The provider says no."},
    {Outcome::slow, "Slow", "The token endpoint takes eight seconds."},
}};

}  // namespace

std::span<const OutcomeText> outcomes_of(Protocol protocol) {
  if (protocol == Protocol::saml) return saml_outcomes;
  return oidc_outcomes;
}

}  // namespace gatehouse::app::dev
