// Bounds of settings that applications share, and what an audit record says of a change.

#pragma once

#include "server/environments/environment.h"

namespace gatehouse::environments {

// Of access tokens of people, for the environment and for each of its applications.
inline constexpr Duration access_token_lifetime_min = seconds(1);
inline constexpr Duration access_token_lifetime_max = days(1);
// Of client_credentials tokens.
inline constexpr Duration m2m_token_lifetime_max = days(30);

// The names of the settings that differ, separated by commas.
[[nodiscard]] std::string changed_settings(const Settings& before, const Settings& after);

}  // namespace gatehouse::environments
