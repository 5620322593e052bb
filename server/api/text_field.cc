#include "server/api/text_field.h"

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <optional>

namespace gatehouse::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

Failure bad(std::string_view path, std::string description) {
  return Failure(Status::invalid_argument, std::string(path) + " " + description,
                 {{std::string(path), description, "type"}});
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const auto [stop, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = status == std::errc{} && stop == text.data() + text.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

std::optional<bool> read_bool(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

std::optional<int> read_enum(const FieldDescriptor& field, std::string_view text) {
  const auto* value = field.enum_type()->FindValueByName(std::string(text));
  return value != nullptr ? std::optional(value->number()) : read_number<int>(text);
}

// Sets or adds, by the kind of the field.
template <class Value, class Set, class Add>
bool put(const Reflection& reflection, Message& message, const FieldDescriptor& field,
         const std::optional<Value>& value, Set set, Add add) {
  if (!value.has_value()) return false;
  if (field.is_repeated()) {
    (reflection.*add)(&message, &field, *value);
  } else {
    (reflection.*set)(&message, &field, *value);
  }
  return true;
}

// Whether `text` is a value of the scalar field, which then has it.
bool set_scalar(Message& message, const FieldDescriptor& field, std::string_view text) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return put(reflection, message, field, std::optional(std::string(text)),
                 &Reflection::SetString, &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(reflection, message, field, read_bool(text), &Reflection::SetBool,
                 &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return put(reflection, message, field, read_enum(field, text), &Reflection::SetEnumValue,
                 &Reflection::AddEnumValue);
    case FieldDescriptor::CPPTYPE_INT32:
      return put(reflection, message, field, read_number<std::int32_t>(text), &Reflection::SetInt32,
                 &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(reflection, message, field, read_number<std::int64_t>(text), &Reflection::SetInt64,
                 &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(reflection, message, field, read_number<std::uint32_t>(text),
                 &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(reflection, message, field, read_number<std::uint64_t>(text),
                 &Reflection::SetUInt64, &Reflection::AddUInt64);
    default: return false;
  }
}

// Of the well-known messages that a text can stand for.
bool set_message(Message& message, const FieldDescriptor& field, std::string_view text) {
  if (field.is_repeated()) return false;
  Message& held = *message.GetReflection()->MutableMessage(&message, &field);
  if (field.message_type() == google::protobuf::Timestamp::descriptor()) {
    return google::protobuf::util::TimeUtil::FromString(
        std::string(text), static_cast<google::protobuf::Timestamp*>(&held));
  }
  const FieldDescriptor* value = held.GetDescriptor()->FindFieldByName("value");
  const bool is_wrapper = held.GetDescriptor()->file()->name() == "google/protobuf/wrappers.proto";
  return is_wrapper && set_scalar(held, *value, text);
}

}  // namespace

Result<Unit, Failure> set_text_field(Message& message, std::string_view path,
                                     std::string_view text) {
  Message* place = &message;
  std::string_view rest = path;
  while (true) {
    const std::string name(rest.substr(0, rest.find('.')));
    const bool is_last = name.size() == rest.size();
    const FieldDescriptor* field = place->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->is_map()) {
      return bad(path, "is not a field of this request");
    }
    if (is_last) {
      const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      const bool is_set =
          is_message ? set_message(*place, *field, text) : set_scalar(*place, *field, text);
      if (!is_set) return bad(path, "does not have a value of its type");
      return Unit{};
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated()) {
      return bad(path, "is not a field of this request");
    }
    place = place->GetReflection()->MutableMessage(place, field);
    rest.remove_prefix(name.size() + 1);
  }
}

}  // namespace gatehouse::api
