#include "server/api/validate_relations.h"

#include <algorithm>

#include "server/core/ensure.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Message;

const google::protobuf::FieldDescriptor* field_of(const Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  ENSURE(field != nullptr);
  return field;
}

bool has(const Message& message, const char* name) {
  return message.GetReflection()->HasField(message, field_of(message, name));
}

std::string text(const Message& message, const char* name) {
  return message.GetReflection()->GetString(message, field_of(message, name));
}

int number(const Message& message, const char* name) {
  return message.GetReflection()->GetEnumValue(message, field_of(message, name));
}

// Of scalekit.v1.connections: ConnectionProvider SCALEKIT, ConnectionType WEBAUTHN, and the types
// that no organization can have yet.
constexpr int provider_scalekit = 15;
constexpr int type_webauthn = 9;
constexpr int types_unsupported[] = {4, 5, 9};

bool names_a_provider(const Message& message) {
  return has(message, "provider_key") || number(message, "provider") != 0;
}
bool provider_key_fits(const Message& message) {
  return number(message, "provider") != provider_scalekit ||
         text(message, "provider_key") == "SCALEKIT";
}
bool key_id_fits(const Message& message) {
  return number(message, "type") != type_webauthn || text(message, "key_id") == "WEBAUTHN";
}
bool is_supported_type(const Message& message) {
  const int type = number(message, "type");
  return std::find(std::begin(types_unsupported), std::end(types_unsupported), type) ==
         std::end(types_unsupported);
}
bool names_a_person(const Message& message) {
  const bool has_failed =
      message.GetReflection()->GetBool(message, field_of(message, "login_failed"));
  return has_failed || (!text(message, "sub").empty() && !text(message, "email").empty());
}
bool is_permission_name(const Message& message) {
  const std::string name = text(message, "name");
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:") == std::string::npos;
}

struct Row {
  std::string_view expression;
  bool (*holds)(const Message&);
};

constexpr Row table[] = {
    {"has(this.provider_key) || this.provider != 0", names_a_provider},
    {"this.provider == 15 ? this.provider_key in ['SCALEKIT'] : true", provider_key_fits},
    {"this.type == 9 ? this.key_id == 'WEBAUTHN' : true", key_id_fits},
    {"!(this.type in [4,5,9])", is_supported_type},
    {"this.login_failed || (this.sub != '' && this.email != '')", names_a_person},
    {"this.matches('^[a-zA-Z0-9_:]+$')", is_permission_name},
};

}  // namespace

Relation find_relation(const buf::validate::Constraint& rule) {
  for (const Row& row : table) {
    if (rule.expression() == row.expression) return {rule.message(), row.holds};
  }
  ENSURE(false);
  return {};
}

}  // namespace gatehouse::api
