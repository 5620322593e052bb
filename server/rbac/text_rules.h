// What the texts of roles and permissions may be.

#pragma once

#include <optional>

#include "server/core/error.h"
#include "server/core/result.h"

namespace gatehouse::rbac {

// Letters and digits of ASCII, "_", and ":" where colons are allowed; 1 to 64 of them.
enum class Colons { allowed, refused };
[[nodiscard]] bool is_name(std::string_view text, Colons colons);
Result<Unit, Error> check_permission_name(std::string_view name, std::string_view field);
// At most 2,000 characters of UTF-8, which may be none.
Result<Unit, Error> check_description(std::string_view description, std::string_view field);

// The contract's words for a second role or permission of one name.
[[nodiscard]] Error name_taken(std::string_view thing, std::string_view field);
[[nodiscard]] Error not_found(std::string_view thing);

}  // namespace gatehouse::rbac
