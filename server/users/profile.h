// Profile: the parts of a person that no sign-in asks for. Kept as one JSON document, because
// nothing is searched or decided by them.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/encoding/json.h"
#include "server/encoding/metadata.h"

namespace gatehouse::users {

inline constexpr std::size_t metadata_pairs_max = 20;

// Errors: invalid_argument, naming `field`.
Result<Unit, Error> check_metadata(const Metadata& metadata, std::string_view field);

struct Profile {
  std::string phone_number;
  bool phone_number_verified = false;
  std::string preferred_username;
  std::string gender;
  std::vector<std::string> groups;
  Metadata custom_attributes;
  Metadata metadata;  // of the profile; the user has another

  friend bool operator==(const Profile&, const Profile&) = default;
};

// Errors: invalid_argument, naming the field: the user name has more than 512 characters, telephone
// or gender more than 255; more than 50 groups, one twice, or one of other than 1 to 250
// characters; what check_metadata refuses.
Result<Unit, Error> check_profile(const Profile& profile);

// The stored form. What is empty is left out: "{}" for most people.
[[nodiscard]] std::string profile_text(const Profile& profile);
[[nodiscard]] Profile profile_from_text(std::string_view stored);
// Metadata that we stored.
[[nodiscard]] Metadata stored_metadata(std::string_view stored);

}  // namespace gatehouse::users
