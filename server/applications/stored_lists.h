// How lists of texts and claims are stored: as JSON texts. For the files of this module alone.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/applications/custom_claim.h"

namespace gatehouse::applications {

[[nodiscard]] std::string texts_to_json(const std::vector<std::string>& texts);
// nullopt if that is no array of texts.
[[nodiscard]] std::optional<std::vector<std::string>> texts_from_json(std::string_view json);

[[nodiscard]] std::string claims_to_json(const std::vector<CustomClaim>& claims);
[[nodiscard]] std::optional<std::vector<CustomClaim>> claims_from_json(std::string_view json);

}  // namespace gatehouse::applications
