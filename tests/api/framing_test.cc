// The framings: gRPC, gRPC-Web, Connect and REST carry the same calls to the same functions.

#include "scalekit/v1/organizations/organizations.pb.h"
#include "server/api/grpc_frame.h"
#include "server/api/status.h"
#include "server/encoding/base64.h"
#include "server/encoding/gzip.h"
#include "server/encoding/json.h"
#include "server/encoding/uri.h"
#include "tests/world/api_client.h"

namespace gatehouse::world {
namespace {

namespace wire = scalekit::v1::organizations;
using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view create =
    "/scalekit.v1.organizations.OrganizationService/CreateOrganization";
constexpr std::string_view get = "/scalekit.v1.organizations.OrganizationService/GetOrganization";

struct Caller {
  World world;
  ApiClient api{world};

  Request request(Method method, std::string_view path, std::string_view type, std::string body) {
    Request made;
    made.method = method;
    made.version = http::Version::http_2;
    made.authority = "localhost:8080";
    made.path = path.substr(0, path.find('?'));
    if (made.path.size() < path.size()) made.query = path.substr(made.path.size() + 1);
    made.peer_address = "127.0.0.1";
    made.headers.add("Host", made.authority);
    made.headers.add("Authorization", "Bearer " + api.token());
    if (!type.empty()) made.headers.add("Content-Type", type);
    made.body = std::move(body);
    return made;
  }
  Response post(std::string_view path, std::string_view type, std::string body) {
    return world.send(request(Method::post, path, type, std::move(body)));
  }
};

std::string umbrella() {
  wire::CreateOrganizationRequest request;
  request.mutable_organization()->set_display_name("Umbrella");
  return request.SerializeAsString();
}

std::string status_of(const Response& response) {
  return std::string(response.trailers.get("grpc-status").value_or(""));
}

Json json_of(const Response& response) { return Json::parse(response.body).value(); }

// A text inside an object inside.
std::string member(const Json& json, std::string_view object, std::string_view name) {
  const Json* inside = json.find(object);
  REQUIRE(inside != nullptr);
  return std::string(inside->string(name).value_or(""));
}

}  // namespace

TEST_CASE("gRPC: both content types are answered in kind") {
  Caller caller;
  for (const std::string_view type : {"application/grpc", "application/grpc+proto"}) {
    const Response response = caller.post(create, type, api::frame(umbrella()));
    CHECK(response.status == 200);
    CHECK(response.headers.get("Content-Type") == type);
    CHECK(status_of(response) == "0");
    wire::CreateOrganizationResponse made;
    REQUIRE(made.ParseFromString(api::unframe(response.body, "").value()));
    CHECK(made.organization().display_name() == "Umbrella");
  }
}

TEST_CASE("gRPC: a message that is cut off, doubled or garbage is an invalid argument") {
  Caller caller;
  const std::string whole = api::frame(umbrella());
  std::vector<std::string> bodies = {whole + whole, api::frame("\xff\xff\xff"), whole + "x",
                                     api::frame(umbrella(), 2), api::frame(umbrella(), 1)};
  for (std::size_t size = 0; size < whole.size(); ++size) bodies.push_back(whole.substr(0, size));
  for (const std::string& body : bodies) {
    CHECK(status_of(caller.post(create, "application/grpc", body)) == "3");
  }
}

TEST_CASE("gRPC: a text that is not UTF-8 is refused") {
  Caller caller;
  std::string bytes = umbrella();
  bytes[bytes.find('U')] = '\xc0';
  CHECK(status_of(caller.post(create, "application/grpc", api::frame(bytes))) == "3");
}

TEST_CASE("gRPC: packed messages are taken, bombs and other packings are not") {
  Caller caller;
  const auto send = [&](std::string_view encoding, const std::string& packed) {
    Request request = caller.request(Method::post, create, "application/grpc", "");
    request.headers.add("grpc-encoding", encoding);
    request.body = api::frame(packed, 1);
    return status_of(caller.world.send(request));
  };
  CHECK(send("gzip", gzip(umbrella())) == "0");
  CHECK(send("gzip", gzip(std::string(900'000, 'x'))) == "3");
  CHECK(send("gzip", "not packed") == "3");
  CHECK(send("br", gzip(umbrella())) == "12");
}

TEST_CASE("gRPC: a message larger than the limit is refused by its announced length") {
  Caller caller;
  std::string body = api::frame(umbrella());
  body[1] = 1;
  CHECK(status_of(caller.post(create, "application/grpc", body)) == "8");
}

TEST_CASE("a body larger than a message may be is refused with ErrorInfo in every framing") {
  Caller caller;
  wire::CreateOrganizationRequest request;
  request.mutable_organization()->set_display_name(std::string(1'100'000, 'x'));
  const std::string bytes = request.SerializeAsString();
  CHECK(status_of(caller.post(create, "application/grpc", api::frame(bytes))) == "8");
  const Response connect = caller.post(create, "application/proto", bytes);
  CHECK(connect.status == 429);
  CHECK(json_of(connect).string("code") == "resource_exhausted");
  const Response rest =
      caller.api.rest(Method::post, "/api/v1/organizations",
                      R"({"display_name":")" + std::string(1'100'000, 'x') + "\"}");
  CHECK(rest.status == 429);
  CHECK(rest.body.find("\"error_code\":\"RESOURCE_EXHAUSTED\"") != std::string::npos);
}

TEST_CASE("gRPC: no time left is a deadline exceeded") {
  Caller caller;
  Request request =
      caller.request(Method::post, create, "application/grpc", api::frame(umbrella()));
  request.headers.add("grpc-timeout", "0m");
  CHECK(status_of(caller.world.send(request)) == "4");
  request.headers.set("grpc-timeout", "soon");
  CHECK(status_of(caller.world.send(request)) == "3");
}

TEST_CASE("gRPC-Web: trailers come in the body, in bytes or in base64") {
  Caller caller;
  const Response plain = caller.post(create, "application/grpc-web+proto", api::frame(umbrella()));
  REQUIRE(plain.status == 200);
  const std::size_t size = api::frame_size(plain.body).value();
  CHECK(api::unframe(plain.body.substr(0, size), "").ok());
  CHECK(plain.body.substr(size + 5) == "grpc-status: 0\r\n");
  CHECK(static_cast<unsigned char>(plain.body[size]) == 0x80);

  const Response text =
      caller.post(create, "application/grpc-web-text", base64_encode(api::frame(umbrella())));
  CHECK(base64_decode(text.body).value().ends_with("grpc-status: 0\r\n"));
  const Response bad = caller.post(create, "application/grpc-web-text", "***");
  CHECK(base64_decode(bad.body).value().find("grpc-status: 3\r\n") != std::string::npos);
}

TEST_CASE("Connect: JSON and bytes, by POST") {
  Caller caller;
  const Response json =
      caller.post(create, "application/json", R"({"organization":{"displayName":"Umbrella"}})");
  CHECK(json.status == 200);
  CHECK(member(json_of(json), "organization", "displayName") == "Umbrella");
  const Response bytes = caller.post(create, "application/proto", umbrella());
  CHECK(bytes.headers.get("Content-Type") == "application/proto");
  wire::CreateOrganizationResponse made;
  CHECK(made.ParseFromString(bytes.body));
}

TEST_CASE("Connect: a failure is JSON with the HTTP status of its code") {
  Caller caller;
  const Response response =
      caller.post(create, "application/json", R"({"organization":{"displayName":""}})");
  CHECK(response.status == 400);
  CHECK(json_of(response).string("code") == "invalid_argument");
  const Response garbage = caller.post(create, "application/json", "{");
  CHECK(garbage.status == 400);
}

TEST_CASE("Connect: fields of a newer contract are passed over, values of an enumeration are not") {
  Caller caller;
  constexpr std::string_view link =
      "/scalekit.v1.organizations.OrganizationService/GeneratePortalLink";
  const Response made = caller.post(create, "application/json",
                                    R"({"organization":{"displayName":"Umbrella","newer":[{}]}})");
  CHECK(made.status == 200);
  const std::string id = member(json_of(made), "organization", "id");
  const auto ask = [&](const std::string& more) {
    return caller.post(link, "application/json", R"({"id":")" + id + "\"," + more + "}");
  };
  CHECK(ask(R"("features":["sso"],"newer":1)").status == 200);
  for (const std::string wrong : {R"("features":["cooking"])", R"("features":["sso","cooking"])",
                                  R"("newer":1,"features":["cooking"])"}) {
    const Response refused = ask(wrong);
    CHECK(refused.status == 400);
    CHECK(json_of(refused).string("code") == "invalid_argument");
    CHECK(refused.body.find("features") != std::string::npos);
  }
}

TEST_CASE("Connect: methods that read are called by GET, others are not") {
  Caller caller;
  const Response response = caller.world.send(caller.request(
      Method::get,
      std::string(get) + "?connect=v1&encoding=json&message=" +
          percent_encode(R"({"id":")" + caller.world.organization("Acme").text() + "\"}"),
      "", ""));
  CHECK(response.status == 200);
  CHECK(member(json_of(response), "organization", "displayName") == "Acme");
  CHECK(caller.world.send(caller.request(Method::get, create, "", "")).status == 405);
}

TEST_CASE("REST: the contract's names, in and out") {
  Caller caller;
  caller.world.advance(Duration(1));
  const Response made = caller.api.rest(Method::post, "/api/v1/organizations",
                                        R"({"display_name":"Umbrella","external_id":"u-1"})");
  REQUIRE(made.status == 200);
  CHECK(member(json_of(made), "organization", "display_name") == "Umbrella");
  const std::string id = member(json_of(made), "organization", "id");
  const Response read = caller.api.rest(Method::get, "/api/v1/organizations/" + id);
  CHECK(member(json_of(read), "organization", "external_id") == "u-1");
  const Response listed = caller.api.rest(Method::get, "/api/v1/organizations?page_size=1");
  CHECK(listed.status == 200);
  CHECK(listed.body.find(id) != std::string::npos);
}

TEST_CASE("REST: what cannot be read is a 400 with ErrorInfo") {
  Caller caller;
  for (const auto& [path, body] : std::vector<std::pair<std::string, std::string>>{
           {"/api/v1/organizations", R"({"display_name":1})"},
           {"/api/v1/organizations", R"({"no_such_field":"x"})"},
           {"/api/v1/organizations", "[]"},
           {"/api/v1/organizations", "{"},
           {"/api/v1/organizations", R"({"display_name":""})"},
           {"/api/v1/organizations", R"({"display_name":"x","region_code":"MARS"})"},
           {"/api/v1/organizations?no_such=1", R"({"display_name":"x"})"},
       }) {
    const Response response = caller.api.rest(Method::post, path, body);
    INFO(path << " " << body);
    CHECK(response.status == 400);
    CHECK(response.body.find("\"error_code\":\"INVALID_ARGUMENT\"") != std::string::npos);
    CHECK(response.body.find("type.googleapis.com/scalekit.v1.errdetails.ErrorInfo") !=
          std::string::npos);
  }
}

TEST_CASE("REST: a missing thing is a 404, a missing token a 401") {
  Caller caller;
  const Response missing =
      caller.api.rest(Method::get, "/api/v1/organizations/org_123456789012345678");
  CHECK(missing.status == 404);
  CHECK(json_of(missing).integer("code") == 5);
  ApiClient nobody = ApiClient::with_token(caller.world, std::string(development_url), {});
  const Response refused = nobody.rest(Method::get, "/api/v1/organizations");
  CHECK(refused.status == 401);
  CHECK(json_of(refused).integer("code") == 16);
}

TEST_CASE("an RPC path takes no other content type") {
  Caller caller;
  CHECK(caller.post(create, "text/plain", "x").status == 415);
  CHECK(caller.post(create, "", "x").status == 415);
}

}  // namespace gatehouse::world
