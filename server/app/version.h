// The version of this binary; CHANGELOG.md says what each one brought.

#pragma once

#include <string_view>

namespace gatehouse::app {

inline constexpr std::string_view version = "0.1.0";

}  // namespace gatehouse::app
