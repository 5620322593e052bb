// How pages tell a moment: for people, and for programs in the `datetime` attribute.

#pragma once

#include "server/core/time.h"
#include "server/pages/view.h"

namespace gatehouse::pages {

// {{name}} becomes "21 Nov 2026, 20:15 UTC", {{name_text}} the form of [RFC 3339 §5.6].
void add_time(View& view, const std::string& name, Instant instant);

}  // namespace gatehouse::pages
