// ClientService: secrets of machine clients by their client_id alone, as newer clients ask for
// them.

#include "scalekit/v1/clients/clients.pb.h"
#include "tests/world/api_client.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::clients;
using api::Status;
using google::protobuf::Empty;

std::string method(std::string_view name) { return "clients.ClientService/" + std::string(name); }

struct Town {
  World world;
  ApiClient api{world};

  pb::CreateResourceClientResponse resource_client() {
    pb::CreateResourceRequest resource;
    resource.mutable_resource()->set_resource_type(pb::MCP_SERVER);
    resource.mutable_resource()->set_name("Todo");
    const auto made = api.must<pb::CreateResourceResponse>(method("CreateResource"), resource);
    pb::CreateResourceClientRequest request;
    request.set_resource_id(made.resource().id());
    request.mutable_client()->set_name("Reader");
    return api.must<pb::CreateResourceClientResponse>(method("CreateResourceClient"), request);
  }
  pb::CreateOrganizationClientResponse organization_client() {
    pb::CreateOrganizationClientRequest request;
    request.set_organization_id(world.organization("Acme").text());
    request.mutable_client()->set_name("Nightly");
    return api.must<pb::CreateOrganizationClientResponse>(method("CreateOrganizationClient"),
                                                          request);
  }
  CallAnswer<pb::CreateClientSecretResponse> add(const std::string& client_id) {
    world.advance(milliseconds(1));
    pb::CreateClientSecretRequest request;
    request.set_client_id(client_id);
    auto answer = api.call<pb::CreateClientSecretResponse>(method("CreateClientSecret"), request);
    if (answer.ok()) world.keep_canary(answer.response.plain_secret());
    return answer;
  }
  CallStatus remove(const std::string& client_id, const std::string& secret_id) {
    pb::DeleteClientSecretRequest request;
    request.set_client_id(client_id);
    request.set_secret_id(secret_id);
    return api.call<Empty>(method("DeleteClientSecret"), request);
  }
  CallStatus set_status(const std::string& client_id, const std::string& secret_id,
                        pb::ClientSecretStatus status) {
    pb::UpdateClientSecretRequest request;
    request.set_client_id(client_id);
    request.set_secret_id(secret_id);
    request.mutable_secret()->set_status(status);
    return api.call<pb::UpdateClientSecretResponse>(method("UpdateClientSecret"), request);
  }
  int token_status(const std::string& client_id, const std::string& secret) {
    Client anybody(world, "Console");
    anybody.prove_by(Client::Proof::none);
    return anybody
        .post("/oauth/token", {{"grant_type", "client_credentials"},
                               {"client_id", client_id},
                               {"client_secret", secret}})
        .status;
  }
};

}  // namespace

TEST_CASE("client secrets: a machine client's come and go by its client_id, of either kind") {
  Town town;
  const auto resource = town.resource_client();
  const auto organization = town.organization_client();
  struct Case {
    pb::M2MClient client;
    std::string plain;
  };
  for (const auto& [client, first] : {Case{resource.client(), resource.plain_secret()},
                                      Case{organization.client(), organization.plain_secret()}}) {
    const std::string& id = client.client_id();
    INFO(id);
    const auto added = town.add(id);
    REQUIRE(added.ok());
    CHECK(town.token_status(id, first) == 200);
    CHECK(town.token_status(id, added.response.plain_secret()) == 200);
    CHECK(town.remove(id, client.secrets(0).id()).status == Status::ok);
    CHECK(town.token_status(id, first) == 401);
    CHECK(town.token_status(id, added.response.plain_secret()) == 200);
    CHECK(town.remove(id, client.secrets(0).id()).status == Status::not_found);
    const auto last = town.remove(id, added.response.secret().id());
    CHECK(last.status == Status::failed_precondition);
    CHECK(last.message == "last client cannot be deleted");
  }
}

TEST_CASE("client secrets: those of unknown and of foreign machine clients are not found") {
  Town town;
  const auto made = town.resource_client();
  const std::string id = made.client().client_id();
  const std::string secret = made.client().secrets(0).id();
  for (const std::string& unknown :
       {std::string("m2m_123456789012345678"), std::string("m2morg_123456789012345678"),
        std::string("m2m_"), "m2morg_" + id.substr(4)}) {
    INFO(unknown);
    CHECK(town.add(unknown).status == Status::not_found);
    CHECK(town.remove(unknown, secret).status == Status::not_found);
  }
  const auto other = town.organization_client();
  CHECK(town.remove(other.client().client_id(), secret).status == Status::not_found);
  ApiClient stranger(town.world, "Portal");
  pb::CreateClientSecretRequest request;
  request.set_client_id(id);
  CHECK(
      stranger.call<pb::CreateClientSecretResponse>(method("CreateClientSecret"), request).status ==
      Status::not_found);
  CHECK(town.token_status(id, made.plain_secret()) == 200);
}

TEST_CASE("client secrets: a machine client's is active until it is deleted") {
  Town town;
  const auto made = town.resource_client();
  const std::string id = made.client().client_id();
  const std::string secret = made.client().secrets(0).id();
  CHECK(town.set_status(id, secret, pb::ACTIVE).status == Status::ok);
  const CallStatus refused = town.set_status(id, secret, pb::INACTIVE);
  CHECK(refused.status == Status::failed_precondition);
  CHECK(refused.fields() == std::vector<std::string>{"secret.status"});
  CHECK(town.set_status(id, "sec_1", pb::ACTIVE).status == Status::not_found);
  CHECK(town.token_status(id, made.plain_secret()) == 200);
}

}  // namespace gatehouse::world
