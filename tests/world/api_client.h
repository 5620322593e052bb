// ApiClient: calls of the management API as an SDK makes them: gRPC frames, an access token by
// client_credentials, failures read from the trailers.
//
//   ApiClient api(world);                       // the credentials of Console
//   users::GetUserRequest request;
//   const auto answer = api.call<users::GetUserResponse>("users.UserService/GetUser", request);
//   REQUIRE(answer.ok());

#pragma once

#include <google/protobuf/message.h>

#include "scalekit/v1/errdetails/errdetails.pb.h"
#include "server/api/status.h"
#include "tests/world/world.h"

namespace gatehouse::world {

// How a call failed; the trailers, the details and the message have been checked to agree.
struct CallStatus {
  api::Status status = api::Status::ok;
  std::string message;
  scalekit::v1::errdetails::ErrorInfo info;

  // The fields that the failure names, in order.
  [[nodiscard]] std::vector<std::string> fields() const;
};

template <class Response>
struct CallAnswer : CallStatus {
  Response response;

  [[nodiscard]] bool ok() const { return status == api::Status::ok; }
};

class ApiClient {
 public:
  // Signs in with the secret of an application of the world.
  explicit ApiClient(World& world, std::string_view application = "Console");
  // With this access token; empty: with none.
  static ApiClient with_token(World& world, std::string base_url, std::string token);

  // `method` is what follows "/scalekit.v1." in the path.
  template <class Response>
  CallAnswer<Response> call(std::string_view method, const google::protobuf::Message& request) {
    CallAnswer<Response> answer;
    static_cast<CallStatus&>(answer) = send(method, request, answer.response);
    return answer;
  }
  // The same for calls that must succeed: fails the test otherwise.
  template <class Response>
  Response must(std::string_view method, const google::protobuf::Message& request) {
    auto answer = call<Response>(method, request);
    INFO("call of " << method << ": " << answer.message);
    REQUIRE(answer.ok());
    return std::move(answer.response);
  }

  // A call whose types are known at run time only.
  CallStatus call_message(std::string_view method, const google::protobuf::Message& request,
                          google::protobuf::Message& response) {
    return send(method, request, response);
  }

  // REST, with the token: `path` may have a query. An empty body sends none.
  http::Response rest(http::Method method, std::string_view path, std::string_view body = "");

  [[nodiscard]] const std::string& token() const { return token_; }
  [[nodiscard]] const std::string& base_url() const { return base_url_; }

 private:
  ApiClient(World& world, std::string base_url, std::string token)
      : world_(world), base_url_(std::move(base_url)), token_(std::move(token)) {}
  CallStatus send(std::string_view method, const google::protobuf::Message& request,
                  google::protobuf::Message& response);
  http::Request request_to(std::string_view path) const;

  World& world_;
  std::string base_url_;
  std::string token_;
};

}  // namespace gatehouse::world
