// Days as people read them.

#pragma once

#include <string>

#include "server/core/time.h"

namespace gatehouse::pages {

// "6 December 2026": the day in UTC.
[[nodiscard]] std::string day_text(Instant instant);

}  // namespace gatehouse::pages
