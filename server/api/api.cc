#include "server/api/api.h"

#include "server/api/connect.h"
#include "server/api/grpc.h"
#include "server/api/grpc_services.h"
#include "server/api/reference_pages.h"
#include "server/api/rest.h"
#include "server/core/limits.h"
#include "server/http/form_body.h"

namespace gatehouse::api {
namespace {

using http::Guard;
using http::PathParameters;
using http::Request;
using http::Response;
using http::Route;

// Larger than the largest message: what is too large by less than this is refused with ErrorInfo,
// the rest by the server itself, unread.
constexpr std::size_t rpc_body_bytes_max = 2 * limits::rpc_message_bytes_max;

Response unknown_content_type() {
  Response response = http::plain_text(415, "unsupported_media_type\n");
  response.headers.set("Accept-Post",
                       "application/grpc, application/grpc+proto, application/grpc-web, "
                       "application/json, application/proto");
  return response;
}

}  // namespace

Api::Api(Deps deps)
    : deps_(std::move(deps)), methods_(all_methods(contract_)), dispatcher_(deps_, methods_) {}

Response Api::call(const Context& context, const Request& request, const Method& method) const {
  if (is_grpc(request)) return answer_grpc(dispatcher_, context, request, method);
  if (is_grpc_web(request)) return answer_grpc_web(dispatcher_, context, request, method);
  const bool is_connect = http::has_content_type(request, "application/json") ||
                          http::has_content_type(request, "application/proto");
  if (is_connect) return answer_connect(dispatcher_, context, request, method);
  return unknown_content_type();
}

std::vector<Route> Api::routes() const {
  std::vector<Route> routes;
  const std::vector<Guard> guards = {Guard::api, Guard::cors};
  for (const Method* method : methods_.all()) {
    routes.push_back(
        {http::Method::post, method->path, method->run_on, rpc_body_bytes_max, guards,
         [this, method](const Context& context, const Request& request, const PathParameters&) {
           return call(context, request, *method);
         }});
    if (method->is_read) {
      routes.push_back(
          {http::Method::get, method->path, method->run_on, 0, guards,
           [this, method](const Context& context, const Request& request, const PathParameters&) {
             return answer_connect_get(dispatcher_, context, request, *method);
           }});
    }
    for (const RestBinding& binding : rest_bindings(*method)) {
      const bool has_body = binding.verb != http::Method::get;
      routes.push_back({binding.verb, binding.path, method->run_on,
                        has_body ? rpc_body_bytes_max : 0, guards,
                        [this, binding](const Context& context, const Request& request,
                                        const PathParameters& parameters) {
                          return answer_rest(dispatcher_, context, request, parameters, binding);
                        }});
    }
  }
  for (Route& route : grpc_service_routes(contract_, deps_.is_ready)) {
    routes.push_back(std::move(route));
  }
  for (Route& route : reference_routes({contract_, methods_, deps_.catalog, deps_.login.pages})) {
    routes.push_back(std::move(route));
  }
  return routes;
}

std::optional<Response> Api::unknown_call(const Context& context, const Request& request) const {
  if (!is_grpc(request) && !is_grpc_web(request)) return std::nullopt;
  return grpc_failure(context, request, {Status::unimplemented, "there is no such method"});
}

}  // namespace gatehouse::api
