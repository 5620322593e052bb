// Metadata: a few pairs of short texts that a customer hangs on a thing of theirs, and gets back as
// they are. Ordered by key, stored as one JSON object.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"

namespace gatehouse {

using Metadata = std::map<std::string, std::string, std::less<>>;

// Lengths count characters, not bytes.
inline constexpr std::size_t metadata_key_characters_min = 3;
inline constexpr std::size_t metadata_key_characters_max = 25;
inline constexpr std::size_t metadata_value_characters_max = 256;

// What is wrong with it, in words for whoever sent it; nullopt if it may be stored.
[[nodiscard]] std::optional<std::string> metadata_problem(const Metadata& metadata,
                                                          std::size_t pairs_max);

[[nodiscard]] std::string metadata_to_json(const Metadata& metadata);
// Of what metadata_to_json wrote. Errors: invalid_argument.
Result<Metadata, Error> metadata_from_json(std::string_view json);

}  // namespace gatehouse
