#include "server/rbac/text_rules.h"

#include <algorithm>

#include "server/encoding/utf8.h"
#include "server/rbac/permission.h"

namespace gatehouse::rbac {

bool is_name(std::string_view text, Colons colons) {
  return !text.empty() && text.size() <= name_bytes_max && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c == ':' && colons == Colons::allowed);
  });
}

Result<Unit, Error> check_permission_name(std::string_view name, std::string_view field) {
  if (is_name(name, Colons::allowed)) return Unit{};
  return refusal(ErrorCode::invalid_argument,
                 "a permission's name is 1 to 64 letters, digits, underscores and colons",
                 std::string(field));
}

Result<Unit, Error> check_description(std::string_view description, std::string_view field) {
  const auto characters = count_characters(description);
  if (characters.has_value() && *characters <= description_characters_max) return Unit{};
  return refusal(ErrorCode::invalid_argument, "a description has at most 2000 characters",
                 std::string(field));
}

Error name_taken(std::string_view thing, std::string_view field) {
  return refusal(ErrorCode::invalid_argument,
                 "duplicate key not allowed: there is a " + std::string(thing) + " of this name",
                 std::string(field));
}

Error not_found(std::string_view thing) {
  return refusal(ErrorCode::not_found, std::string(thing) + " not found");
}

}  // namespace gatehouse::rbac
