// What identity providers call the parts of a profile: the names that each of them sends unless
// told otherwise, the object identifiers of directories, and the claim addresses of Microsoft.

#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace gatehouse::sso::saml {

enum class ProfileField {
  email,
  given_name,
  family_name,
  name,
  picture,
  locale,
  phone_number,
  preferred_username,
  gender,
  groups,
};

// Most telling first.
[[nodiscard]] std::span<const std::string_view> known_names(ProfileField field);

// Names of attributes that keep naming one person: most lasting first.
[[nodiscard]] std::span<const std::string_view> known_person_ids();
// Entra ID's id of the person within the tenant.
inline constexpr std::string_view entra_object_id =
    "http://schemas.microsoft.com/identity/claims/objectidentifier";

// Which field the left side of an attribute mapping means ("firstName", "first_name", "given_name"
// are one); nullopt: a custom attribute.
[[nodiscard]] std::optional<ProfileField> profile_field(std::string_view our_name);
// Whether it means the id of the person ("sub", "id", "user_id", "external_id", …).
[[nodiscard]] bool means_person_id(std::string_view our_name);
// Whether the right side means the NameID rather than an attribute.
[[nodiscard]] bool means_name_id(std::string_view their_name);

}  // namespace gatehouse::sso::saml
