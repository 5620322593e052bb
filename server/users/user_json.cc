// How events show a user: the contract's field names, what is unset left out.

#include "server/users/user.h"

namespace gatehouse::users {
namespace {

void put(JsonWriter& writer, std::string_view key, const std::string& text) {
  if (!text.empty()) writer.field(key, text);
}

void put_metadata(JsonWriter& writer, std::string_view key, const Metadata& metadata) {
  if (!metadata.empty()) writer.key(key).raw(metadata_to_json(metadata));
}

void write_profile(JsonWriter& writer, const UserDetails& details) {
  const User& user = details.user;
  const Profile& profile = details.profile;
  writer.begin_object();
  writer.field("id", profile_id(user.id));
  put(writer, "given_name", user.given_name);
  put(writer, "family_name", user.family_name);
  put(writer, "first_name", user.given_name);
  put(writer, "last_name", user.family_name);
  put(writer, "name", user.name);
  put(writer, "locale", user.locale.value_or(""));
  writer.field("email_verified", user.email_verified);
  put(writer, "phone_number", profile.phone_number);
  if (profile.phone_number_verified) writer.field("phone_number_verified", true);
  put(writer, "preferred_username", profile.preferred_username);
  put(writer, "picture", user.picture.value_or(""));
  put(writer, "gender", profile.gender);
  if (!profile.groups.empty()) {
    writer.key("groups").begin_array();
    for (const std::string& group : profile.groups) writer.value(group);
    writer.end_array();
  }
  put_metadata(writer, "metadata", profile.metadata);
  put_metadata(writer, "custom_attributes", profile.custom_attributes);
  writer.end_object();
}

}  // namespace

std::string profile_id(UserId user) { return "usp_" + std::to_string(user.number()); }

void write_user(JsonWriter& writer, const UserDetails& details) {
  const User& user = details.user;
  writer.begin_object();
  writer.field("id", user.id.text());
  writer.field("email", user.email.text());
  put(writer, "external_id", user.external_id.value_or(""));
  writer.field("create_time", to_rfc3339(user.created_at));
  writer.field("update_time", to_rfc3339(user.updated_at));
  if (user.last_login_at.has_value()) {
    writer.field("last_login_time", to_rfc3339(*user.last_login_at));
  }
  put_metadata(writer, "metadata", details.metadata);
  writer.key("user_profile");
  write_profile(writer, details);
  writer.end_object();
}

}  // namespace gatehouse::users
