// Golden files: what goes over the wire, as a text under tests/golden/. A test compares; with
// GATEHOUSE_GOLDEN=update in the environment it writes the file anew, and the diff is the review.

#pragma once

#include <string>
#include <string_view>

#include "server/encoding/json.h"

namespace gatehouse::world {

// Compares with tests/golden/<name>, seen from the folder where ctest runs the tests.
void check_golden(std::string_view name, std::string_view text);
// The same JSON, indented, members in their order.
[[nodiscard]] std::string pretty(const Json& json);

}  // namespace gatehouse::world
