#include "server/api/message_bytes.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/util/json_util.h>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/encoding/gzip.h"
#include "server/encoding/json.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Message;

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

google::protobuf::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

const FieldDescriptor* field_named(const Descriptor& type, const std::string& name) {
  if (const FieldDescriptor* found = type.FindFieldByName(name)) return found;
  for (int index = 0; index < type.field_count(); ++index) {
    if (type.field(index)->json_name() == name) return type.field(index);
  }
  return nullptr;
}

// The first field with an enum value that nobody knows. Protobuf takes such a value for a field
// that it may ignore; but a wish that is not understood must not become no wish at all.
const FieldDescriptor* with_unknown_value(const Json& json, const Descriptor& type);

const FieldDescriptor* with_unknown_value(const Json& value, const FieldDescriptor& field) {
  if (const auto* elements = value.array()) {
    for (const Json& element : *elements) {
      if (const auto* found = with_unknown_value(element, field)) return found;
    }
    return nullptr;
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const auto name = value.string();
    const bool is_known =
        !name.has_value() || field.enum_type()->FindValueByName(std::string(*name)) != nullptr;
    return is_known ? nullptr : &field;
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
  return with_unknown_value(value, *field.message_type());
}

const FieldDescriptor* with_unknown_value(const Json& json, const Descriptor& type) {
  const auto* members = json.object();
  if (members == nullptr || type.full_name().starts_with("google.protobuf.")) return nullptr;
  for (const auto& [key, value] : *members) {
    const FieldDescriptor* field =
        type.options().map_entry() ? type.field(1) : field_named(type, key);
    if (field == nullptr) continue;
    if (const auto* found = with_unknown_value(value, *field)) return found;
  }
  return nullptr;
}

Result<Unit, Failure> refuse_unknown_values(std::string_view json, const Message& message) {
  const auto parsed = Json::parse(json);
  if (!parsed.ok()) {
    return Failure(Status::invalid_argument, "the JSON cannot be read: " + parsed.error().detail);
  }
  const auto* field = with_unknown_value(parsed.value(), *message.GetDescriptor());
  if (field == nullptr) return Unit{};
  return Failure(Status::invalid_argument,
                 field->name() + " has no such value as the one that was sent");
}

}  // namespace

Result<Unit, Failure> parse_bytes(std::string_view bytes, Message& message) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  input.SetRecursionLimit(limits::rpc_message_depth_max);
  if (message.ParseFromCodedStream(&input) && input.ConsumedEntireMessage()) return Unit{};
  return Failure(Status::invalid_argument,
                 "the bytes are no message of type " + message.GetDescriptor()->full_name());
}

Result<std::string, Failure> unpack_body(std::string_view body, std::string_view encoding) {
  if (encoding.empty() || encoding == "identity") {
    if (body.size() > limits::rpc_message_bytes_max) {
      return Failure(Status::resource_exhausted, "the message is too large");
    }
    return std::string(body);
  }
  if (encoding != "gzip") {
    return Failure(Status::unimplemented, "the only content encoding here is gzip");
  }
  auto unpacked = gunzip(body, limits::rpc_message_bytes_max, limits::rpc_unpack_ratio_max);
  if (!unpacked.has_value()) {
    return Failure(Status::invalid_argument, "the message does not unpack, or to too much");
  }
  return std::move(*unpacked);
}

Result<Unit, Failure> parse_json(std::string_view json, Message& message, UnknownFields unknown) {
  google::protobuf::util::JsonParseOptions options;
  auto status = google::protobuf::util::JsonStringToMessage(piece(json), &message, options);
  if (!status.ok() && unknown == UnknownFields::ignored) {
    TRY(refuse_unknown_values(json, message));
    message.Clear();
    options.ignore_unknown_fields = true;
    status = google::protobuf::util::JsonStringToMessage(piece(json), &message, options);
  }
  if (status.ok()) return Unit{};
  // What the parser says names the place and repeats at most a field's name.
  constexpr std::size_t said_bytes_max = 200;
  std::string said = status.message().ToString().substr(0, said_bytes_max);
  for (char& each : said) {
    if (static_cast<unsigned char>(each) < 0x20 || static_cast<unsigned char>(each) > 0x7e) {
      each = ' ';
    }
  }
  return Failure(Status::invalid_argument, "the JSON cannot be read: " + said);
}

std::string to_json(const Message& message, JsonForm form) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = form == JsonForm::rest;
  options.always_print_primitive_fields = form == JsonForm::rest;
  std::string json;
  ENSURE(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

}  // namespace gatehouse::api
