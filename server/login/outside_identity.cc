#include "server/login/outside_identity.h"

#include "server/encoding/json.h"

namespace gatehouse::login {
namespace {

struct TextField {
  std::string_view key;
  std::string OutsideIdentity::*member;
};
constexpr TextField text_fields[] = {
    {"connection_type", &OutsideIdentity::connection_type},
    {"provider", &OutsideIdentity::provider},
    {"issuer", &OutsideIdentity::issuer},
    {"subject", &OutsideIdentity::subject},
    {"given_name", &OutsideIdentity::given_name},
    {"family_name", &OutsideIdentity::family_name},
    {"name", &OutsideIdentity::name},
    {"picture", &OutsideIdentity::picture},
    {"locale", &OutsideIdentity::locale},
    {"phone_number", &OutsideIdentity::phone_number},
    {"preferred_username", &OutsideIdentity::preferred_username},
    {"gender", &OutsideIdentity::gender},
    {"raw_attributes", &OutsideIdentity::raw_attributes},
    {"name_id", &OutsideIdentity::name_id},
    {"name_id_format", &OutsideIdentity::name_id_format},
    {"session_index", &OutsideIdentity::session_index},
};

Error damaged() { return Error(ErrorCode::internal, "a stored identity cannot be read"); }

void read_lists(const Json& root, OutsideIdentity& identity) {
  if (const auto* groups = root.array("groups")) {
    for (const Json& group : *groups) {
      if (const auto name = group.string()) identity.groups.emplace_back(*name);
    }
  }
  if (const auto* attributes = root.object("custom_attributes")) {
    for (const Json::Member& member : *attributes) {
      if (const auto value = member.value.string()) {
        identity.custom_attributes.emplace(member.key, *value);
      }
    }
  }
}

}  // namespace

std::string outside_identity_to_json(const OutsideIdentity& identity) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("connection", identity.connection.text());
  if (identity.organization.has_value()) {
    writer.field("organization", identity.organization->text());
  }
  if (identity.email.has_value()) writer.field("email", identity.email->text());
  if (identity.email_claim == OutsideIdentity::EmailClaim::verified) {
    writer.field("email_claim", "verified");
  }
  for (const TextField& field : text_fields) {
    const std::string& value = identity.*field.member;
    if (!value.empty()) writer.field(field.key, value);
  }
  if (!identity.groups.empty()) {
    writer.key("groups").begin_array();
    for (const std::string& group : identity.groups) writer.value(group);
    writer.end_array();
  }
  if (!identity.custom_attributes.empty()) {
    writer.key("custom_attributes").begin_object();
    for (const auto& [key, value] : identity.custom_attributes) writer.field(key, value);
    writer.end_object();
  }
  writer.end_object();
  return out;
}

Result<OutsideIdentity, Error> outside_identity_from_json(std::string_view json) {
  const Json root = TRY(Json::parse(json));
  const auto connection =
      ConnectionId::parse(root.string("connection").value_or(std::string_view()));
  if (!connection.has_value()) return damaged();
  OutsideIdentity identity{.connection = *connection, .issuer = {}, .subject = {}};
  if (const auto organization = root.string("organization")) {
    identity.organization = OrgId::parse(*organization);
    if (!identity.organization.has_value()) return damaged();
  }
  if (const auto email = root.string("email")) {
    identity.email = users::Email::parse(*email);
    if (!identity.email.has_value()) return damaged();
  }
  if (root.string("email_claim") == "verified") {
    identity.email_claim = OutsideIdentity::EmailClaim::verified;
  }
  for (const TextField& field : text_fields) {
    if (const auto value = root.string(field.key)) identity.*field.member = std::string(*value);
  }
  read_lists(root, identity);
  if (identity.issuer.empty() || identity.subject.empty()) return damaged();
  return identity;
}

}  // namespace gatehouse::login
