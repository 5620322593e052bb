// AuthService over the wire: who may be named for which sign-in.

#include "scalekit/v1/auth/auth.pb.h"
#include "server/connections/connection.h"
#include "tests/world/api_client.h"
#include "tests/world/browser.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::auth;
using api::Status;

constexpr const char* method = "auth.AuthService/UpdateLoginUserDetails";

std::string add_connection(World& world) {
  return world
      .must([&](storage::Transaction& transaction) {
        return connections::create(transaction, world.development(), std::nullopt, world.context(),
                                   world.random(), {.type = connections::ConnectionType::oidc});
      })
      .id.text();
}

pb::UpdateLoginUserDetailsRequest about(std::string connection, std::string login_request) {
  pb::UpdateLoginUserDetailsRequest request;
  request.set_connection_id(std::move(connection));
  request.set_login_request_id(std::move(login_request));
  request.mutable_user()->set_sub("u-1");
  request.mutable_user()->set_email("ada@acme.test");
  return request;
}

CallAnswer<pb::UpdateLoginUserDetailsResponse> send(
    ApiClient& api, const pb::UpdateLoginUserDetailsRequest& request) {
  return api.call<pb::UpdateLoginUserDetailsResponse>(method, request);
}

}  // namespace

TEST_CASE("login requests: unknown connections and login requests are not found") {
  World world;
  ApiClient api(world);
  const auto no_connection = send(api, about("conn_1", "lri_1"));
  CHECK(no_connection.status == Status::not_found);
  CHECK(no_connection.info.error_code() == "NOT_FOUND");
  CHECK(no_connection.message == "connection not found");
  const auto no_request = send(api, about(add_connection(world), "lri_1"));
  CHECK(no_request.status == Status::not_found);
  CHECK(no_request.message == "login request not found");
  ApiClient foreign(world, "Portal");
  CHECK(send(foreign, about(add_connection(world), "lri_1")).message == "connection not found");
}

TEST_CASE("login requests: a sign-in at the hosted page is nobody's to complete") {
  World world;
  ApiClient api(world);
  Browser browser(world);
  const Page first = browser.authorize("Console");
  const std::string flow = first.url().substr(first.url().find("flw_"));
  const std::string connection = add_connection(world);
  for (const std::string& id : {flow, "lri_" + flow.substr(4)}) {
    CHECK(send(api, about(connection, id)).message == "login request not found");
  }
  CHECK(browser.authorize("Console", {{"prompt", "none"}}).parameter("error") == "login_required");
}

TEST_CASE("login requests: sub and e-mail are needed unless the login failed") {
  World world;
  ApiClient api(world);
  auto request = about(add_connection(world), "lri_1");
  request.mutable_user()->clear_email();
  CHECK(send(api, request).status == Status::invalid_argument);
  request.mutable_user()->set_login_failed(true);
  CHECK(send(api, request).status == Status::not_found);
  CHECK(send(api, about("", "lri_1")).status == Status::invalid_argument);
  CHECK(send(api, about("conn_x", "lri_1")).status == Status::invalid_argument);
  CHECK(send(api, about(add_connection(world), "")).status == Status::invalid_argument);
}

}  // namespace gatehouse::world
