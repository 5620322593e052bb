// The OpenAPI 3.1 document of the REST paths, made of the contract: its comments, its constraints
// and its HTTP annotations. Methods that are not implemented are left out.

#pragma once

#include <string>

#include "server/api/methods.h"

namespace gatehouse::api {

// The same for every environment: servers are relative to where it is fetched from.
[[nodiscard]] std::string openapi_document(const Contract& contract, const Methods& methods);

// What a comment of proto/ says, as one paragraph a blank line apart; empty if there is none.
[[nodiscard]] std::string comment_of(const google::protobuf::MethodDescriptor& method);
[[nodiscard]] std::string comment_of(const google::protobuf::FieldDescriptor& field);
[[nodiscard]] std::string comment_of(const google::protobuf::Descriptor& message);
[[nodiscard]] std::string comment_of(const google::protobuf::ServiceDescriptor& service);
// Up to the end of its first sentence, without the full stop.
[[nodiscard]] std::string first_sentence(const std::string& comment);

}  // namespace gatehouse::api
