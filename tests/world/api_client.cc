#include "tests/world/api_client.h"

#include <google/rpc/status.pb.h>

#include <charconv>

#include "server/api/grpc_frame.h"
#include "server/encoding/base64.h"
#include "server/encoding/uri.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

constexpr std::string_view package = "/scalekit.v1.";

std::string padded(std::string_view text) {
  std::string whole(text);
  while (whole.size() % 4 != 0) whole += '=';
  return whole;
}

}  // namespace

std::vector<std::string> CallStatus::fields() const {
  std::vector<std::string> names;
  for (const auto& violation : info.validation_error_info().field_violations()) {
    names.push_back(violation.field());
  }
  return names;
}

ApiClient::ApiClient(World& world, std::string_view application)
    : world_(world), base_url_(world.application(application).base_url) {
  Client client(world, application);
  const Answer answer = client.token({{"grant_type", "client_credentials"}});
  REQUIRE(answer.status == 200);
  token_ = answer.access_token();
}

ApiClient ApiClient::with_token(World& world, std::string base_url, std::string token) {
  return {world, std::move(base_url), std::move(token)};
}

http::Request ApiClient::request_to(std::string_view path) const {
  http::Request request;
  request.scheme = base_url_.starts_with("https:") ? http::Scheme::https : http::Scheme::http;
  request.version = http::Version::http_2;
  request.authority = base_url_.substr(base_url_.find("//") + 2);
  request.path = path.substr(0, path.find('?'));
  if (request.path.size() < path.size()) request.query = path.substr(request.path.size() + 1);
  request.peer_address = "127.0.0.1";
  request.headers.add("Host", request.authority);
  if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_);
  return request;
}

CallStatus ApiClient::send(std::string_view method, const google::protobuf::Message& request,
                           google::protobuf::Message& response) {
  http::Request sent = request_to(std::string(package) + std::string(method));
  sent.method = http::Method::post;
  sent.headers.add("Content-Type", "application/grpc+proto");
  sent.headers.add("te", "trailers");
  sent.body = api::frame(request.SerializeAsString());
  const http::Response answer = world_.send(std::move(sent));
  REQUIRE(answer.status == 200);

  CallStatus status;
  int code = -1;
  const auto text = answer.trailers.get("grpc-status").value_or("");
  std::from_chars(text.data(), text.data() + text.size(), code);
  status.status = static_cast<api::Status>(code);
  if (code == 0) {
    const auto bytes = api::unframe(answer.body, "");
    REQUIRE(bytes.ok());
    REQUIRE(response.ParseFromString(bytes.value()));
    return status;
  }
  CHECK(answer.body.empty());
  status.message = percent_decode(answer.trailers.get("grpc-message").value_or("")).value();
  const auto details =
      base64_decode(padded(answer.trailers.get("grpc-status-details-bin").value_or("")));
  REQUIRE(details.has_value());
  google::rpc::Status whole;
  REQUIRE(whole.ParseFromString(*details));
  CHECK(whole.code() == code);
  CHECK(whole.message() == status.message);
  REQUIRE(whole.details_size() == 1);
  CHECK(whole.details(0).type_url() == api::error_info_type);
  REQUIRE(status.info.ParseFromString(whole.details(0).value()));
  CHECK(status.info.error_code() == api::status_name(status.status));
  return status;
}

http::Response ApiClient::rest(http::Method method, std::string_view path, std::string_view body) {
  http::Request sent = request_to(path);
  sent.method = method;
  if (!body.empty()) {
    sent.headers.add("Content-Type", "application/json");
    sent.body = body;
  }
  return world_.send(std::move(sent));
}

}  // namespace gatehouse::world
