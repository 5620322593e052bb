#include "server/api/validate.h"

#include <google/protobuf/duration.pb.h>

#include <map>
#include <optional>
#include <set>

#include "server/api/validate_relations.h"
#include "server/api/validate_text.h"

namespace gatehouse::api {
namespace {

using buf::validate::FieldConstraints;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t violations_max = 20;

using Violations = std::vector<FieldViolation>;

void note(Violations& found, const std::string& path, std::string description,
          std::string constraint) {
  if (found.size() < violations_max) {
    found.push_back({path, std::move(description), std::move(constraint)});
  }
}

// One rule on a number; `Rules` has lt, lte, gt, gte.
template <class Rules, class Number>
void check_number(const Rules& rules, Number value, const std::string& path, Violations& found) {
  if (rules.has_lt() && value >= rules.lt()) {
    note(found, path, "must be less than " + std::to_string(rules.lt()), "lt");
  } else if (rules.has_lte() && value > rules.lte()) {
    note(found, path, "must be at most " + std::to_string(rules.lte()), "lte");
  } else if (rules.has_gt() && value <= rules.gt()) {
    note(found, path, "must be greater than " + std::to_string(rules.gt()), "gt");
  } else if (rules.has_gte() && value < rules.gte()) {
    note(found, path, "must be at least " + std::to_string(rules.gte()), "gte");
  }
}

std::string values(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

// `Min` and `max` as the rules have them, absent where they have none.
struct Bounds {
  std::optional<std::uint64_t> min, max;
};

void check_count(const Bounds& bounds, int count, const std::string& path, Violations& found) {
  const auto there = static_cast<std::uint64_t>(count);
  if (bounds.min && there < *bounds.min) {
    note(found, path, "must have at least " + values(*bounds.min), "min");
  }
  if (bounds.max && there > *bounds.max) {
    note(found, path, "must have at most " + values(*bounds.max), "max");
  }
}

// Of a well-known wrapper (google.protobuf.StringValue, …): its one field; else null.
const FieldDescriptor* wrapped_value(const Descriptor& type) {
  const bool is_wrapper = type.file()->name() == "google/protobuf/wrappers.proto";
  return is_wrapper ? type.FindFieldByName("value") : nullptr;
}

}  // namespace

// The rules of one field, and of what its value holds.
struct FieldRules {
  const FieldDescriptor* field = nullptr;
  FieldConstraints constraints;
  std::optional<TextRules> text, items_text, keys_text, values_text;
  std::vector<Relation> relations;
  const Validator::Rules* inside = nullptr;  // of a message value, or of a map's message values
};

struct Validator::Rules {
  std::vector<FieldRules> fields;
  std::vector<Relation> relations;
  // Of all message types below this one; only the root has them. They may be recursive.
  std::map<const Descriptor*, std::unique_ptr<Rules>> below;
};

namespace {

using Rules = Validator::Rules;
using Below = std::map<const Descriptor*, std::unique_ptr<Rules>>;

void compile(const Descriptor& type, Rules& rules, Below& below);

std::optional<TextRules> text_rules(const FieldConstraints& constraints) {
  if (!constraints.has_string()) return std::nullopt;
  return std::optional<TextRules>(std::in_place, constraints.string());
}

const Rules* inside_of(const FieldDescriptor& field, Below& below) {
  const FieldDescriptor* held = field.is_map() ? field.message_type()->map_value() : &field;
  if (held->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
  const Descriptor* type = held->message_type();
  // The well-known types carry no rules, and Struct is recursive without an end.
  if (type->file()->package() == "google.protobuf") return nullptr;
  auto& place = below[type];
  if (place == nullptr) {
    place = std::make_unique<Rules>();
    compile(*type, *place, below);
  }
  return place.get();
}

// Whether any of its values is text, which has a rule that no contract writes down: see check_text.
bool holds_text(const FieldDescriptor& field) {
  if (field.is_map()) {
    return holds_text(*field.message_type()->map_key()) ||
           holds_text(*field.message_type()->map_value());
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return field.type() == FieldDescriptor::TYPE_STRING;
  }
  const FieldDescriptor* value = wrapped_value(*field.message_type());
  return value != nullptr && value->type() == FieldDescriptor::TYPE_STRING;
}

void compile(const Descriptor& type, Rules& rules, Below& below) {
  for (const auto& relation : type.options().GetExtension(buf::validate::message).cel()) {
    rules.relations.push_back(find_relation(relation));
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    FieldRules compiled;
    compiled.field = &field;
    compiled.constraints = field.options().GetExtension(buf::validate::field);
    const auto& constraints = compiled.constraints;
    for (const auto& relation : constraints.cel()) {
      compiled.relations.push_back(find_relation(relation));
    }
    compiled.text = text_rules(constraints);
    compiled.items_text = text_rules(constraints.repeated().items());
    compiled.keys_text = text_rules(constraints.map().keys());
    compiled.values_text = text_rules(constraints.map().values());
    compiled.inside = inside_of(field, below);
    const bool has_rules = constraints.ByteSizeLong() > 0 || compiled.inside != nullptr;
    const bool is_enum = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
    if (has_rules || is_enum || holds_text(field)) rules.fields.push_back(std::move(compiled));
  }
}

void check_message(const Rules& rules, const Message& message, const std::string& prefix,
                   Violations& found);

// NUL is no character of any text of ours: not every database stores it.
void check_text(const std::optional<TextRules>& rules, std::string_view text,
                const std::string& path, Violations& found) {
  if (text.find('\0') != std::string_view::npos) {
    note(found, path, "must not hold the character U+0000", "text");
    return;
  }
  if (!rules.has_value()) return;
  if (auto broken = rules->check(text)) {
    note(found, path, std::move(broken->description), std::move(broken->constraint));
  }
}

void check_enum(const FieldRules& rules, const Message& message, const std::string& path,
                Violations& found) {
  const int number = message.GetReflection()->GetEnumValue(message, rules.field);
  const auto& wanted = rules.constraints.enum_();
  // Whether the contract says so or not: a number that means nothing is never stored.
  if (rules.field->enum_type()->FindValueByNumber(number) == nullptr) {
    note(found, path, "is not a value of " + rules.field->enum_type()->name(), "defined_only");
  }
  for (const int refused : wanted.not_in()) {
    if (number == refused) note(found, path, "must be one of the named values", "not_in");
  }
  if (wanted.in_size() > 0 &&
      std::find(wanted.in().begin(), wanted.in().end(), number) == wanted.in().end()) {
    note(found, path, "is not one of the values that are possible here", "in");
  }
}

void check_duration(const buf::validate::DurationRules& rules,
                    const google::protobuf::Duration& value, const std::string& path,
                    Violations& found) {
  const auto exceeds = [](const google::protobuf::Duration& a,
                          const google::protobuf::Duration& b) {
    return std::pair(a.seconds(), a.nanos()) > std::pair(b.seconds(), b.nanos());
  };
  if (rules.has_lte() && exceeds(value, rules.lte())) {
    note(found, path, "must be at most " + std::to_string(rules.lte().seconds()) + " s", "lte");
  }
  if (rules.has_gte() && exceeds(rules.gte(), value)) {
    note(found, path, "must be at least " + std::to_string(rules.gte().seconds()) + " s", "gte");
  }
}

void check_held(const FieldRules& rules, const Message& held, const std::string& path,
                Violations& found) {
  if (const FieldDescriptor* value = wrapped_value(*held.GetDescriptor())) {
    if (value->type() == FieldDescriptor::TYPE_STRING) {
      check_text(rules.text, held.GetReflection()->GetString(held, value), path, found);
    }
    return;
  }
  if (rules.constraints.has_duration()) {
    check_duration(rules.constraints.duration(),
                   static_cast<const google::protobuf::Duration&>(held), path, found);
  }
  for (const Relation& relation : rules.relations) {
    if (!relation.holds(held)) note(found, path, relation.message, "cel");
  }
  if (rules.inside != nullptr) check_message(*rules.inside, held, path + ".", found);
}

void check_single(const FieldRules& rules, const Message& message, const std::string& path,
                  Violations& found) {
  const FieldDescriptor* field = rules.field;
  const Reflection& reflection = *message.GetReflection();
  const FieldConstraints& constraints = rules.constraints;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field->type() == FieldDescriptor::TYPE_BYTES) break;
      std::string scratch;
      const std::string& text = reflection.GetStringReference(message, field, &scratch);
      check_text(rules.text, text, path, found);
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM: check_enum(rules, message, path, found); break;
    case FieldDescriptor::CPPTYPE_UINT32:
      check_number(constraints.uint32(), reflection.GetUInt32(message, field), path, found);
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      check_number(constraints.uint64(), reflection.GetUInt64(message, field), path, found);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      check_number(constraints.int32(), reflection.GetInt32(message, field), path, found);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      check_number(constraints.int64(), reflection.GetInt64(message, field), path, found);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      check_held(rules, reflection.GetMessage(message, field), path, found);
      return;
    default: break;
  }
  for (const Relation& relation : rules.relations) {
    if (!relation.holds(message)) note(found, path, relation.message, "cel");
  }
}

void check_map(const FieldRules& rules, const Message& message, const std::string& path,
               Violations& found) {
  const Reflection& reflection = *message.GetReflection();
  const auto& wanted = rules.constraints.map();
  const int count = reflection.FieldSize(message, rules.field);
  Bounds bounds;
  if (wanted.has_min_pairs()) bounds.min = wanted.min_pairs();
  if (wanted.has_max_pairs()) bounds.max = wanted.max_pairs();
  check_count(bounds, count, path, found);
  const FieldDescriptor* key = rules.field->message_type()->map_key();
  const FieldDescriptor* value = rules.field->message_type()->map_value();
  if (key->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
  for (int i = 0; i < count; ++i) {
    const Message& pair = reflection.GetRepeatedMessage(message, rules.field, i);
    const std::string name = pair.GetReflection()->GetString(pair, key);
    check_text(rules.keys_text, name, path + " (key)", found);
    if (value->type() == FieldDescriptor::TYPE_STRING) {
      check_text(rules.values_text, pair.GetReflection()->GetString(pair, value),
                 path + "." + name.substr(0, 64), found);
    }
  }
}

void check_repeated(const FieldRules& rules, const Message& message, const std::string& path,
                    Violations& found) {
  const Reflection& reflection = *message.GetReflection();
  const auto& wanted = rules.constraints.repeated();
  const int count = reflection.FieldSize(message, rules.field);
  Bounds bounds;
  if (wanted.has_min_items()) bounds.min = wanted.min_items();
  if (wanted.has_max_items()) bounds.max = wanted.max_items();
  check_count(bounds, count, path, found);
  std::set<std::string> seen;
  for (int i = 0; i < count; ++i) {
    const std::string place = path + "[" + std::to_string(i) + "]";
    if (rules.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (rules.inside == nullptr) continue;
      check_message(*rules.inside, reflection.GetRepeatedMessage(message, rules.field, i),
                    place + ".", found);
    } else if (rules.field->type() == FieldDescriptor::TYPE_STRING) {
      std::string text = reflection.GetRepeatedString(message, rules.field, i);
      check_text(rules.items_text, text, place, found);
      if (wanted.unique() && !seen.insert(std::move(text)).second) {
        note(found, place, "is there twice", "unique");
      }
    } else if (rules.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      const int number = reflection.GetRepeatedEnumValue(message, rules.field, i);
      if (rules.field->enum_type()->FindValueByNumber(number) == nullptr) {
        note(found, place, "is not a value of " + rules.field->enum_type()->name(), "defined_only");
      }
    }
    if (found.size() >= violations_max) return;
  }
}

// Whether the field counts as given, for `required`.
bool is_given(const FieldDescriptor& field, const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

void check_message(const Rules& rules, const Message& message, const std::string& prefix,
                   Violations& found) {
  for (const FieldRules& field : rules.fields) {
    if (found.size() >= violations_max) return;
    const std::string path = prefix + field.field->name();
    const bool is_there = is_given(*field.field, message);
    if (field.constraints.required() && !is_there) {
      note(found, path, "is required", "required");
    } else if (field.field->is_map()) {
      check_map(field, message, path, found);
    } else if (field.field->is_repeated()) {
      check_repeated(field, message, path, found);
    } else if (is_there || !field.field->has_presence()) {
      check_single(field, message, path, found);
    }
  }
  for (const Relation& relation : rules.relations) {
    if (!relation.holds(message)) {
      note(found, prefix.substr(0, prefix.size() - (prefix.empty() ? 0 : 1)), relation.message,
           "cel");
    }
  }
}

}  // namespace

Validator::Validator(const Descriptor& type) {
  auto rules = std::make_unique<Rules>();
  compile(type, *rules, rules->below);
  rules_ = std::move(rules);
}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

Violations Validator::check(const Message& message) const {
  Violations found;
  check_message(*rules_, message, "", found);
  return found;
}

}  // namespace gatehouse::api
