#include "server/api/openapi.h"

#include <algorithm>
#include <map>

#include "google/api/field_behavior.pb.h"
#include "server/api/caller.h"
#include "server/api/openapi_schema.h"
#include "server/api/rest.h"

namespace gatehouse::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

std::string_view verb_name(http::Method verb) {
  switch (verb) {
    case http::Method::get: return "get";
    case http::Method::put: return "put";
    case http::Method::post: return "post";
    case http::Method::delete_: return "delete";
    default: return "patch";
  }
}

// What is documented of one binding. The descriptor is the contract's, which has the comments.
struct Operation {
  RestBinding binding;
  const MethodDescriptor* descriptor;
  int number;  // of the method's bindings; the first has the plain operationId
};
using Operations = std::map<std::string, std::vector<Operation>>;

Operations by_path(const Contract& contract, const Methods& methods) {
  Operations paths;
  for (const Method* method : methods.all()) {
    if (!method->invoke) continue;
    const auto* described = contract.pool().FindMethodByName(method->descriptor->full_name());
    int number = 0;
    for (RestBinding& binding : rest_bindings(*method)) {
      const std::string path = binding.path;
      paths[path].push_back({std::move(binding), described, number++});
    }
  }
  return paths;
}

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Writer {
 public:
  Writer(std::string& out, const Contract& contract, const Methods& methods)
      : json_(out), schemas_(json_), contract_(contract), methods_(methods) {}

  void write();

 private:
  void head();
  void operation(const Operation& operation);
  void parameters(const Operation& operation);
  void parameter(const FieldDescriptor& field, const std::string& name, std::string_view place);
  void body(const Operation& operation);
  void responses(const Operation& operation);
  void components();
  void error_schema();

  JsonWriter json_;
  SchemaWriter schemas_;
  const Contract& contract_;
  const Methods& methods_;
};

void Writer::write() {
  json_.begin_object();
  head();
  json_.key("paths").begin_object();
  for (const auto& [path, operations] : by_path(contract_, methods_)) {
    json_.key(path).begin_object();
    for (const Operation& each : operations) operation(each);
    json_.end_object();
  }
  json_.end_object();
  components();
  json_.end_object();
}

void Writer::head() {
  json_.field("openapi", "3.1.0");
  json_.key("info").begin_object();
  json_.field("title", "Gatehouse management API").field("version", "1");
  json_.field("description",
              "Get an access token with client_credentials at /oauth/token and send it as a Bearer "
              "token. The same methods are served by gRPC, gRPC-Web and Connect.");
  json_.end_object();
  json_.key("servers").begin_array().begin_object().field("url", "/").end_object().end_array();
  json_.key("security").begin_array().begin_object();
  json_.key("client_credentials").begin_array().end_array();
  json_.end_object().end_array();
  json_.key("tags").begin_array();
  for (const auto* service : contract_.api_services()) {
    json_.begin_object().field("name", service->name());
    const std::string comment = comment_of(*service);
    if (!comment.empty()) json_.field("description", comment);
    json_.end_object();
  }
  json_.end_array();
}

void Writer::operation(const Operation& operation) {
  const MethodDescriptor& method = *operation.descriptor;
  json_.key(verb_name(operation.binding.verb)).begin_object();
  std::string id = method.service()->name() + "_" + method.name();
  if (operation.number > 0) id += "_" + std::to_string(operation.number + 1);
  json_.field("operationId", id);
  json_.key("tags").begin_array().value(method.service()->name()).end_array();
  const std::string comment = comment_of(method);
  if (!comment.empty()) {
    json_.field("summary", first_sentence(comment)).field("description", comment);
  }
  if (method.options().deprecated()) json_.field("deprecated", true);
  if (is_open(*operation.binding.method)) json_.key("security").begin_array().end_array();
  parameters(operation);
  body(operation);
  responses(operation);
  json_.end_object();
}

void Writer::parameter(const FieldDescriptor& field, const std::string& name,
                       std::string_view place) {
  json_.begin_object().field("name", name).field("in", place);
  if (place == "path") json_.field("required", true);
  const std::string comment = comment_of(field);
  if (!comment.empty()) json_.field("description", comment);
  json_.key("schema");
  schemas_.field(field);
  json_.end_object();
}

// Whether a query can hold a value of the field.
bool fits_query(const FieldDescriptor& field) {
  if (field.is_map()) return false;
  if (field.type() != FieldDescriptor::TYPE_MESSAGE) return true;
  return field.message_type()->file()->package() == "google.protobuf" && !field.is_repeated() &&
         field.message_type()->name() != "Struct" && field.message_type()->name() != "FieldMask";
}

void Writer::parameters(const Operation& operation) {
  const RestBinding& binding = operation.binding;
  const Descriptor& request = *operation.descriptor->input_type();
  json_.key("parameters").begin_array();
  for (const std::string& path : binding.path_fields) {
    const Descriptor* type = &request;
    const FieldDescriptor* field = nullptr;
    std::string_view rest = path;
    while (!rest.empty()) {
      const std::string name(rest.substr(0, rest.find('.')));
      field = type->FindFieldByName(name);
      ENSURE(field != nullptr);
      type = field->message_type();
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    }
    parameter(*field, path, "path");
  }
  for (int i = 0; binding.body != "*" && i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    const bool is_elsewhere =
        field.name() == binding.body || is_in(binding.path_fields, field.name());
    if (!is_elsewhere && fits_query(field)) parameter(field, field.name(), "query");
  }
  json_.end_array();
}

void Writer::body(const Operation& operation) {
  const std::string& name = operation.binding.body;
  if (name.empty()) return;
  json_.key("requestBody").begin_object().key("content").begin_object();
  json_.key("application/json").begin_object().key("schema");
  const Descriptor& request = *operation.descriptor->input_type();
  if (name == "*") {
    schemas_.reference(request);
  } else {
    schemas_.field(*request.FindFieldByName(name));
  }
  json_.end_object().end_object().end_object();
}

void Writer::responses(const Operation& operation) {
  json_.key("responses").begin_object();
  json_.key("200").begin_object().field("description", "Done.");
  json_.key("content").begin_object().key("application/json").begin_object().key("schema");
  schemas_.reference(*operation.descriptor->output_type());
  json_.end_object().end_object().end_object();
  json_.key("default").begin_object().field("$ref", "#/components/responses/Error").end_object();
  json_.end_object();
}

void Writer::error_schema() {
  json_.key("Error").begin_object().field("type", "object");
  json_.key("required").begin_array().value("code").value("message").end_array();
  json_.key("properties").begin_object();
  json_.key("code").begin_object().field("type", "integer");
  json_.field("description", "The gRPC status code.").end_object();
  json_.key("message").begin_object().field("type", "string");
  json_.field("description", "What is wrong, for people.").end_object();
  json_.key("details").begin_object().field("type", "array");
  json_.key("items");
  schemas_.reference(*contract_.pool().FindMessageTypeByName("scalekit.v1.errdetails.ErrorInfo"));
  json_.end_object();
  json_.end_object().end_object();
}

void Writer::components() {
  json_.key("components").begin_object();
  json_.key("securitySchemes").begin_object().key("client_credentials").begin_object();
  json_.field("type", "oauth2").key("flows").begin_object();
  json_.key("clientCredentials").begin_object().field("tokenUrl", "/oauth/token");
  json_.key("scopes").begin_object().end_object();
  json_.end_object().end_object().end_object().end_object();
  json_.key("responses").begin_object().key("Error").begin_object();
  json_.field("description", "The call failed; details say why and which fields are wrong.");
  json_.key("content").begin_object().key("application/json").begin_object();
  json_.key("schema").begin_object().field("$ref", "#/components/schemas/Error").end_object();
  json_.end_object().end_object().end_object().end_object();
  json_.key("schemas").begin_object();
  error_schema();
  schemas_.definitions();
  json_.end_object();
  json_.end_object();
}

}  // namespace

std::string openapi_document(const Contract& contract, const Methods& methods) {
  std::string out;
  Writer(out, contract, methods).write();
  return out;
}

}  // namespace gatehouse::api
