#include "server/users/profile.h"

#include <algorithm>
#include <set>

#include "server/encoding/utf8.h"

namespace gatehouse::users {
namespace {

constexpr std::size_t groups_max = 50;
constexpr std::size_t group_characters_max = 250;

bool has_at_most(std::string_view text, std::size_t characters_max) {
  const auto characters = count_characters(text);
  return characters.has_value() && *characters <= characters_max &&
         text.find('\0') == std::string_view::npos;
}

Error bad_field(std::string field, std::string_view why) {
  return refusal(ErrorCode::invalid_argument, field + " " + std::string(why), field);
}

Metadata metadata_of(const Json& json, std::string_view key) {
  Metadata metadata;
  if (const Json::Object* members = json.object(key)) {
    for (const Json::Member& member : *members) {
      metadata.emplace(member.key, member.value.string().value_or(""));
    }
  }
  return metadata;
}

std::string text_or_empty(const Json& json, std::string_view key) {
  return std::string(json.string(key).value_or(""));
}

}  // namespace

Result<Unit, Error> check_metadata(const Metadata& metadata, std::string_view field) {
  if (auto problem = metadata_problem(metadata, metadata_pairs_max); problem.has_value()) {
    return refusal(ErrorCode::invalid_argument, *std::move(problem), std::string(field));
  }
  return Unit{};
}

Metadata stored_metadata(std::string_view stored) {
  if (stored == "{}") return {};
  auto metadata = metadata_from_json(stored);
  ENSURE(metadata.ok());
  return std::move(metadata).value();
}

Result<Unit, Error> check_profile(const Profile& profile) {
  if (!has_at_most(profile.preferred_username, 512)) {
    return bad_field("preferred_username", "must have at most 512 characters");
  }
  if (!has_at_most(profile.phone_number, 255)) {
    return bad_field("phone_number", "must have at most 255 characters");
  }
  if (!has_at_most(profile.gender, 255)) {
    return bad_field("gender", "must have at most 255 characters");
  }
  const bool all_named = std::ranges::all_of(profile.groups, [](const std::string& group) {
    return !group.empty() && has_at_most(group, group_characters_max);
  });
  const std::set<std::string_view> distinct(profile.groups.begin(), profile.groups.end());
  if (!all_named || profile.groups.size() > groups_max ||
      distinct.size() != profile.groups.size()) {
    return bad_field("groups", "must be at most 50 different names of 1 to 250 characters");
  }
  TRY(check_metadata(profile.custom_attributes, "custom_attributes"));
  return check_metadata(profile.metadata, "metadata");
}

std::string profile_text(const Profile& profile) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  const auto put = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) writer.field(key, value);
  };
  put("phone_number", profile.phone_number);
  if (profile.phone_number_verified) writer.field("phone_number_verified", true);
  put("preferred_username", profile.preferred_username);
  put("gender", profile.gender);
  if (!profile.groups.empty()) {
    writer.key("groups").begin_array();
    for (const std::string& group : profile.groups) writer.value(group);
    writer.end_array();
  }
  if (!profile.custom_attributes.empty()) {
    writer.key("custom_attributes").raw(metadata_to_json(profile.custom_attributes));
  }
  if (!profile.metadata.empty()) {
    writer.key("metadata").raw(metadata_to_json(profile.metadata));
  }
  writer.end_object();
  return text;
}

Profile profile_from_text(std::string_view stored) {
  if (stored == "{}") return {};
  const auto parsed = Json::parse(stored);
  ENSURE(parsed.ok());
  const Json& json = parsed.value();
  Profile profile{.phone_number = text_or_empty(json, "phone_number"),
                  .phone_number_verified = json.boolean("phone_number_verified").value_or(false),
                  .preferred_username = text_or_empty(json, "preferred_username"),
                  .gender = text_or_empty(json, "gender"),
                  .groups = {},
                  .custom_attributes = metadata_of(json, "custom_attributes"),
                  .metadata = metadata_of(json, "metadata")};
  if (const Json::Array* groups = json.array("groups")) {
    for (const Json& group : *groups) profile.groups.emplace_back(group.string().value_or(""));
  }
  return profile;
}

}  // namespace gatehouse::users
