// What is true of every call, whatever its method: who may call, what is refused, and what a
// failure says.

#include "scalekit/v1/organizations/organizations.pb.h"
#include "server/api/grpc.h"
#include "server/api/grpc_frame.h"
#include "server/api/services/all.h"
#include "tests/world/api_client.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace wire = scalekit::v1::organizations;
using api::Status;

constexpr std::string_view create = "organizations.OrganizationService/CreateOrganization";
constexpr std::string_view list = "organizations.OrganizationService/ListOrganization";
constexpr std::string_view get = "organizations.OrganizationService/GetOrganization";

wire::CreateOrganizationRequest named(std::string name) {
  wire::CreateOrganizationRequest request;
  request.mutable_organization()->set_display_name(std::move(name));
  return request;
}

CallStatus list_with(World& world, std::string token) {
  wire::ListOrganizationsRequest request;
  request.set_page_size(10);
  return ApiClient::with_token(world, std::string(development_url), std::move(token))
      .call<wire::ListOrganizationsResponse>(list, request);
}

std::string token_of(World& world, std::string_view application) {
  return Client(world, application).token({{"grant_type", "client_credentials"}}).access_token();
}

}  // namespace

TEST_CASE("a call with the credentials of the environment is answered") {
  World world;
  const CallStatus status = list_with(world, token_of(world, "Console"));
  CHECK(status.status == Status::ok);
}

TEST_CASE("a call without a good access token is unauthenticated, and says so with ErrorInfo") {
  World world;
  const std::string good = token_of(world, "Console");
  for (const std::string& token :
       {std::string(), std::string("nonsense"), good + "x", std::string("a b")}) {
    const CallStatus status = list_with(world, token);
    CHECK(status.status == Status::unauthenticated);
    CHECK(status.info.error_code() == "UNAUTHENTICATED");
    CHECK_FALSE(status.info.request_info().request_id().empty());
  }
}

TEST_CASE("an expired, a revoked and a foreign token are unauthenticated") {
  World world;
  const std::string foreign = token_of(world, "Portal");
  CHECK(list_with(world, foreign).status == Status::unauthenticated);

  const std::string revoked = token_of(world, "Console");
  Client(world, "Console").revoke(revoked);
  CHECK(list_with(world, revoked).status == Status::unauthenticated);

  const std::string expired = token_of(world, "Console");
  CHECK(list_with(world, expired).status == Status::ok);
  world.advance(days(2));
  CHECK(list_with(world, expired).status == Status::unauthenticated);
}

TEST_CASE("a client that may not use the API is unauthenticated") {
  World world;
  const std::string token = token_of(world, "Batch");
  REQUIRE_FALSE(token.empty());
  CHECK(list_with(world, token).status == Status::unauthenticated);
}

TEST_CASE("a person's token is good, but not for methods of API clients; the refusal is audited") {
  World world;
  Browser browser(world);
  const Page back = browser.sign_in("Console", "ada@acme.test");
  const std::string token = Client(world, "Console").exchange(back).access_token();
  const CallStatus status = list_with(world, token);
  CHECK(status.status == Status::permission_denied);
  CHECK(status.info.error_code() == "PERMISSION_DENIED");
  CHECK(world.last_refusal("api_call.refused") == "permission_denied");
}

TEST_CASE("of several Authorization headers one good one is enough") {
  World world;
  http::Request request;
  request.method = http::Method::post;
  request.version = http::Version::http_2;
  request.authority = "localhost:8080";
  request.path = "/scalekit.v1.organizations.OrganizationService/ListOrganization";
  request.peer_address = "127.0.0.1";
  request.headers.add("Host", request.authority);
  request.headers.add("Content-Type", "application/grpc");
  request.headers.add("Authorization", "Bearer stale");
  request.headers.add("Authorization", "Bearer " + token_of(world, "Console"));
  request.body = api::frame("");
  CHECK(world.send(request).trailers.get("grpc-status") == "0");
  request.headers.set("Authorization", "Bearer stale");
  CHECK(world.send(request).trailers.get("grpc-status") == "16");
}

TEST_CASE("every field that is wrong is named") {
  World world;
  ApiClient api(world);
  auto request = named("");
  request.mutable_organization()->set_slug(std::string(300, 'x'));
  const auto answer = api.call<wire::CreateOrganizationResponse>(create, request);
  CHECK(answer.status == Status::invalid_argument);
  CHECK(answer.info.error_code() == "INVALID_ARGUMENT");
  CHECK(answer.fields() ==
        std::vector<std::string>{"organization.display_name", "organization.slug"});
}

TEST_CASE("a method of no service and one that is not built are unimplemented") {
  World world;
  ApiClient api(world);
  wire::ListOrganizationsRequest any;
  for (const std::string_view method :
       {"tools.ToolService/ListTools", "mcp.McpService/CreateMcpConfig",
        "providers.ProviderService/ListProviders",
        "connected_accounts.ConnectedAccountService/ListConnectedAccounts",
        "organizations.OrganizationService/NoSuchMethod", "nothing.NoService/AtAll"}) {
    const auto answer = api.call<wire::ListOrganizationsResponse>(method, any);
    CHECK(answer.status == Status::unimplemented);
    CHECK(answer.info.error_code() == "UNIMPLEMENTED");
  }
}

TEST_CASE("every method but the open ones wants a token before it looks at anything") {
  World world;
  const auto nobody = [&] {
    return ApiClient::with_token(world, std::string(development_url), {});
  };
  const api::Contract contract;
  const api::Methods methods = api::all_methods(contract);
  int checked = 0;
  for (const api::Method* method : methods.all()) {
    if ((method->callers & 1U) != 0 || !method->invoke) continue;
    const std::string_view name = std::string_view(method->path).substr(13);
    const auto answer = nobody().call<wire::ListOrganizationsResponse>(name, named("Acme"));
    INFO(method->path);
    CHECK(answer.status == Status::unauthenticated);
    ++checked;
  }
  CHECK(checked > 10);
}

TEST_CASE("no method fails by itself on an empty message") {
  World world;
  ApiClient api(world);
  const api::Contract contract;
  const api::Methods methods = api::all_methods(contract);
  for (const api::Method* method : methods.all()) {
    if (!method->invoke) continue;
    const std::unique_ptr<google::protobuf::Message> request(method->request->New());
    const std::unique_ptr<google::protobuf::Message> response(method->response->New());
    const CallStatus status =
        api.call_message(std::string_view(method->path).substr(13), *request, *response);
    INFO(method->path << ": " << status.message);
    CHECK(status.status != Status::internal);
    CHECK(status.status != Status::unavailable);
  }
}

TEST_CASE("a call has the time that its caller gives it") {
  CHECK(api::parse_grpc_timeout("20S") == Duration(20'000));
  CHECK(api::parse_grpc_timeout("1500m") == Duration(1500));
  CHECK(api::parse_grpc_timeout("1n") == Duration(1));
  CHECK(api::parse_grpc_timeout("99999999H") == days(1));
  for (const std::string_view bad : {"", "S", "-1S", "1", "1x", "123456789S", "1 S"}) {
    CHECK_FALSE(api::parse_grpc_timeout(bad).has_value());
  }
}

TEST_CASE("an organization that was made can be read back, by its maker only") {
  World world;
  ApiClient api(world);
  const auto made = api.must<wire::CreateOrganizationResponse>(create, named("Umbrella"));
  wire::GetOrganizationRequest request;
  request.set_id(made.organization().id());
  CHECK(api.must<wire::GetOrganizationResponse>(get, request).organization().display_name() ==
        "Umbrella");
  ApiClient stranger(world, "Portal");
  CHECK(stranger.call<wire::GetOrganizationResponse>(get, request).status == Status::not_found);
}

}  // namespace gatehouse::world
