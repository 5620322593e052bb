#include "server/api/grpc_services.h"

#include "grpc/health/v1/health.pb.h"
#include "server/api/grpc.h"
#include "server/api/grpc_frame.h"
#include "server/api/message_bytes.h"
#include "server/api/reflection.h"

namespace gatehouse::api {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::reflection::v1::ServerReflectionRequest;
using http::PathParameters;
using http::Request;
using http::Response;

constexpr std::size_t body_bytes_max = 64 * 1024;
constexpr std::size_t questions_max = 200;

Response answer_of(const Request& request, std::string body) {
  Response response;
  response.headers.set("Content-Type", request.headers.get("Content-Type").value_or(""));
  response.body = std::move(body);
  response.trailers.add("grpc-status", "0");
  return response;
}

Result<std::string, Failure> check_health(const Contract& contract,
                                          HealthCheckResponse::ServingStatus state,
                                          std::string_view body) {
  const std::string bytes = TRY(unframe(body, ""));
  HealthCheckRequest asked;
  TRY(parse_bytes(bytes, asked));
  if (!asked.service().empty() && contract.pool().FindServiceByName(asked.service()) == nullptr) {
    return Failure(Status::not_found, "there is no such service");
  }
  HealthCheckResponse told;
  told.set_status(state);
  return frame(told.SerializeAsString());
}

// Every question that is there, in its order. A caller that holds the stream open gets the answer
// to its first one and the end of the stream, and asks the next on a new one.
Result<std::string, Failure> answer_questions(const Contract& contract, std::string_view body) {
  std::string answers;
  std::size_t count = 0;
  while (!body.empty()) {
    const auto size = frame_size(body);
    if (!size.has_value() || ++count > questions_max) {
      return Failure(Status::invalid_argument, "the stream of questions cannot be read");
    }
    const std::string bytes = TRY(unframe(body.substr(0, *size), ""));
    body.remove_prefix(*size);
    ServerReflectionRequest question;
    TRY(parse_bytes(bytes, question));
    answers += frame(reflect(contract, question).SerializeAsString());
  }
  return answers;
}

http::Route route(std::string path, std::vector<http::Guard> guards,
                  std::function<Result<std::string, Failure>(const Request&)> act) {
  return {http::Method::post,
          std::move(path),
          http::RunOn::inline_,
          body_bytes_max,
          std::move(guards),
          [act = std::move(act)](const Context& context, const Request& request,
                                 const PathParameters&) {
            if (!is_grpc(request)) return http::plain_text(415, "unsupported_media_type\n");
            auto body = act(request);
            return body.ok() ? answer_of(request, std::move(body).value())
                             : grpc_failure(context, request, body.error());
          }};
}

}  // namespace

std::vector<http::Route> grpc_service_routes(const Contract& contract,
                                             const std::function<bool()>& is_ready) {
  const auto reflection = [&contract](const Request& request) {
    return answer_questions(contract, request.body);
  };
  return {
      route("/grpc.health.v1.Health/Check", {http::Guard::api},
            [&contract, &is_ready](const Request& request) {
              return check_health(
                  contract,
                  is_ready() ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING,
                  request.body);
            }),
      route("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            {http::Guard::api, http::Guard::conversation}, reflection),
      route("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            {http::Guard::api, http::Guard::conversation}, reflection),
  };
}

}  // namespace gatehouse::api
