// ClientService over the wire: resources, their clients, registration, scopes and consents.

#include "scalekit/v1/clients/clients.pb.h"
#include "server/applications/consent.h"
#include "tests/world/api_client.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::clients;
using api::Status;
using google::protobuf::Empty;
using Texts = std::vector<std::string>;

std::string method(std::string_view name) { return "clients.ClientService/" + std::string(name); }

Texts texts(const google::protobuf::RepeatedPtrField<std::string>& messages) {
  return {messages.begin(), messages.end()};
}

pb::CreateResourceRequest todo() {
  pb::CreateResourceRequest request;
  pb::CreateResource& resource = *request.mutable_resource();
  resource.set_resource_type(pb::MCP_SERVER);
  resource.set_name("Todo");
  resource.set_description("Lists");
  resource.set_resource_uri("https://mcp.acme.test/todo");
  resource.set_access_token_expiry(600);
  resource.add_scopes("todo:write");
  resource.add_scopes("todo:read");
  return request;
}

struct Town {
  World world;
  ApiClient api{world};

  CallAnswer<pb::CreateResourceResponse> try_create(const pb::CreateResourceRequest& request) {
    world.advance(milliseconds(1));
    return api.call<pb::CreateResourceResponse>(method("CreateResource"), request);
  }
  pb::Resource create(const pb::CreateResourceRequest& request = todo()) {
    const auto answer = try_create(request);
    REQUIRE(answer.ok());
    return answer.response.resource();
  }
  CallAnswer<pb::GetResourceResponse> try_get(const std::string& id) {
    pb::GetResourceRequest request;
    request.set_resource_id(id);
    return api.call<pb::GetResourceResponse>(method("GetResource"), request);
  }
  CallAnswer<pb::UpdateResourceResponse> try_update(const pb::UpdateResourceRequest& request) {
    return api.call<pb::UpdateResourceResponse>(method("UpdateResource"), request);
  }
  CallAnswer<pb::CreateResourceClientResponse> try_client(const std::string& resource,
                                                          const pb::ResourceClient& given) {
    world.advance(milliseconds(1));
    pb::CreateResourceClientRequest request;
    request.set_resource_id(resource);
    *request.mutable_client() = given;
    auto answer =
        api.call<pb::CreateResourceClientResponse>(method("CreateResourceClient"), request);
    if (answer.ok()) world.keep_canary(answer.response.plain_secret());
    return answer;
  }
  CallAnswer<pb::RegisterClientResponse> try_register(const std::string& resource,
                                                      const pb::RegisterClient& given) {
    pb::RegisterClientRequest request;
    request.set_res_id(resource);
    *request.mutable_client() = given;
    auto anybody = ApiClient::with_token(world, std::string(development_url), "");
    auto answer = anybody.call<pb::RegisterClientResponse>(method("RegisterClient"), request);
    if (answer.ok()) world.keep_canary(answer.response.client_secret());
    return answer;
  }
  Answer token(const std::string& client_id, const std::string& secret, const Fields& more = {}) {
    Client anybody(world, "Console");
    anybody.prove_by(Client::Proof::none);
    Fields fields{
        {"grant_type", "client_credentials"}, {"client_id", client_id}, {"client_secret", secret}};
    for (const auto& field : more) fields.push_back(field);
    return anybody.post("/oauth/token", fields);
  }
  std::string consent(std::string_view email, const std::string& client_id, Texts scopes) {
    world.advance(milliseconds(1));
    const auto number = Id<applications::ResourceClientTag>::parse(client_id)->number();
    const applications::NewConsent wanted{.user = world.user(email),
                                          .client = applications::MachineClientId(number),
                                          .scopes = std::move(scopes)};
    return world
        .must([&](storage::Transaction& transaction) {
          return applications::record_consent(transaction, world.development(), world.context(),
                                              world.random(), wanted);
        })
        .text();
  }
  pb::ListResourceUserConsentsResponse consents(const std::string& resource, std::string search) {
    pb::ListResourceUserConsentsRequest request;
    request.set_resource_id(resource);
    request.set_search(std::move(search));
    return api.must<pb::ListResourceUserConsentsResponse>(method("ListResourceUserConsents"),
                                                          request);
  }
};

}  // namespace

TEST_CASE("resources: what is created is read back, with its scopes in their order") {
  Town town;
  const pb::Resource made = town.create();
  CHECK(made.id().starts_with("res_"));
  CHECK(made.resource_type() == pb::MCP_SERVER);
  CHECK(made.resource_uri() == "https://mcp.acme.test/todo");
  CHECK(made.access_token_expiry() == 600);
  CHECK(made.refresh_token_expiry() == 0);
  CHECK_FALSE(made.disable_dynamic_client_registration());
  REQUIRE(made.scopes_size() == 2);
  CHECK(made.scopes(0).name() == "todo:write");
  CHECK(made.scopes(0).id().starts_with("scp_"));
  CHECK(made.scopes(0).enabled());
  CHECK(town.try_get(made.id()).response.resource().SerializeAsString() ==
        made.SerializeAsString());
  CHECK(town.try_create(todo()).status == Status::already_exists);
}

TEST_CASE("resources: an update changes what its mask names, or what it brings") {
  Town town;
  const std::string id = town.create().id();
  pb::UpdateResourceRequest request;
  request.set_resource_id(id);
  request.mutable_resource()->set_name("Other");
  request.mutable_resource()->mutable_disable_dynamic_client_registration()->set_value(true);
  REQUIRE(town.try_update(request).ok());
  pb::Resource found = town.try_get(id).response.resource();
  CHECK(found.name() == "Other");
  CHECK(found.disable_dynamic_client_registration());
  CHECK(found.description() == "Lists");
  CHECK(found.scopes_size() == 2);

  pb::UpdateResourceRequest masked;
  masked.set_resource_id(id);
  masked.mutable_resource()->set_name("Ignored");
  masked.mutable_resource()->mutable_custom_connection_settings()->set_authorize_uri(
      "https://login.acme.test/");
  for (const char* path : {"description", "scopes", "custom_connection_settings"}) {
    masked.mutable_update_mask()->add_paths(path);
  }
  REQUIRE(town.try_update(masked).ok());
  found = town.try_get(id).response.resource();
  CHECK(found.name() == "Other");
  CHECK(found.description().empty());
  CHECK(found.scopes_size() == 0);
  CHECK(found.connection_details().type() == pb::CUSTOM);
  pb::DeleteResourceProviderRequest provider;
  provider.set_resource_id(id);
  const auto without =
      town.api.must<pb::GetResourceResponse>(method("DeleteResourceProvider"), provider);
  CHECK_FALSE(without.resource().has_connection_details());

  masked.mutable_update_mask()->add_paths("id");
  CHECK(town.try_update(masked).fields() == Texts{"update_mask"});
  request.set_resource_id("res_1");
  CHECK(town.try_update(request).message == "resource not found");
  request.set_resource_id("nonsense");
  CHECK(town.try_update(request).status == Status::not_found);
}

TEST_CASE("resources: what cannot be is refused, naming its field") {
  Town town;
  const auto field_of = [&](auto change) {
    pb::CreateResourceRequest request = todo();
    change(*request.mutable_resource());
    const auto refused = town.try_create(request);
    CHECK(refused.status == Status::invalid_argument);
    REQUIRE_FALSE(refused.fields().empty());
    return refused.fields().front();
  };
  CHECK(field_of([](auto& r) { r.set_resource_type(pb::RESOURCE_TYPE_UNSPECIFIED); }) ==
        "resource.resource_type");
  CHECK(field_of([](auto& r) { r.set_name(""); }) == "resource.name");
  CHECK(field_of([](auto& r) { r.set_resource_uri("x"); }) == "resource.resource_uri");
  CHECK(field_of([](auto& r) { r.set_access_token_expiry(5); }) == "resource.access_token_expiry");
  CHECK(field_of([](auto& r) { r.set_refresh_token_expiry(INT64_MIN); }) ==
        "resource.refresh_token_expiry");
  CHECK(field_of([](auto& r) { r.add_scopes("a b"); }) == "resource.scopes");
}

TEST_CASE("resources: the list is of one type, newest first; a deleted one is gone") {
  Town town;
  const std::string first = town.create().id();
  pb::CreateResourceRequest another = todo();
  another.mutable_resource()->clear_resource_uri();
  const std::string second = town.create(another).id();
  another.mutable_resource()->set_resource_type(pb::WEB);
  town.create(another);
  pb::ListResourcesRequest request;
  request.set_resource_type(pb::MCP_SERVER);
  request.set_page_size(1);
  const auto page = town.api.must<pb::ListResourcesResponse>(method("ListResources"), request);
  CHECK(page.total_size() == 2);
  CHECK(page.resources(0).id() == second);
  request.set_page_token(page.next_page_token());
  const auto next = town.api.must<pb::ListResourcesResponse>(method("ListResources"), request);
  CHECK(next.resources(0).id() == first);
  CHECK(next.next_page_token().empty());

  pb::DeleteResourceRequest gone;
  gone.set_resource_id(first);
  REQUIRE(town.api.call<Empty>(method("DeleteResource"), gone).ok());
  CHECK(town.try_get(first).status == Status::not_found);
  CHECK(town.api.call<Empty>(method("DeleteResource"), gone).status == Status::not_found);
}

TEST_CASE("resource clients: one without redirect URIs gets tokens for its resource") {
  Town town;
  const pb::Resource resource = town.create();
  pb::ResourceClient wanted;
  wanted.set_name("Agent");
  wanted.add_scopes("todo:read");
  const auto made = town.try_client(resource.id(), wanted).response;
  const std::string id = made.client().client_id();
  CHECK(id.starts_with("m2m_"));
  CHECK(made.client().resource_id() == resource.id());
  CHECK(made.client().expiry() == 600);
  CHECK_FALSE(made.client().is_dcr());
  const Answer token = town.token(id, made.plain_secret());
  REQUIRE(token.status == 200);
  const Json claims = token_part(token.access_token(), 1);
  CHECK(claims.array("aud")->size() == 2);
  CHECK(claims.array("aud")->front().string() == "https://mcp.acme.test/todo");
  CHECK(claims.array("aud")->back().string() == resource.id());
  CHECK(claims.string("scope") == "todo:read");
  CHECK(claims.find("oid") == nullptr);

  wanted.add_scopes("unknown");
  CHECK(town.try_client(resource.id(), wanted).fields() == Texts{"client.scopes"});
  CHECK(town.try_client("res_1", {}).message == "resource not found");
}

TEST_CASE("resource clients: those for people get no tokens without one") {
  Town town;
  const pb::Resource resource = town.create();
  pb::ResourceClient wanted;
  wanted.add_redirect_uris("https://app.example.com/cb");
  const auto made = town.try_client(resource.id(), wanted).response;
  CHECK(town.token(made.client().client_id(), made.plain_secret()).error() ==
        "unauthorized_client");
  const auto registered = town.try_register(resource.id(), {}).response;
  CHECK(town.token(registered.client_id(), registered.client_secret()).error() ==
        "unauthorized_client");
}

TEST_CASE("resource clients: read, changed, listed and deleted with their resource alone") {
  Town town;
  const std::string resource = town.create().id();
  pb::CreateResourceRequest another = todo();
  another.mutable_resource()->clear_resource_uri();
  const std::string other = town.create(another).id();
  const std::string id = town.try_client(resource, {}).response.client().client_id();
  REQUIRE(town.try_register(resource, {}).ok());

  pb::UpdateResourceClientRequest change;
  change.set_resource_id(resource);
  change.set_client_id(id);
  change.mutable_client()->set_name("Renamed");
  change.mutable_client()->add_redirect_uris("https://app.example.com/cb");
  change.mutable_update_mask()->add_paths("name");
  const auto changed =
      town.api.must<pb::UpdateResourceClientResponse>(method("UpdateResourceClient"), change);
  CHECK(changed.client().name() == "Renamed");
  CHECK(changed.client().redirect_uris_size() == 0);
  change.set_resource_id(other);
  CHECK(town.api.call<pb::UpdateResourceClientResponse>(method("UpdateResourceClient"), change)
            .message == "client not found");

  pb::ListResourceClientsRequest list;
  list.set_resource_id(resource);
  const auto all =
      town.api.must<pb::ListResourceClientsResponse>(method("ListResourceClients"), list);
  CHECK(all.clients_size() == 2);
  CHECK(all.total_dcr_clients() == 1);
  CHECK(all.total_static_clients() == 1);
  list.set_resource_id("res_1");
  CHECK(
      town.api.call<pb::ListResourceClientsResponse>(method("ListResourceClients"), list).status ==
      Status::not_found);

  pb::DeleteResourceClientRequest gone;
  gone.set_resource_id(other);
  gone.set_client_id(id);
  const std::string remove = method("DeleteResourceClient");
  CHECK(town.api.call<pb::DeleteResourceClientResponse>(remove, gone).status == Status::not_found);
  gone.set_resource_id(resource);
  CHECK(town.api.call<pb::DeleteResourceClientResponse>(remove, gone).ok());
  pb::GetResourceClientRequest get;
  get.set_resource_id(resource);
  get.set_client_id(id);
  CHECK(town.api.call<pb::GetResourceClientResponse>(method("GetResourceClient"), get).status ==
        Status::not_found);
}

TEST_CASE("registration: a client registers itself where the resource allows it") {
  Town town;
  const pb::Resource resource = town.create();
  pb::RegisterClient given;
  given.set_client_name("Assistant");
  given.add_redirect_uris("http://127.0.0.1:3000/cb");
  given.set_scope("todo:read");
  given.set_logo_uri("https://assistant.example/logo.png");
  const auto made = town.try_register(resource.id(), given);
  REQUIRE(made.ok());
  CHECK(made.response.client_id().starts_with("m2m_"));
  CHECK(made.response.name() == "Assistant");
  CHECK(texts(made.response.scopes()) == Texts{"todo:read"});
  CHECK(texts(made.response.redirect_uris()) == Texts{"http://127.0.0.1:3000/cb"});
  CHECK(made.response.resource_id() == resource.id());
  CHECK_FALSE(made.response.client_secret().empty());
  CHECK(made.response.client_secret_expires_at() == 0);
  CHECK(town.try_register(resource.id(), {}).response.scopes_size() == 2);

  given.set_scope("todo:read admin");
  CHECK(town.try_register(resource.id(), given).fields() == Texts{"client.scopes"});
  given.clear_scope();
  given.add_redirect_uris("javascript:1");
  CHECK(town.try_register(resource.id(), given).fields() == Texts{"client.redirect_uris"});
  CHECK(town.try_register("res_1", {}).status == Status::not_found);

  pb::UpdateResourceRequest close;
  close.set_resource_id(resource.id());
  close.mutable_resource()->mutable_disable_dynamic_client_registration()->set_value(true);
  REQUIRE(town.try_update(close).ok());
  CHECK(town.try_register(resource.id(), {}).status == Status::failed_precondition);
}

TEST_CASE("consents: the administrator sees and revokes those of a resource") {
  Town town;
  const std::string resource = town.create().id();
  pb::ResourceClient wanted;
  wanted.set_name("Assistant");
  const std::string client = town.try_client(resource, wanted).response.client().client_id();
  CHECK(town.consents(resource, "").total_size() == 0);
  const std::string ada = town.consent("ada@acme.test", client, {"todo:read"});
  town.consent("bob@acme.test", client, {"todo:read", "todo:write"});
  const auto all = town.consents(resource, "");
  CHECK(all.total_size() == 2);
  REQUIRE(all.consents_size() == 2);
  CHECK(all.consents(1).id() == ada);
  CHECK(all.consents(1).client_id() == client);
  CHECK(all.consents(1).client_name() == "Assistant");
  CHECK(all.consents(1).external_user_id() == town.world.user("ada@acme.test").text());
  CHECK(texts(all.consents(1).scopes()) == Texts{"todo:read"});
  CHECK(town.consents(resource, "BOB@").consents_size() == 1);
  pb::GetResourceClientRequest get;
  get.set_resource_id(resource);
  get.set_client_id(client);
  const auto shown = town.api.must<pb::GetResourceClientResponse>(method("GetResourceClient"), get);
  CHECK(shown.consented_users_size() == 2);

  pb::RevokeUserConsentRequest revoke;
  revoke.set_client_id("m2m_1");
  revoke.set_consent_id(ada);
  const std::string name = method("RevokeUserConsent");
  CHECK(town.api.call<pb::RevokeUserConsentResponse>(name, revoke).message == "consent not found");
  revoke.set_client_id(client);
  CHECK(town.api.call<pb::RevokeUserConsentResponse>(name, revoke).ok());
  CHECK(town.api.call<pb::RevokeUserConsentResponse>(name, revoke).status == Status::not_found);
  CHECK(town.consents(resource, "").total_size() == 1);
  CHECK(town.world.audit("consent.revoked").size() == 1);
}

TEST_CASE("consents: people see and revoke their own, by their own token") {
  Town town;
  const std::string resource = town.create().id();
  const std::string client = town.try_client(resource, {}).response.client().client_id();
  const std::string ada = town.consent("ada@acme.test", client, {"todo:read"});
  const std::string bob = town.consent("bob@acme.test", client, {});
  Browser browser(town.world);
  Client console(town.world, "Console");
  const Answer tokens = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  auto person =
      ApiClient::with_token(town.world, std::string(development_url), tokens.access_token());
  const auto list = [&] {
    return person.call<pb::ListCurrentAgentConsentsResponse>(method("ListCurrentAgentConsents"),
                                                             pb::ListCurrentAgentConsentsRequest());
  };
  const auto own = list();
  REQUIRE(own.ok());
  CHECK(own.response.total_size() == 1);
  CHECK(own.response.consents(0).id() == ada);
  const auto revoke = [&](const std::string& consent) {
    pb::RevokeCurrentAgentConsentRequest request;
    request.set_consent_id(consent);
    return person
        .call<pb::RevokeCurrentAgentConsentResponse>(method("RevokeCurrentAgentConsent"), request)
        .status;
  };
  CHECK(revoke(bob) == Status::not_found);
  CHECK(revoke("nonsense") == Status::not_found);
  CHECK(revoke(ada) == Status::ok);
  CHECK(list().response.total_size() == 0);
  CHECK(town.consents(resource, "").total_size() == 1);
  CHECK(town.api
            .call<pb::ListCurrentAgentConsentsResponse>(method("ListCurrentAgentConsents"),
                                                        pb::ListCurrentAgentConsentsRequest())
            .status == Status::permission_denied);
}

TEST_CASE("scopes: their methods are not for API clients") {
  Town town;
  pb::CreateScopeRequest request;
  request.mutable_scope()->set_name("read");
  CHECK(town.api.call<pb::CreateScopeResponse>(method("CreateScope"), request).status ==
        Status::permission_denied);
  CHECK(
      town.api.call<pb::ListScopesResponse>(method("ListScopes"), pb::ListScopesRequest()).status ==
      Status::permission_denied);
}

}  // namespace gatehouse::world
