// ClientService over the wire: the machine clients of organizations, and their tokens.

#include "scalekit/v1/clients/clients.pb.h"
#include "scalekit/v1/organizations/organizations.pb.h"
#include "server/encoding/base64.h"
#include "tests/world/api_client.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::clients;
using api::Status;
using google::protobuf::Empty;
using Texts = std::vector<std::string>;

std::string method(std::string_view name) { return "clients.ClientService/" + std::string(name); }

struct Town {
  World world;
  ApiClient api{world};
  std::string acme = world.organization("Acme").text();
  std::string globex = world.organization("Globex").text();

  CallAnswer<pb::CreateOrganizationClientResponse> try_create(std::string organization,
                                                              const pb::OrganizationClient& given) {
    world.advance(milliseconds(1));
    pb::CreateOrganizationClientRequest request;
    request.set_organization_id(std::move(organization));
    *request.mutable_client() = given;
    auto answer =
        api.call<pb::CreateOrganizationClientResponse>(method("CreateOrganizationClient"), request);
    if (answer.ok()) world.keep_canary(answer.response.plain_secret());
    return answer;
  }
  pb::CreateOrganizationClientResponse create(const pb::OrganizationClient& given = {}) {
    auto answer = try_create(acme, given);
    REQUIRE(answer.ok());
    return answer.response;
  }
  template <class Request>
  Request about(const std::string& organization, const std::string& client_id) {
    Request request;
    request.set_organization_id(organization);
    request.set_client_id(client_id);
    return request;
  }
  CallAnswer<pb::GetOrganizationClientResponse> try_get(const std::string& organization,
                                                        const std::string& client_id) {
    return api.call<pb::GetOrganizationClientResponse>(
        method("GetOrganizationClient"),
        about<pb::GetOrganizationClientRequest>(organization, client_id));
  }
  pb::M2MClient get(const std::string& client_id) {
    const auto answer = try_get(acme, client_id);
    REQUIRE(answer.ok());
    return answer.response.client();
  }
  CallAnswer<pb::UpdateOrganizationClientResponse> try_update(const std::string& organization,
                                                              const std::string& client_id,
                                                              const pb::OrganizationClient& given) {
    auto request = about<pb::UpdateOrganizationClientRequest>(organization, client_id);
    *request.mutable_client() = given;
    return api.call<pb::UpdateOrganizationClientResponse>(method("UpdateOrganizationClient"),
                                                          request);
  }
  CallAnswer<Empty> try_delete(const std::string& organization, const std::string& client_id) {
    return api.call<Empty>(method("DeleteOrganizationClient"),
                           about<pb::DeleteOrganizationClientRequest>(organization, client_id));
  }
  CallAnswer<pb::CreateOrganizationClientSecretResponse> try_secret(const std::string& organization,
                                                                    const std::string& client_id) {
    auto answer = api.call<pb::CreateOrganizationClientSecretResponse>(
        method("CreateOrganizationClientSecret"),
        about<pb::CreateOrganizationClientSecretRequest>(organization, client_id));
    if (answer.ok()) world.keep_canary(answer.response.plain_secret());
    return answer;
  }
  CallAnswer<Empty> try_delete_secret(const std::string& organization, const std::string& client_id,
                                      const std::string& secret_id) {
    auto request = about<pb::DeleteOrganizationClientSecretRequest>(organization, client_id);
    request.set_secret_id(secret_id);
    return api.call<Empty>(method("DeleteOrganizationClientSecret"), request);
  }
  CallAnswer<pb::ListOrganizationClientsResponse> try_list(const std::string& organization,
                                                           std::uint32_t page_size = 0,
                                                           std::string token = "") {
    pb::ListOrganizationClientsRequest request;
    request.set_organization_id(organization);
    request.set_page_size(page_size);
    request.set_page_token(std::move(token));
    return api.call<pb::ListOrganizationClientsResponse>(method("ListOrganizationClients"),
                                                         request);
  }
  Answer token(const std::string& client_id, const std::string& secret, const Fields& more = {}) {
    Client anybody(world, "Console");
    anybody.prove_by(Client::Proof::none);
    Fields fields{
        {"grant_type", "client_credentials"}, {"client_id", client_id}, {"client_secret", secret}};
    for (const auto& field : more) fields.push_back(field);
    return anybody.post("/oauth/token", fields);
  }
};

pb::OrganizationClient full() {
  pb::OrganizationClient client;
  client.set_name("Nightly sync");
  client.set_description("Copies orders");
  for (const char* scope : {"read", "write", "delete"}) client.add_scopes(scope);
  client.add_audience("my-own-api");
  pb::CustomClaim& claim = *client.add_custom_claims();
  claim.set_key("wksp_id");
  claim.set_value("w1");
  client.set_expiry(900);
  return client;
}

Texts texts_of(const Json& json, std::string_view name) {
  Texts texts;
  REQUIRE(json.array(name) != nullptr);
  for (const Json& item : *json.array(name)) texts.emplace_back(*item.string());
  return texts;
}

}  // namespace

TEST_CASE("machine clients: what is created is read back, with one secret that is shown once") {
  Town town;
  const auto made = town.create(full());
  const pb::M2MClient& client = made.client();
  CHECK(client.client_id().starts_with("m2morg_"));
  CHECK(client.organization_id() == town.acme);
  CHECK(client.name() == "Nightly sync");
  CHECK(client.description() == "Copies orders");
  CHECK(Texts(client.scopes().begin(), client.scopes().end()) == Texts{"read", "write", "delete"});
  CHECK(client.audience(0) == "my-own-api");
  CHECK(client.custom_claims(0).key() == "wksp_id");
  CHECK(client.custom_claims(0).value() == "w1");
  CHECK(client.expiry() == 900);
  REQUIRE(client.secrets_size() == 1);
  CHECK(client.secrets(0).id().starts_with("sks_"));
  CHECK_FALSE(client.secrets(0).has_plain_secret());
  CHECK(made.plain_secret().ends_with(client.secrets(0).secret_suffix()));
  CHECK(town.get(client.client_id()).SerializeAsString() == client.SerializeAsString());

  const auto bare = town.create();
  CHECK(bare.client().expiry() == 3600);
  CHECK(bare.client().name().empty());
  CHECK(bare.client().secrets_size() == 1);
}

TEST_CASE("machine clients: a token says whose it is and what it may, and verifies") {
  Town town;
  const auto made = town.create(full());
  const std::string& id = made.client().client_id();
  const Answer answer = town.token(id, made.plain_secret());
  REQUIRE(answer.status == 200);
  CHECK(answer.json.integer("expires_in") == 900);
  CHECK(answer.text("token_type") == "Bearer");
  CHECK(answer.text("scope") == "read write delete");
  CHECK(answer.refresh_token().empty());
  Client console(town.world, "Console");
  const Json claims = console.claims(answer.access_token(), jose::TokenType::access_token);
  CHECK(claims.string("iss") == development_url);
  CHECK(claims.string("sub") == id);
  CHECK(claims.string("client_id") == id);
  CHECK(claims.string("oid") == town.acme);
  CHECK(texts_of(claims, "aud") == Texts{"my-own-api"});
  CHECK(texts_of(claims, "scopes") == Texts{"read", "write", "delete"});
  CHECK(claims.string("scope") == "read write delete");
  CHECK(claims.find("custom_claims")->string("wksp_id") == "w1");
  CHECK(claims.string("jti")->starts_with("tkn_"));
  CHECK(*claims.integer("exp") - *claims.integer("iat") == 900);
  CHECK(*claims.integer("nbf") <= *claims.integer("iat"));
  CHECK(claims.find("sid") == nullptr);
  CHECK_FALSE(town.get(id).secrets(0).has_last_used_time());
  town.world.run_job("write uses of secrets");
  CHECK(town.get(id).secrets(0).has_last_used_time());

  const std::string basic = "Basic " + base64_encode(id + ":" + made.plain_secret());
  Client anybody(town.world, "Console");
  anybody.prove_by(Client::Proof::none);
  const Answer by_basic = anybody.post("/oauth/token", {{"grant_type", "client_credentials"}},
                                       {{"Authorization", basic}});
  CHECK(by_basic.status == 200);
}

TEST_CASE("machine clients: the organization's external id goes along where it has one") {
  Town town;
  namespace organizations = scalekit::v1::organizations;
  organizations::CreateOrganizationRequest request;
  request.mutable_organization()->set_display_name("Umbrella");
  request.mutable_organization()->set_external_id("ext-7");
  const auto umbrella = town.api.must<organizations::CreateOrganizationResponse>(
      "organizations.OrganizationService/CreateOrganization", request);
  const auto made = town.try_create(umbrella.organization().id(), {}).response;
  const Answer answer = town.token(made.client().client_id(), made.plain_secret());
  CHECK(token_part(answer.access_token(), 1).string("xoid") == "ext-7");
}

TEST_CASE("machine clients: a token has the scopes that were asked for, in their order") {
  Town town;
  const auto made = town.create(full());
  const std::string& id = made.client().client_id();
  const Answer narrowed = town.token(id, made.plain_secret(), {{"scope", "write read"}});
  CHECK(narrowed.text("scope") == "write read");
  CHECK(texts_of(token_part(narrowed.access_token(), 1), "scopes") == Texts{"write", "read"});
  CHECK(town.token(id, made.plain_secret(), {{"scope", "read admin"}}).error() == "invalid_scope");
  CHECK(town.token(id, made.plain_secret(), {{"scope", "\"read\""}}).error() == "invalid_scope");
}

TEST_CASE(
    "machine clients: a wrong secret, an unknown client and another environment are the same") {
  Town town;
  const auto made = town.create(full());
  const std::string& id = made.client().client_id();
  const Answer wrong = town.token(id, "test_wrong");
  CHECK(wrong.status == 401);
  CHECK(wrong.error() == "invalid_client");
  for (const std::string& unknown :
       {std::string("m2morg_1"), std::string("m2morg_x"), id + "0", "m2m_" + id.substr(7)}) {
    CAPTURE(unknown);
    const Answer answer = town.token(unknown, made.plain_secret());
    CHECK(answer.response.body == wrong.response.body);
    CHECK(answer.status == 401);
  }
  CHECK(town.token(id, "").error() == "invalid_client");
  Client portal(town.world, "Portal");
  portal.prove_by(Client::Proof::none);
  CHECK(portal
            .post("/oauth/token", {{"grant_type", "client_credentials"},
                                   {"client_id", id},
                                   {"client_secret", made.plain_secret()}})
            .error() == "invalid_client");
  CHECK(town.token(id, made.plain_secret(), {{"grant_type", "password"}}).status == 400);
}

TEST_CASE("machine clients: no other grant, and its own tokens alone") {
  Town town;
  const auto made = town.create(full());
  const Fields proof{{"client_id", made.client().client_id()},
                     {"client_secret", made.plain_secret()}};
  Client anybody(town.world, "Console");
  const Answer console_token = anybody.token({{"grant_type", "client_credentials"}});
  anybody.prove_by(Client::Proof::none);
  const auto post = [&](std::string_view path, Fields more) {
    for (const auto& field : proof) more.push_back(field);
    return anybody.post(path, more);
  };
  for (const char* grant : {"authorization_code", "refresh_token"}) {
    const Answer answer = post("/oauth/token", {{"grant_type", grant}, {"code", "x"}});
    CHECK(answer.error() == "unauthorized_client");
  }
  const Answer own = town.token(made.client().client_id(), made.plain_secret());
  CHECK(post("/oauth/introspect", {{"token", own.access_token()}}).is_active());
  CHECK_FALSE(post("/oauth/introspect", {{"token", console_token.access_token()}}).is_active());
  CHECK(post("/oauth/revoke", {{"token", own.access_token()}}).status == 200);
  CHECK_FALSE(post("/oauth/introspect", {{"token", own.access_token()}}).is_active());
}

TEST_CASE("machine clients: their tokens do not open the management API") {
  Town town;
  const auto made = town.create(full());
  const Answer answer = town.token(made.client().client_id(), made.plain_secret());
  namespace organizations = scalekit::v1::organizations;
  auto stranger =
      ApiClient::with_token(town.world, std::string(development_url), answer.access_token());
  const auto refused = stranger.call<organizations::ListOrganizationsResponse>(
      "organizations.OrganizationService/ListOrganization",
      organizations::ListOrganizationsRequest());
  CHECK((refused.status == Status::unauthenticated || refused.status == Status::permission_denied));
}

TEST_CASE("machine clients: an update changes what it brings, and echoes the whole") {
  Town town;
  const auto made = town.create(full());
  const std::string& id = made.client().client_id();
  pb::OrganizationClient change;
  change.set_name("Weekly sync");
  change.set_description("Copies everything");
  const auto updated = town.try_update(town.acme, id, change);
  REQUIRE(updated.ok());
  CHECK(updated.response.client().name() == "Weekly sync");
  CHECK(updated.response.client().description() == "Copies everything");
  CHECK(updated.response.client().scopes_size() == 3);
  CHECK(updated.response.client().expiry() == 900);
  CHECK(town.get(id).SerializeAsString() == updated.response.client().SerializeAsString());

  pb::OrganizationClient more;
  more.add_scopes("read");
  more.set_expiry(600);
  REQUIRE(town.try_update(town.acme, id, more).ok());
  CHECK(town.get(id).scopes_size() == 1);
  CHECK(town.token(id, made.plain_secret(), {{"scope", "write"}}).error() == "invalid_scope");
  CHECK(town.token(id, made.plain_secret()).json.integer("expires_in") == 600);
}

TEST_CASE("machine clients: what cannot be is refused, naming its field") {
  Town town;
  const auto id = town.create().client().client_id();
  const auto field_of = [&](auto change) {
    pb::OrganizationClient client;
    change(client);
    const auto refused = town.try_create(town.acme, client);
    CHECK(refused.status == Status::invalid_argument);
    CHECK(refused.info.error_code() == "INVALID_ARGUMENT");
    CHECK(town.try_update(town.acme, id, client).fields() == refused.fields());
    REQUIRE_FALSE(refused.fields().empty());
    return refused.fields().front();
  };
  CHECK(field_of([](auto& c) { c.set_name(std::string(129, 'n')); }) == "client.name");
  CHECK(field_of([](auto& c) { c.set_description(std::string(513, 'd')); }) ==
        "client.description");
  CHECK(field_of([](auto& c) { c.add_scopes(""); }) == "client.scopes");
  CHECK(field_of([](auto& c) { c.add_audience("a b"); }) == "client.audience");
  CHECK(field_of([](auto& c) {
          c.add_custom_claims()->set_key("");
        }).starts_with("client.custom_claims"));
  for (const std::int64_t expiry : {std::int64_t{299}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    CHECK(field_of([expiry](auto& c) { c.set_expiry(expiry); }) == "client.expiry");
  }
  CHECK(town.try_list(town.acme).response.total_size() == 1);
}

TEST_CASE("machine clients: secrets are added behind, up to five; the last one stays") {
  Town town;
  const auto made = town.create();
  const std::string& id = made.client().client_id();
  const std::string first = made.client().secrets(0).id();
  const auto last = town.try_delete_secret(town.acme, id, first);
  CHECK(last.status == Status::failed_precondition);
  CHECK(last.message == "last client cannot be deleted");

  town.world.advance(milliseconds(1));
  const auto second = town.try_secret(town.acme, id);
  REQUIRE(second.ok());
  REQUIRE(town.get(id).secrets_size() == 2);
  CHECK(town.get(id).secrets(1).id() == second.response.secret().id());
  CHECK(town.token(id, second.response.plain_secret()).status == 200);
  REQUIRE(town.try_delete_secret(town.acme, id, first).ok());
  CHECK(town.token(id, made.plain_secret()).error() == "invalid_client");
  CHECK(town.token(id, second.response.plain_secret()).status == 200);
  CHECK(town.try_delete_secret(town.acme, id, first).message == "secret not found");
  CHECK(town.try_delete_secret(town.acme, id, "nonsense").status == Status::not_found);
  for (int count = 1; count < 5; ++count) REQUIRE(town.try_secret(town.acme, id).ok());
  CHECK(town.try_secret(town.acme, id).status == Status::resource_exhausted);
}

TEST_CASE("machine clients: the list is newest first, in pages, and only the organization's") {
  Town town;
  CHECK(town.try_list(town.acme).response.total_size() == 0);
  CHECK(town.try_list(town.acme).response.clients_size() == 0);
  Texts ids;
  for (int i = 0; i < 3; ++i) ids.push_back(town.create().client().client_id());
  REQUIRE(town.try_create(town.globex, {}).ok());
  const auto first = town.try_list(town.acme, 2).response;
  CHECK(first.total_size() == 3);
  REQUIRE(first.clients_size() == 2);
  CHECK(first.clients(0).client_id() == ids[2]);
  CHECK(first.clients(0).secrets_size() == 1);
  const auto second = town.try_list(town.acme, 2, first.next_page_token()).response;
  REQUIRE(second.clients_size() == 1);
  CHECK(second.clients(0).client_id() == ids[0]);
  CHECK(second.next_page_token().empty());
  const auto back = town.try_list(town.acme, 2, second.prev_page_token()).response;
  CHECK(back.clients(0).client_id() == ids[2]);
  CHECK(town.try_list(town.acme, 2, "nonsense").fields() == Texts{"page_token"});
  const auto unknown = town.try_list("org_1");
  CHECK(unknown.status == Status::not_found);
  CHECK(unknown.message == "organization not found");
  CHECK(town.try_list("nonsense").status == Status::invalid_argument);
}

TEST_CASE("machine clients: unknown and foreign ones are not found, whatever is asked") {
  Town town;
  const auto made = town.create(full());
  const std::string& id = made.client().client_id();
  const std::string secret = made.client().secrets(0).id();
  const std::string elsewhere =
      town.world
          .must([&](storage::Transaction& transaction) {
            return orgs::create(transaction, town.world.production(), town.world.context(),
                                town.world.random(), {.display_name = "Elsewhere"});
          })
          .id.text();
  CHECK(town.try_create(elsewhere, {}).message == "organization not found");
  CHECK(town.try_list(elsewhere).status == Status::not_found);
  struct Pair {
    std::string organization;
    std::string client;
  };
  for (const Pair& pair : {Pair{town.globex, id}, Pair{elsewhere, id}, Pair{"org_1", id},
                           Pair{town.acme, "m2morg_1"}, Pair{town.acme, "m2morg_x"}}) {
    CAPTURE(pair.organization);
    CAPTURE(pair.client);
    const auto found = town.try_get(pair.organization, pair.client);
    CHECK(found.status == Status::not_found);
    CHECK(found.info.error_code() == "NOT_FOUND");
    CHECK(found.message == "client not found");
    CHECK(town.try_update(pair.organization, pair.client, full()).status == Status::not_found);
    CHECK(town.try_secret(pair.organization, pair.client).status == Status::not_found);
    CHECK(town.try_delete_secret(pair.organization, pair.client, secret).status ==
          Status::not_found);
    CHECK(town.try_delete(pair.organization, pair.client).status == Status::not_found);
  }
  CHECK(town.try_get(town.acme, "webc_1").status == Status::invalid_argument);
  CHECK(town.get(id).secrets_size() == 1);
}

TEST_CASE("machine clients: a deleted one gets no more tokens; those it has live on") {
  Town town;
  const auto made = town.create(full());
  const std::string& id = made.client().client_id();
  const Answer before = town.token(id, made.plain_secret());
  REQUIRE(town.try_secret(town.acme, id).ok());
  REQUIRE(town.try_delete(town.acme, id).ok());
  CHECK(town.try_get(town.acme, id).status == Status::not_found);
  CHECK(town.try_delete(town.acme, id).status == Status::not_found);
  CHECK(town.token(id, made.plain_secret()).error() == "invalid_client");
  Client console(town.world, "Console");
  CHECK(console.introspect(before.access_token()).is_active());
  CHECK(town.world.violations().empty());
  CHECK(town.world.audit("client.deleted").size() == 1);
}

TEST_CASE("machine clients: a database that is away is no wrong secret") {
  Town town;
  const auto made = town.create(full());
  town.world.faults().arm({.number = 1});
  const Answer answer = town.token(made.client().client_id(), made.plain_secret());
  CHECK(answer.status >= 500);
  CHECK(answer.error() != "invalid_client");
}

}  // namespace gatehouse::world
