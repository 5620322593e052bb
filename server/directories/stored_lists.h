// The short lists that a directory's row holds as JSON.

#pragma once

#include "server/directories/directory.h"

namespace gatehouse::directories {

[[nodiscard]] std::string mappings_to_json(const std::vector<AttributeMapping>& mappings);
[[nodiscard]] std::vector<AttributeMapping> mappings_from_json(std::string_view json);
[[nodiscard]] std::string groups_to_json(const std::vector<TrackedGroup>& groups);
[[nodiscard]] std::vector<TrackedGroup> groups_from_json(std::string_view json);
[[nodiscard]] std::string texts_to_json(const std::vector<std::string>& texts);
[[nodiscard]] std::vector<std::string> texts_from_json(std::string_view json);

}  // namespace gatehouse::directories
