#include "server/app/commands/import_line.h"

#include <algorithm>
#include <array>

namespace gatehouse::app::commands {
namespace {

using members::ImportedUser;

constexpr std::size_t line_bytes_max = 64 * 1024;

Error wrong_member(std::string_view key, std::string_view expected) {
  return {ErrorCode::invalid_argument,
          "'" + std::string(key) + "' must be " + std::string(expected)};
}

Result<std::string, Error> text_of(const Json::Member& member) {
  const auto text = member.value.string();
  if (!text.has_value()) return wrong_member(member.key, "a string");
  return std::string(*text);
}

// Exports write what they have nothing for as null or "".
Result<std::optional<std::string>, Error> optional_text_of(const Json::Member& member) {
  if (member.value.is_null()) return std::optional<std::string>();
  std::string text = TRY(text_of(member));
  return text.empty() ? std::optional<std::string>() : std::optional(std::move(text));
}

Result<Metadata, Error> metadata_of(const Json::Member& member) {
  Metadata metadata;
  const Json::Object* pairs = member.value.object();
  if (pairs == nullptr) return wrong_member(member.key, "an object of strings");
  for (const Json::Member& pair : *pairs) {
    const auto value = pair.value.string();
    if (!value.has_value()) return wrong_member(member.key, "an object of strings");
    metadata.emplace(pair.key, *value);
  }
  return metadata;
}

Result<std::vector<std::string>, Error> names_of(const Json::Member& member) {
  std::vector<std::string> names;
  const Json::Array* items = member.value.array();
  if (items == nullptr) return wrong_member(member.key, "an array of strings");
  for (const Json& item : *items) {
    const auto name = item.string();
    if (!name.has_value() || name->empty()) return wrong_member(member.key, "an array of strings");
    names.emplace_back(*name);
  }
  return names;
}

using Take = Result<Unit, Error> (*)(const Json::Member& member, ImportedUser& line);

template <std::string users::NewUser::*field>
Result<Unit, Error> take_text(const Json::Member& member, ImportedUser& line) {
  const auto text = TRY(optional_text_of(member));
  line.user.*field = text.value_or("");
  return Unit{};
}
template <std::optional<std::string> users::NewUser::*field>
Result<Unit, Error> take_optional(const Json::Member& member, ImportedUser& line) {
  line.user.*field = TRY(optional_text_of(member));
  return Unit{};
}
Result<Unit, Error> take_nothing(const Json::Member&, ImportedUser&) { return Unit{}; }
Result<Unit, Error> take_verified(const Json::Member& member, ImportedUser& line) {
  const auto verified = member.value.boolean();
  if (!verified.has_value()) return wrong_member(member.key, "true or false");
  line.user.email_verified =
      *verified ? users::NewUser::Verified::yes : users::NewUser::Verified::no;
  return Unit{};
}
Result<Unit, Error> take_phone(const Json::Member& member, ImportedUser& line) {
  const auto text = TRY(optional_text_of(member));
  line.user.profile.phone_number = text.value_or("");
  return Unit{};
}
Result<Unit, Error> take_metadata(const Json::Member& member, ImportedUser& line) {
  line.user.metadata = TRY(metadata_of(member));
  return Unit{};
}
Result<Unit, Error> take_organization(const Json::Member& member, ImportedUser& line) {
  const auto text = TRY(optional_text_of(member));
  if (!text.has_value()) return Unit{};
  line.organization = OrgId::parse(*text);
  if (!line.organization.has_value()) return wrong_member(member.key, "an organization's id");
  return Unit{};
}
Result<Unit, Error> take_organization_external_id(const Json::Member& member, ImportedUser& line) {
  line.organization_external_id = TRY(optional_text_of(member));
  return Unit{};
}
Result<Unit, Error> take_roles(const Json::Member& member, ImportedUser& line) {
  line.roles = TRY(names_of(member));
  return Unit{};
}

struct Known {
  std::string_view key;
  Take take;
};
constexpr std::array<Known, 13> known_members{{
    {"email", take_nothing},  // taken first
    {"given_name", take_text<&users::NewUser::given_name>},
    {"family_name", take_text<&users::NewUser::family_name>},
    {"name", take_text<&users::NewUser::name>},
    {"external_id", take_optional<&users::NewUser::external_id>},
    {"email_verified", take_verified},
    {"locale", take_optional<&users::NewUser::locale>},
    {"picture", take_optional<&users::NewUser::picture>},
    {"phone_number", take_phone},
    {"metadata", take_metadata},
    {"organization", take_organization},
    {"organization_external_id", take_organization_external_id},
    {"roles", take_roles},
}};

}  // namespace

Result<ImportedUser, Error> parse_imported_user(std::string_view line, std::int64_t number) {
  const Json json = TRY(Json::parse(line, {.bytes_max = line_bytes_max}));
  const Json::Object* members = json.object();
  if (members == nullptr) return Error(ErrorCode::invalid_argument, "not a JSON object");
  const auto address = json.string("email");
  if (!address.has_value()) return wrong_member("email", "there, and a string");
  const auto email = users::Email::parse(*address);
  if (!email.has_value()) return wrong_member("email", "an e-mail address that we accept");
  ImportedUser wanted{.line = number,
                      .user = {.email = *email, .email_verified = users::NewUser::Verified::yes}};
  for (const Json::Member& member : *members) {
    const auto* known = std::ranges::find(known_members, member.key, &Known::key);
    if (known == known_members.end()) {
      return Error(ErrorCode::invalid_argument, "unknown member '" + member.key + "'");
    }
    TRY(known->take(member, wanted));
  }
  if (wanted.organization.has_value() && wanted.organization_external_id.has_value()) {
    return Error(ErrorCode::invalid_argument,
                 "either 'organization' or 'organization_external_id', not both");
  }
  return wanted;
}

}  // namespace gatehouse::app::commands
