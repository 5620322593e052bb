#include "server/api/openapi_schema.h"

#include "buf/validate/validate.pb.h"
#include "google/api/field_behavior.pb.h"
#include "server/api/openapi.h"

namespace gatehouse::api {
namespace {

using buf::validate::FieldConstraints;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view shared_package = "scalekit.v1.";

// JSON forms of the well-known types; empty for a message of the contract.
struct WellKnown {
  std::string_view name, type, format;
};
constexpr WellKnown well_known[] = {
    {"google.protobuf.Timestamp", "string", "date-time"},
    {"google.protobuf.Duration", "string", ""},
    {"google.protobuf.FieldMask", "string", ""},
    {"google.protobuf.Struct", "object", ""},
    {"google.protobuf.Empty", "object", ""},
    {"google.protobuf.Any", "object", ""},
    {"google.protobuf.Value", "", ""},
    {"google.protobuf.ListValue", "array", ""},
    {"google.protobuf.StringValue", "string", ""},
    {"google.protobuf.BoolValue", "boolean", ""},
    {"google.protobuf.Int32Value", "integer", "int32"},
    {"google.protobuf.UInt32Value", "integer", ""},
    {"google.protobuf.Int64Value", "string", "int64"},
    {"google.protobuf.UInt64Value", "string", "uint64"},
};

const WellKnown* find_well_known(const Descriptor& message) {
  for (const WellKnown& each : well_known) {
    if (message.full_name() == each.name) return &each;
  }
  return nullptr;
}

const FieldConstraints& constraints_of(const FieldDescriptor& field) {
  return field.options().GetExtension(buf::validate::field);
}

bool behaves(const FieldDescriptor& field, google::api::FieldBehavior wanted) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

bool is_required(const FieldDescriptor& field) {
  return constraints_of(field).required() || behaves(field, google::api::REQUIRED);
}

void text_rules(JsonWriter& json, const buf::validate::StringRules& rules) {
  if (rules.has_min_len()) json.field("minLength", rules.min_len());
  if (rules.has_max_len()) json.field("maxLength", rules.max_len());
  if (rules.has_pattern()) {
    json.field("pattern", rules.pattern());
  } else if (rules.has_prefix()) {
    json.field("pattern", "^" + rules.prefix());
  }
  if (rules.email()) json.field("format", "email");
  if (rules.uri()) json.field("format", "uri");
  if (rules.in_size() > 0) {
    json.key("enum").begin_array();
    for (const std::string& each : rules.in()) json.value(each);
    json.end_array();
  }
}

template <class Rules>
void number_rules(JsonWriter& json, const Rules& rules) {
  if (rules.has_lt()) json.field("exclusiveMaximum", rules.lt());
  if (rules.has_lte()) json.field("maximum", rules.lte());
  if (rules.has_gt()) json.field("exclusiveMinimum", rules.gt());
  if (rules.has_gte()) json.field("minimum", rules.gte());
}

void enum_members(JsonWriter& json, const google::protobuf::EnumDescriptor& type) {
  json.field("type", "string");
  json.key("enum").begin_array();
  for (int i = 0; i < type.value_count(); ++i) json.value(type.value(i)->name());
  json.end_array();
}

}  // namespace

std::string schema_name(const Descriptor& message) {
  const std::string& name = message.full_name();
  return name.starts_with(shared_package) ? name.substr(shared_package.size()) : name;
}

void SchemaWriter::reference(const Descriptor& message) {
  json_.begin_object();
  if (const WellKnown* known = find_well_known(message)) {
    if (!known->type.empty()) json_.field("type", known->type);
    if (!known->format.empty()) json_.field("format", known->format);
  } else {
    const std::string name = schema_name(message);
    wanted_.emplace(name, &message);
    json_.field("$ref", "#/components/schemas/" + name);
  }
  json_.end_object();
}

// The members of the schema of one value of the field, into an open object.
void SchemaWriter::value_members(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING: json_.field("type", "string"); break;
    case FieldDescriptor::TYPE_BYTES:
      json_.field("type", "string").field("contentEncoding", "base64");
      break;
    case FieldDescriptor::TYPE_BOOL: json_.field("type", "boolean"); break;
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_UINT64:
      // JSON numbers do not hold 64 bits: texts do [protobuf, JSON mapping].
      json_.field("type", "string").field("format", "int64");
      break;
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FLOAT: json_.field("type", "number"); break;
    case FieldDescriptor::TYPE_ENUM: enum_members(json_, *field.enum_type()); break;
    default:
      json_.field("type", "integer");
      if (field.type() == FieldDescriptor::TYPE_UINT32) json_.field("minimum", 0);
      break;
  }
}

void SchemaWriter::value(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) return reference(*field.message_type());
  json_.begin_object();
  value_members(field);
  if (field.is_repeated() && constraints_of(field).repeated().items().has_string()) {
    text_rules(json_, constraints_of(field).repeated().items().string());
  }
  json_.end_object();
}

void SchemaWriter::field(const FieldDescriptor& field) {
  const FieldConstraints& constraints = constraints_of(field);
  json_.begin_object();
  const std::string description = comment_of(field);
  if (!description.empty()) json_.field("description", description);
  if (behaves(field, google::api::OUTPUT_ONLY)) json_.field("readOnly", true);
  if (field.options().deprecated()) json_.field("deprecated", true);
  if (field.is_map()) {
    json_.field("type", "object");
    if (constraints.map().has_max_pairs()) {
      json_.field("maxProperties", constraints.map().max_pairs());
    }
    json_.key("additionalProperties");
    value(*field.message_type()->map_value());
  } else if (field.is_repeated()) {
    const auto& rules = constraints.repeated();
    json_.field("type", "array");
    if (rules.has_min_items()) json_.field("minItems", rules.min_items());
    if (rules.has_max_items()) json_.field("maxItems", rules.max_items());
    if (rules.unique()) json_.field("uniqueItems", true);
    json_.key("items");
    value(field);
  } else if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    // Beside a description a reference must stand in a list of its own.
    json_.key("allOf").begin_array();
    reference(*field.message_type());
    json_.end_array();
  } else {
    value_members(field);
    if (constraints.has_string()) text_rules(json_, constraints.string());
    if (constraints.has_uint32()) number_rules(json_, constraints.uint32());
    if (constraints.has_int32()) number_rules(json_, constraints.int32());
  }
  json_.end_object();
}

void SchemaWriter::definition(const Descriptor& message) {
  json_.key(schema_name(message)).begin_object();
  const std::string description = comment_of(message);
  if (!description.empty()) json_.field("description", description);
  json_.field("type", "object");
  if (message.field_count() > 0) {
    json_.key("properties").begin_object();
    for (int i = 0; i < message.field_count(); ++i) {
      json_.key(message.field(i)->name());
      field(*message.field(i));
    }
    json_.end_object();
  }
  bool has_required = false;
  for (int i = 0; i < message.field_count(); ++i) {
    if (!is_required(*message.field(i))) continue;
    if (!has_required) json_.key("required").begin_array();
    has_required = true;
    json_.value(message.field(i)->name());
  }
  if (has_required) json_.end_array();
  json_.end_object();
}

void SchemaWriter::definitions() {
  while (true) {
    const Descriptor* next = nullptr;
    for (const auto& [name, message] : wanted_) {
      if (!written_.contains(name)) {
        next = message;
        written_.insert(name);
        break;
      }
    }
    if (next == nullptr) return;
    definition(*next);
  }
}

}  // namespace gatehouse::api
