#include "server/claims/facts.h"

#include <algorithm>
#include <array>

#include "server/core/ensure.h"

namespace gatehouse::claims {
namespace {

constexpr std::array<std::string_view, 16> user_attributes = {
    "id",      "email",  "email_verified",    "name",      "given_name",         "family_name",
    "picture", "locale", "external_id",       "metadata",  "preferred_username", "phone_number",
    "gender",  "groups", "custom_attributes", "created_at"};
constexpr std::array<std::string_view, 7> organization_attributes = {
    "id", "name", "display_name", "external_id", "slug", "metadata", "created_at"};
constexpr std::array<std::string_view, 4> membership_attributes = {"roles", "permissions",
                                                                   "metadata", "created_at"};
struct Root {
  std::string_view name;
  std::span<const std::string_view> attributes;
};
constexpr std::array<Root, 3> roots{{{"user", user_attributes},
                                     {"organization", organization_attributes},
                                     {"membership", membership_attributes}}};

const Root* find_root(std::string_view name) {
  const auto* found = std::ranges::find(roots, name, &Root::name);
  return found == roots.end() ? nullptr : found;
}

}  // namespace

bool is_root(std::string_view name) { return find_root(name) != nullptr; }

std::span<const std::string_view> attributes_of(std::string_view root) {
  const Root* found = find_root(root);
  ENSURE(found != nullptr);
  return found->attributes;
}

bool has_attribute(std::string_view root, std::string_view name) {
  const auto attributes = attributes_of(root);
  return std::ranges::find(attributes, name) != attributes.end();
}

std::string attributes_text(std::string_view root) {
  std::string text;
  for (const std::string_view attribute : attributes_of(root)) {
    if (!text.empty()) text += ", ";
    text += attribute;
  }
  return text;
}

}  // namespace gatehouse::claims
