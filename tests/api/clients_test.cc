// ClientService over the wire: applications and their secrets.

#include "scalekit/v1/clients/clients.pb.h"
#include "scalekit/v1/organizations/organizations.pb.h"
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

pb::CreateClientRequest named(std::string name, std::string type) {
  pb::CreateClientRequest request;
  request.mutable_client()->set_name(std::move(name));
  request.mutable_client()->set_client_type(std::move(type));
  return request;
}

class Clients {
 public:
  explicit Clients(World& world, std::string_view application = "Console")
      : world_(world), api_(world, application) {}

  ApiClient& api() { return api_; }

  CallAnswer<pb::CreateClientResponse> try_create(const pb::CreateClientRequest& request) {
    return api_.call<pb::CreateClientResponse>(method("CreateClient"), request);
  }
  pb::Client create(const pb::CreateClientRequest& request) {
    world_.advance(milliseconds(1));
    return api_.must<pb::CreateClientResponse>(method("CreateClient"), request).client();
  }
  pb::Client create(std::string type) { return create(named("Test", std::move(type))); }
  CallAnswer<pb::GetClientResponse> try_get(std::string_view client_id) {
    pb::GetClientRequest request;
    request.set_client_id(std::string(client_id));
    return api_.call<pb::GetClientResponse>(method("GetClient"), request);
  }
  pb::Client get(std::string_view client_id) {
    const auto answer = try_get(client_id);
    REQUIRE(answer.ok());
    return answer.response.client();
  }
  CallAnswer<pb::UpdateClientResponse> try_update(const pb::UpdateClientRequest& request) {
    return api_.call<pb::UpdateClientResponse>(method("UpdateClient"), request);
  }
  CallAnswer<Empty> remove(std::string_view client_id) {
    pb::DeleteClientRequest request;
    request.set_client_id(std::string(client_id));
    return api_.call<Empty>(method("DeleteClient"), request);
  }
  CallAnswer<pb::CreateClientSecretResponse> try_secret(std::string_view client_id) {
    pb::CreateClientSecretRequest request;
    request.set_client_id(std::string(client_id));
    auto answer = api_.call<pb::CreateClientSecretResponse>(method("CreateClientSecret"), request);
    if (answer.ok()) world_.keep_canary(answer.response.plain_secret());
    return answer;
  }
  CallAnswer<pb::UpdateClientSecretResponse> set_status(std::string_view client_id,
                                                        std::string_view secret_id,
                                                        pb::ClientSecretStatus status) {
    pb::UpdateClientSecretRequest request;
    request.set_client_id(std::string(client_id));
    request.set_secret_id(std::string(secret_id));
    request.mutable_secret()->set_status(status);
    request.mutable_mask()->add_paths("status");
    return api_.call<pb::UpdateClientSecretResponse>(method("UpdateClientSecret"), request);
  }
  CallAnswer<Empty> remove_secret(std::string_view client_id, std::string_view secret_id) {
    pb::DeleteClientSecretRequest request;
    request.set_client_id(std::string(client_id));
    request.set_secret_id(std::string(secret_id));
    return api_.call<Empty>(method("DeleteClientSecret"), request);
  }
  pb::ListClientsResponse list(const pb::ListClientsRequest& request) {
    return api_.must<pb::ListClientsResponse>(method("ListClient"), request);
  }

 private:
  World& world_;
  ApiClient api_;
};

// A token by client_credentials for any client, as its programs ask for one.
Answer token_of(World& world, std::string_view client_id, std::string_view secret,
                const Fields& more = {}) {
  Client anybody(world, "Console");
  anybody.prove_by(Client::Proof::none);
  Fields fields{{"grant_type", "client_credentials"},
                {"client_id", std::string(client_id)},
                {"client_secret", std::string(secret)}};
  for (const auto& field : more) fields.push_back(field);
  return anybody.post("/oauth/token", fields);
}

Status list_organizations(World& world, const std::string& token) {
  namespace organizations = scalekit::v1::organizations;
  organizations::ListOrganizationsRequest request;
  request.set_page_size(1);
  return ApiClient::with_token(world, std::string(development_url), token)
      .call<organizations::ListOrganizationsResponse>(
          "organizations.OrganizationService/ListOrganization", request)
      .status;
}

}  // namespace

TEST_CASE("clients: what is created is read back, its URIs in their order and no secret made") {
  World world;
  Clients clients(world);
  for (const char* type : {"SPA", "NTV", "WEB_APP"}) {
    CAPTURE(type);
    pb::CreateClientRequest request = named("Shop", type);
    pb::CreateClient& wanted = *request.mutable_client();
    wanted.add_post_login_uris("https://z.example.com/callback");
    wanted.add_post_login_uris("https://a.example.com/callback");
    wanted.add_post_logout_redirect_uris("https://z.example.com/bye");
    wanted.add_post_logout_redirect_uris("https://a.example.com/bye");
    wanted.set_initiate_login_uri("https://a.example.com/login");
    wanted.set_access_token_expiry(3600);
    const bool is_web = std::string_view(type) == "WEB_APP";
    if (is_web) wanted.add_back_channel_logout_uris("https://a.example.com/bcl");
    const pb::Client made = clients.create(request);
    CHECK(made.id() == made.keyid());
    const pb::Client found = clients.get(made.id());
    CHECK(found.SerializeAsString() == made.SerializeAsString());
    CHECK(found.name() == "Shop");
    CHECK(found.client_type() == type);
    CHECK(texts(found.post_login_uris()) == texts(wanted.post_login_uris()));
    CHECK(texts(found.post_logout_redirect_uris()) == texts(wanted.post_logout_redirect_uris()));
    CHECK(texts(found.back_channel_logout_uris()) == texts(wanted.back_channel_logout_uris()));
    CHECK(found.initiate_login_uri() == "https://a.example.com/login");
    CHECK(found.access_token_expiry() == 3600);
    CHECK(found.secrets_size() == 0);
    CHECK(found.disallow_scalekit_api_access());
    CHECK(found.enforce_pkce() == !is_web);
    CHECK(found.grant_types_size() == (is_web ? 3 : 2));
    CHECK(found.create_time().seconds() == to_unix_seconds(world.now()));
  }
}

TEST_CASE("clients: PKCE is the choice of a web application alone") {
  World world;
  Clients clients(world);
  pb::CreateClientRequest request = named("Strict", "WEB_APP");
  request.mutable_client()->mutable_enforce_pkce()->set_value(true);
  CHECK(clients.create(request).enforce_pkce());
  request.mutable_client()->set_client_type("SPA");
  request.mutable_client()->mutable_enforce_pkce()->set_value(false);
  const pb::Client spa = clients.create(request);
  CHECK(spa.enforce_pkce());
  pb::UpdateClientRequest change;
  change.set_client_id(spa.id());
  change.mutable_client()->mutable_enforce_pkce()->set_value(false);
  const auto refused = clients.try_update(change);
  CHECK(refused.status == Status::invalid_argument);
  CHECK(refused.fields() == Texts{"client.enforce_pkce"});
}

TEST_CASE("clients: what cannot be is refused, naming its field, and nothing is left of it") {
  World world;
  Clients clients(world);
  const auto before = clients.list({}).total_size();
  const auto field_of = [&](std::string type, auto change) {
    pb::CreateClientRequest request = named("Name", std::move(type));
    change(*request.mutable_client());
    const auto refused = clients.try_create(request);
    CHECK(refused.status == Status::invalid_argument);
    CHECK(refused.info.error_code() == "INVALID_ARGUMENT");
    REQUIRE_FALSE(refused.fields().empty());
    return refused.fields().front();
  };
  const auto nothing = [](pb::CreateClient&) {};
  CHECK(field_of("", nothing) == "client.client_type");
  CHECK(field_of("spa", nothing) == "client.client_type");
  CHECK(field_of("ENV", nothing) == "client.client_type");
  CHECK(field_of("SPA", [](auto& c) { c.set_name(""); }) == "client.name");
  CHECK(field_of("SPA", [](auto& c) { c.set_name(std::string(129, 'n')); }) == "client.name");
  CHECK(field_of("SPA", [](auto& c) { c.add_post_login_uris("javascript:1"); }) ==
        "client.post_login_uris");
  CHECK(field_of("SPA", [](auto& c) { c.add_post_logout_redirect_uris("/bye"); }) ==
        "client.post_logout_redirect_uris");
  CHECK(field_of("SPA", [](auto& c) { c.add_back_channel_logout_uris("https://a.test/b"); }) ==
        "client.back_channel_logout_uris");
  CHECK(field_of("SPA", [](auto& c) { c.set_initiate_login_uri("x"); }) ==
        "client.initiate_login_uri");
  for (const std::int64_t expiry : {std::int64_t{-1}, std::int64_t{90000}, INT64_MAX, INT64_MIN}) {
    CHECK(field_of("SPA", [expiry](auto& c) { c.set_access_token_expiry(expiry); }) ==
          "client.access_token_expiry");
  }
  CHECK(field_of("SPA", [](auto& c) { c.add_scopes("a"); }) == "client.scopes");
  CHECK(field_of("WEB_APP", [](auto& c) { c.add_scopes("a b"); }) == "client.scopes");
  CHECK(field_of("WEB_APP", [](auto& c) { c.add_grant_types("password"); }) ==
        "client.grant_types");
  CHECK(field_of("SPA", [](auto& c) {
          c.mutable_disallow_scalekit_api_access()->set_value(false);
        }) == "client.disallow_scalekit_api_access");
  CHECK(clients.list({}).total_size() == before);
}

TEST_CASE("clients: an update changes what its mask names, and nothing else") {
  World world;
  Clients clients(world);
  pb::CreateClientRequest request = named("Before", "WEB_APP");
  request.mutable_client()->add_post_login_uris("https://a.example.com/1");
  request.mutable_client()->add_scopes("read");
  request.mutable_client()->set_access_token_expiry(3600);
  request.mutable_client()->set_initiate_login_uri("https://a.example.com/login");
  const std::string id = clients.create(request).id();

  pb::UpdateClientRequest change;
  change.set_client_id(id);
  change.mutable_client()->set_name("After");
  change.mutable_client()->add_post_login_uris("https://z.example.com/2");
  change.mutable_client()->add_post_login_uris("https://b.example.com/3");
  change.mutable_client()->set_access_token_expiry(1800);
  for (const char* path : {"post_login_uris", "access_token_expiry", "scopes"}) {
    change.mutable_mask()->add_paths(path);
  }
  const auto masked = clients.try_update(change);
  REQUIRE(masked.ok());
  CHECK(masked.response.client().SerializeAsString() == clients.get(id).SerializeAsString());
  pb::Client found = clients.get(id);
  CHECK(found.name() == "Before");
  CHECK(texts(found.post_login_uris()) ==
        Texts{"https://z.example.com/2", "https://b.example.com/3"});
  CHECK(found.access_token_expiry() == 1800);
  CHECK(found.scopes_size() == 0);
  CHECK(found.initiate_login_uri() == "https://a.example.com/login");

  pb::UpdateClientRequest unmasked;
  unmasked.set_client_id(id);
  unmasked.mutable_client()->set_name("After");
  unmasked.mutable_client()->set_initiate_login_uri("");
  unmasked.mutable_client()->mutable_disallow_scalekit_api_access()->set_value(false);
  REQUIRE(clients.try_update(unmasked).ok());
  found = clients.get(id);
  CHECK(found.name() == "After");
  CHECK(found.initiate_login_uri().empty());
  CHECK_FALSE(found.disallow_scalekit_api_access());
  CHECK(found.post_login_uris_size() == 2);

  pb::UpdateClientRequest cleared;
  cleared.set_client_id(id);
  cleared.mutable_client();
  cleared.mutable_mask()->add_paths("access_token_expiry");
  REQUIRE(clients.try_update(cleared).ok());
  CHECK_FALSE(clients.get(id).has_access_token_expiry());
}

TEST_CASE("clients: a bad mask, an empty name and an unknown client change nothing") {
  World world;
  Clients clients(world);
  const std::string id = clients.create("WEB_APP").id();
  pb::UpdateClientRequest change;
  change.set_client_id(id);
  change.mutable_client()->set_name("After");
  for (const char* path : {"client_type", "id", "secrets", "nonsense", ""}) {
    CAPTURE(path);
    pb::UpdateClientRequest bad = change;
    bad.mutable_mask()->add_paths("name");
    bad.mutable_mask()->add_paths(path);
    const auto refused = clients.try_update(bad);
    CHECK(refused.status == Status::invalid_argument);
    CHECK(refused.fields() == Texts{"mask"});
  }
  pb::UpdateClientRequest nameless;
  nameless.set_client_id(id);
  nameless.mutable_client();
  nameless.mutable_mask()->add_paths("name");
  CHECK(clients.try_update(nameless).fields() == Texts{"client.name"});
  CHECK(clients.get(id).name() == "Test");
  for (const std::string& unknown :
       {std::string("webc_1"), std::string("skc_x"), world.application("Portal").client_id}) {
    change.set_client_id(unknown);
    CHECK(clients.try_update(change).status == Status::not_found);
    CHECK(clients.try_get(unknown).message == "client not found");
    CHECK(clients.remove(unknown).info.error_code() == "NOT_FOUND");
    CHECK(clients.try_secret(unknown).status == Status::not_found);
  }
}

TEST_CASE("clients: the list is newest first, by type, and its pages meet") {
  World world;
  Clients clients(world);
  const auto all = clients.list({});
  CHECK(all.total_size() == 5);
  Texts types;
  for (const pb::Client& client : all.clients()) types.push_back(client.client_type());
  std::sort(types.begin(), types.end());
  CHECK(types == Texts{"ENV", "M2M", "NTV", "SPA", "WEB_APP"});

  const std::string newest = clients.create("SPA").id();
  pb::ListClientsRequest request;
  request.mutable_filter()->add_client_type("SPA");
  request.mutable_filter()->add_client_type("WEB_APP");
  request.set_page_size(2);
  const auto first = clients.list(request);
  CHECK(first.total_size() == 3);
  REQUIRE(first.clients_size() == 2);
  CHECK(first.clients(0).id() == newest);
  CHECK(first.prev_page_token().empty());
  request.set_page_token(first.next_page_token());
  const auto second = clients.list(request);
  REQUIRE(second.clients_size() == 1);
  CHECK(second.next_page_token().empty());
  request.set_page_token(second.prev_page_token());
  CHECK(clients.list(request).clients(0).id() == newest);

  request.clear_filter();
  request.mutable_filter()->add_client_type("nonsense");
  const auto bad_type = clients.api().call<pb::ListClientsResponse>(method("ListClient"), request);
  CHECK(bad_type.fields() == Texts{"filter.client_type"});
  request.clear_filter();
  request.set_page_token("nonsense");
  const auto bad_token = clients.api().call<pb::ListClientsResponse>(method("ListClient"), request);
  CHECK(bad_token.fields() == Texts{"page_token"});
  request.clear_page_token();
  request.set_page_size(31);
  const auto too_many = clients.api().call<pb::ListClientsResponse>(method("ListClient"), request);
  CHECK(too_many.status == Status::invalid_argument);
  const auto everything = clients.list({});
  for (const pb::Client& client : everything.clients()) {
    for (const pb::ClientSecret& secret : client.secrets()) CHECK_FALSE(secret.has_plain_secret());
  }
}

TEST_CASE("clients: secrets come one at a time, and none is shown twice") {
  World world;
  Clients clients(world);
  const std::string id = clients.create("WEB_APP").id();
  const auto first = clients.try_secret(id).response;
  const auto second = clients.try_secret(id).response;
  CHECK_FALSE(first.plain_secret().empty());
  CHECK(first.secret().id() != second.secret().id());
  CHECK(first.plain_secret().ends_with(first.secret().secret_suffix()));
  CHECK(first.secret().status() == pb::ACTIVE);
  CHECK(first.secret().created_by() == world.application("Console").client_id);
  CHECK_FALSE(first.secret().has_plain_secret());
  CHECK(clients.get(id).secrets_size() == 2);
  CHECK(clients.try_secret(id).status == Status::resource_exhausted);

  REQUIRE(clients.remove_secret(id, first.secret().id()).ok());
  REQUIRE(clients.get(id).secrets_size() == 1);
  CHECK(clients.get(id).secrets(0).id() == second.secret().id());
  CHECK(token_of(world, id, first.plain_secret()).error() == "invalid_client");
  CHECK(token_of(world, id, second.plain_secret()).status == 200);
  world.run_job("write uses of secrets");
  CHECK(clients.get(id).secrets(0).has_last_used_time());

  CHECK(clients.remove_secret(id, first.secret().id()).message == "secret not found");
  CHECK(clients.remove_secret(id, "sks_1").status == Status::not_found);
  CHECK(clients.remove_secret(id, "nonsense").status == Status::not_found);
  CHECK(clients.try_secret(clients.create("SPA").id()).status == Status::failed_precondition);
}

TEST_CASE("clients: an inactive secret opens nothing until it is active again") {
  World world;
  Clients clients(world);
  const std::string id = clients.create("WEB_APP").id();
  const auto secret = clients.try_secret(id).response;
  const std::string& secret_id = secret.secret().id();
  const auto off = clients.set_status(id, secret_id, pb::INACTIVE);
  REQUIRE(off.ok());
  CHECK(off.response.secret().status() == pb::INACTIVE);
  CHECK(clients.get(id).secrets(0).status() == pb::INACTIVE);
  CHECK(token_of(world, id, secret.plain_secret()).error() == "invalid_client");
  REQUIRE(clients.set_status(id, secret_id, pb::ACTIVE).ok());
  CHECK(token_of(world, id, secret.plain_secret()).status == 200);
  CHECK(clients.set_status(id, "sks_1", pb::ACTIVE).status == Status::not_found);
  CHECK(clients.set_status(id, secret_id, static_cast<pb::ClientSecretStatus>(7)).status ==
        Status::invalid_argument);
}

TEST_CASE("clients: a client whose access to the API is disallowed is unauthenticated there") {
  World world;
  Clients clients(world);
  for (const bool disallowed : {true, false}) {
    CAPTURE(disallowed);
    pb::CreateClientRequest request = named("Api", "WEB_APP");
    request.mutable_client()->mutable_disallow_scalekit_api_access()->set_value(disallowed);
    const pb::Client made = clients.create(request);
    CHECK(made.disallow_scalekit_api_access() == disallowed);
    const auto secret = clients.try_secret(made.id()).response;
    const Answer token = token_of(world, made.id(), secret.plain_secret());
    REQUIRE(token.status == 200);
    CHECK(list_organizations(world, token.access_token()) ==
          (disallowed ? Status::unauthenticated : Status::ok));
  }
}

TEST_CASE("clients: a deleted client is gone at once; the default one cannot be deleted") {
  World world;
  Clients clients(world);
  const std::string id = clients.create("WEB_APP").id();
  const auto secret = clients.try_secret(id).response;
  REQUIRE(clients.remove(id).ok());
  CHECK(clients.try_get(id).status == Status::not_found);
  CHECK(token_of(world, id, secret.plain_secret()).error() == "invalid_client");
  CHECK(clients.remove(id).status == Status::not_found);
  const auto refused = clients.remove(world.application("Console").client_id);
  CHECK(refused.status == Status::failed_precondition);
  CHECK(refused.message == "the default client cannot be deleted");
}

TEST_CASE("clients: tokens of a client carry its scopes and claims, by the grants that it keeps") {
  World world;
  Clients clients(world);
  pb::CreateClientRequest request = named("Batch", "WEB_APP");
  for (const char* scope : {"read", "write"}) request.mutable_client()->add_scopes(scope);
  pb::CustomClaim& claim = *request.mutable_client()->add_custom_claims();
  claim.set_key("team");
  claim.set_value("billing");
  request.mutable_client()->add_grant_types("client_credentials");
  const pb::Client made = clients.create(request);
  CHECK(texts(made.grant_types()) == Texts{"client_credentials"});
  const auto secret = clients.try_secret(made.id()).response;
  const Answer token = token_of(world, made.id(), secret.plain_secret(), {{"scope", "write read"}});
  REQUIRE(token.status == 200);
  const Json claims = token_part(token.access_token(), 1);
  CHECK(claims.string("scope") == "write read");
  CHECK(claims.find("custom_claims")->string("team") == "billing");
  Client anybody(world, "Console");
  anybody.prove_by(Client::Proof::none);
  const Answer code = anybody.post("/oauth/token", {{"grant_type", "authorization_code"},
                                                    {"client_id", made.id()},
                                                    {"client_secret", secret.plain_secret()},
                                                    {"code", "x"}});
  CHECK(code.error() == "unauthorized_client");
}

TEST_CASE("clients: over REST the client is the body, and its fields are the contract's") {
  World world;
  ApiClient api(world);
  const auto made = api.rest(http::Method::post, "/api/v1/clients",
                             R"({"name":"Rest","client_type":"WEB_APP",)"
                             R"("post_login_uris":["https://b.example.com/cb"]})");
  REQUIRE(made.status == 200);
  const Json document = Json::parse(made.body).value();
  const Json& client = *document.find("client");
  CHECK(client.string("client_type") == "WEB_APP");
  const std::string path = "/api/v1/clients/" + std::string(*client.string("id"));
  const auto changed = api.rest(http::Method::patch, path + "?mask.paths=name",
                                R"({"name":"Other","scopes":["a"]})");
  REQUIRE(changed.status == 200);
  const Json after = Json::parse(api.rest(http::Method::get, path).body).value();
  CHECK(after.find("client")->string("name") == "Other");
  CHECK(api.rest(http::Method::delete_, path).status == 200);
  CHECK(api.rest(http::Method::get, path).status == 404);
}

}  // namespace gatehouse::world
