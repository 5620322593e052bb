// Messages of the contract as JSON schemas, by the mapping of protobuf's JSON form.

#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <set>
#include <string>

#include "server/encoding/json.h"

namespace gatehouse::api {

// Writes schemas and remembers which messages they refer to.
class SchemaWriter {
 public:
  explicit SchemaWriter(JsonWriter& json) : json_(json) {}

  // A whole schema object of a field (a list or a map if it is one).
  void field(const google::protobuf::FieldDescriptor& field);
  // {"$ref": …}, or the schema of a well-known type.
  void reference(const google::protobuf::Descriptor& message);
  // Every schema that was referred to, and those they refer to, as members of an open object.
  void definitions();

 private:
  void value(const google::protobuf::FieldDescriptor& field);
  void value_members(const google::protobuf::FieldDescriptor& field);
  void definition(const google::protobuf::Descriptor& message);

  JsonWriter& json_;
  std::map<std::string, const google::protobuf::Descriptor*> wanted_;
  std::set<std::string> written_;
};

// "users.User": the full name without the package that all share.
[[nodiscard]] std::string schema_name(const google::protobuf::Descriptor& message);

}  // namespace gatehouse::api
