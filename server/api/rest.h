// REST: every method at the paths that proto/ gives it (google.api.http), as JSON in the contract's
// snake_case names.

#pragma once

#include <string>
#include <vector>

#include "server/api/dispatch.h"
#include "server/http/message.h"
#include "server/http/route.h"

namespace gatehouse::api {

// One way to call a method by REST.
struct RestBinding {
  const Method* method = nullptr;
  http::Method verb = http::Method::get;
  std::string path;                      // as in proto/: "/api/v1/users/{id}:enable"
  std::vector<std::string> path_fields;  // the fields in braces, in order
  std::string body;                      // "*", the field that the body is, or empty: no body
};

// All bindings of a method, the primary one first.
[[nodiscard]] std::vector<RestBinding> rest_bindings(const Method& method);

// `parameters` are the values of path_fields.
[[nodiscard]] http::Response answer_rest(const Dispatcher& dispatcher, const Context& context,
                                         const http::Request& request,
                                         const http::PathParameters& parameters,
                                         const RestBinding& binding);

// {"code":5,"message":"…","details":[{"@type":"…","error_code":"NOT_FOUND",…}]}
[[nodiscard]] http::Response rest_failure(const Context& context, const Failure& failure);

}  // namespace gatehouse::api
