#include "server/api/rest.h"

#include "google/api/annotations.pb.h"
#include "server/api/message_bytes.h"
#include "server/api/text_field.h"
#include "server/encoding/json.h"
#include "server/encoding/utf8.h"
#include "server/http/form_body.h"

namespace gatehouse::api {
namespace {

using google::protobuf::FieldDescriptor;

std::vector<std::string> fields_in_braces(std::string_view path) {
  std::vector<std::string> fields;
  for (auto begin = path.find('{'); begin != std::string_view::npos; begin = path.find('{')) {
    const auto end = path.find('}', begin);
    ENSURE(end != std::string_view::npos);
    fields.emplace_back(path.substr(begin + 1, end - begin - 1));
    path.remove_prefix(end + 1);
  }
  return fields;
}

RestBinding make_binding(const Method& method, const google::api::HttpRule& rule) {
  RestBinding binding{.method = &method, .body = rule.body()};
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      binding.verb = http::Method::get;
      binding.path = rule.get();
      break;
    case google::api::HttpRule::kPut:
      binding.verb = http::Method::put;
      binding.path = rule.put();
      break;
    case google::api::HttpRule::kPost:
      binding.verb = http::Method::post;
      binding.path = rule.post();
      break;
    case google::api::HttpRule::kDelete:
      binding.verb = http::Method::delete_;
      binding.path = rule.delete_();
      break;
    case google::api::HttpRule::kPatch:
      binding.verb = http::Method::patch;
      binding.path = rule.patch();
      break;
    case google::api::HttpRule::PATTERN_NOT_SET: ENSURE(false);
  }
  ENSURE(rule.response_body().empty());
  binding.path_fields = fields_in_braces(binding.path);
  return binding;
}

// What the body of the request is read into: the message, or its field of that name.
Result<Unit, Failure> apply_body(const http::Request& request, const RestBinding& binding,
                                 Message& message) {
  const auto encoding = request.headers.get("Content-Encoding").value_or(std::string_view());
  const std::string body = TRY(unpack_body(request.body, encoding));
  if (body.empty()) return Unit{};
  if (binding.body.empty()) {
    if (body == "{}") return Unit{};  // what HTTP clients send that always send JSON
    return Failure(Status::invalid_argument, "this method takes no body");
  }
  if (!http::has_content_type(request, "application/json")) {
    return Failure(Status::invalid_argument, "the body must be application/json");
  }
  if (binding.body == "*") return parse_json(body, message, UnknownFields::refused);
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(binding.body);
  ENSURE(field != nullptr);
  if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    // The parser takes whole messages: it gets one that has this field only.
    return parse_json("{\"" + field->name() + "\":" + body + "}", message, UnknownFields::refused);
  }
  Message& held = *message.GetReflection()->MutableMessage(&message, field);
  return parse_json(body, held, UnknownFields::refused);
}

Result<Unit, Failure> apply_query(const http::Request& request, Message& message) {
  const auto query = http::read_query(request);
  if (!query.ok()) return Failure(Status::invalid_argument, "the query cannot be read");
  for (std::size_t i = 0; i < query.value().size(); ++i) {
    const auto field = query.value().at(i);
    TRY(set_text_field(message, field.name, field.value));
  }
  return Unit{};
}

Result<http::Response, Failure> answer(const Dispatcher& dispatcher, const Context& context,
                                       const http::Request& request,
                                       const http::PathParameters& parameters,
                                       const RestBinding& binding) {
  const Method& method = *binding.method;
  const Admitted admitted = TRY(dispatcher.admit(context, request, method, std::nullopt));
  google::protobuf::Arena arena;
  Message& wanted = *method.request->New(&arena);
  TRY(apply_body(request, binding, wanted));
  if (binding.body != "*") TRY(apply_query(request, wanted));
  // Last, so that nothing in body or query can name another thing than the path does.
  ENSURE(parameters.values.size() == binding.path_fields.size());
  for (std::size_t i = 0; i < parameters.values.size(); ++i) {
    if (!is_utf8(parameters.values[i])) {
      return Failure(Status::invalid_argument, "the path is not UTF-8");
    }
    TRY(set_text_field(wanted, binding.path_fields[i], parameters.values[i]));
  }
  // Not in the arena: what the function returns is moved here, not copied.
  const std::unique_ptr<Message> made(method.response->New());
  TRY(dispatcher.execute(admitted, wanted, *made));
  http::Response response;
  response.headers.set("Content-Type", "application/json");
  response.body = to_json(*made, JsonForm::rest);
  return response;
}

}  // namespace

std::vector<RestBinding> rest_bindings(const Method& method) {
  std::vector<RestBinding> bindings;
  const auto& options = method.descriptor->options();
  if (!options.HasExtension(google::api::http)) return bindings;
  const auto& rule = options.GetExtension(google::api::http);
  bindings.push_back(make_binding(method, rule));
  for (const auto& more : rule.additional_bindings()) {
    bindings.push_back(make_binding(method, more));
  }
  return bindings;
}

http::Response answer_rest(const Dispatcher& dispatcher, const Context& context,
                           const http::Request& request, const http::PathParameters& parameters,
                           const RestBinding& binding) {
  auto response = answer(dispatcher, context, request, parameters, binding);
  return response.ok() ? std::move(response).value() : rest_failure(context, response.error());
}

http::Response rest_failure(const Context& context, const Failure& failure) {
  const std::string info = to_json(error_info(failure, context), JsonForm::rest);
  http::Response response;
  response.status = http_status(failure.status);
  response.headers.set("Content-Type", "application/json");
  if (failure.status == Status::unauthenticated) {
    response.headers.set("WWW-Authenticate", "Bearer");
  }
  JsonWriter json(response.body);
  json.begin_object();
  json.field("code", static_cast<int>(failure.status));
  json.field("message", failure.message);
  json.key("details").begin_array();
  // The type goes first into the object that the message is.
  json.raw("{\"@type\":\"" + std::string(error_info_type) + "\"," + info.substr(1));
  json.end_array().end_object();
  return response;
}

}  // namespace gatehouse::api
