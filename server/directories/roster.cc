#include "server/directories/roster.h"

#include <algorithm>
#include <array>

#include "server/encoding/json.h"

namespace gatehouse::directories {
namespace {

constexpr std::array<std::string_view, 9> user_members{
    "id",     "dp_id",  "email", "preferred_username", "given_name", "family_name",
    "emails", "active", "groups"};
constexpr std::array<std::string_view, 3> group_members{"id", "dp_id", "display_name"};

void add_others(JsonWriter& writer, const std::string& detail,
                std::span<const std::string_view> own) {
  const auto document = Json::parse(detail);
  if (!document.ok() || document.value().object() == nullptr) return;
  for (const Json::Member& member : *document.value().object()) {
    if (std::ranges::find(own, member.key) == own.end()) writer.field(member.key, member.value);
  }
}

}  // namespace

std::string user_detail(const DirectoryUser& user) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object()
      .field("id", user.id.text())
      .field("dp_id", user.external_id)
      .field("email", user.email)
      .field("preferred_username", user.preferred_username)
      .field("given_name", user.given_name)
      .field("family_name", user.family_name)
      .field("active", user.is_active)
      .key("emails")
      .begin_array();
  for (const std::string& email : user.emails) writer.value(email);
  writer.end_array().key("groups").begin_array();
  for (const GroupName& group : user.groups) {
    writer.begin_object()
        .field("id", group.id.text())
        .field("name", group.display_name)
        .end_object();
  }
  writer.end_array();
  add_others(writer, user.detail, user_members);
  writer.end_object();
  return text;
}

std::string group_detail(const DirectoryGroup& group) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object()
      .field("id", group.id.text())
      .field("dp_id", group.external_id)
      .field("display_name", group.display_name);
  add_others(writer, group.detail, group_members);
  writer.end_object();
  return text;
}

}  // namespace gatehouse::directories
