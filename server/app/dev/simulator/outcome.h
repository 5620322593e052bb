// How a simulated sign-in ends. Whatever is not a success differs from it in the one thing that its
// name says, so that what refuses it has found exactly that.

#pragma once

#include <span>
#include <string_view>

#include "server/core/enum_names.h"
#include "server/core/time.h"

namespace gatehouse::app::dev {

enum class Outcome {
  success,
  idp_initiated,
  missing_mail,
  wrong_audience,
  expired,
  skewed_clock,
  unsigned_,
  bad_signature,
  rotated_certificate,
  refused,
  slow,
};
inline constexpr EnumNames<Outcome, 11> outcome_names({"success", "idp_initiated", "missing_mail",
                                                       "wrong_audience", "expired", "skewed_clock",
                                                       "unsigned", "bad_signature",
                                                       "rotated_certificate", "refused", "slow"});

enum class Protocol { saml, oidc };

struct OutcomeText {
  Outcome outcome;
  std::string_view title;
  std::string_view text;  // what is sent
};
// Those that the protocol has, in the order shown.
[[nodiscard]] std::span<const OutcomeText> outcomes_of(Protocol protocol);

// How long ago what is "expired" ended, and how far ahead a "skewed" clock is: more than anybody
// allows for.
inline constexpr Duration expired_ago = minutes(10);
inline constexpr Duration skew = minutes(10);
// What is longer than a person waits gladly, and than a server waits for another.
inline constexpr Duration slowness = seconds(8);
// Whom an answer with a "wrong audience" is for.
inline constexpr std::string_view other_audience = "https://another-application.example/saml";

}  // namespace gatehouse::app::dev
