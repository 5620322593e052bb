// What holds of clients of every kind: applications and machine clients. For the files of this
// module alone. Errors: invalid_argument, naming the field as the contract spells it.

#pragma once

#include <string>
#include <vector>

#include "server/applications/custom_claim.h"
#include "server/core/error.h"
#include "server/core/result.h"

namespace gatehouse::applications {

inline constexpr std::size_t client_name_characters_max = 128;
inline constexpr std::size_t client_description_characters_max = 512;

[[nodiscard]] Error invalid(std::string why, std::string field);

// The text as people will read it: cleaned, at most so many characters, perhaps empty.
struct TextRule {
  std::string_view field;
  std::size_t characters_max;
  enum class Empty { allowed, refused } empty = Empty::allowed;
};
Result<std::string, Error> checked_text(std::string_view text, const TextRule& rule);

// Scope tokens [RFC 6749 §3.3], each once.
Result<Unit, Error> check_scopes(const std::vector<std::string>& scopes);
// Names of resource servers, each once.
Result<Unit, Error> check_audience(const std::vector<std::string>& audience);
// Printable texts, each key once, so few that the token stays small.
Result<Unit, Error> check_custom_claims(const std::vector<CustomClaim>& claims);

[[nodiscard]] bool has_repetition(std::vector<std::string> texts);

}  // namespace gatehouse::applications
