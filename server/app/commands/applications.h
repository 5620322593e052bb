// What the commands about applications share.

#pragma once

#include "server/applications/application.h"
#include "server/encoding/json.h"

namespace gatehouse::app::commands {

// Everything about it but its secrets.
[[nodiscard]] Json describe(const applications::Application& application);

}  // namespace gatehouse::app::commands
