#include "server/api/message_bytes.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/util/json_util.h>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/encoding/gzip.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Message;

google::protobuf::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

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
  options.ignore_unknown_fields = unknown == UnknownFields::ignored;
  const auto status = google::protobuf::util::JsonStringToMessage(piece(json), &message, options);
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
