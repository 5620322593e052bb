// ConnectionService over the wire.

#include "scalekit/v1/connections/connections.pb.h"
#include "server/connections/test_run.h"
#include "server/events/event.h"
#include "tests/world/api_client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::connections;
using api::Status;
using google::protobuf::Empty;
using storage::Transaction;

std::string method(std::string_view name) {
  return "connections.ConnectionService/" + std::string(name);
}

void check_refused(const CallStatus& answer, Status status) {
  INFO(answer.message);
  CHECK(answer.status == status);
  CHECK(answer.info.error_code() == api::status_name(status));
  CHECK_FALSE(answer.message.empty());
}
template <class Answer>
void check_refused(const Answer& answer, Status status, std::string_view field) {
  check_refused(answer, status);
  REQUIRE(answer.fields().size() == 1);
  CHECK(answer.fields()[0] == field);
}

class Connections {
 public:
  explicit Connections(World& world, std::string_view application = "Console")
      : acme(world.organization("Acme").text()),
        globex(world.organization("Globex").text()),
        api_(world, application) {}

  CallAnswer<pb::CreateConnectionResponse> create(const std::string& organization,
                                                  pb::ConnectionProvider provider,
                                                  pb::ConnectionType type,
                                                  std::string provider_key = "") {
    pb::CreateConnectionRequest request;
    request.set_organization_id(organization);
    request.mutable_connection()->set_provider(provider);
    request.mutable_connection()->set_type(type);
    request.mutable_connection()->set_provider_key(std::move(provider_key));
    return api_.call<pb::CreateConnectionResponse>(method("CreateConnection"), request);
  }
  pb::Connection made(const std::string& organization, pb::ConnectionType type = pb::OIDC) {
    const auto answer = create(organization, pb::OKTA, type);
    REQUIRE(answer.ok());
    return answer.response.connection();
  }
  CallAnswer<pb::CreateConnectionResponse> create_own(
      const pb::CreateEnvironmentConnectionRequest& request) {
    return api_.call<pb::CreateConnectionResponse>(method("CreateEnvironmentConnection"), request);
  }
  CallAnswer<pb::GetConnectionResponse> get(const std::string& organization,
                                            const std::string& id) {
    pb::GetConnectionRequest request;
    request.set_organization_id(organization);
    request.set_id(id);
    return api_.call<pb::GetConnectionResponse>(method("GetConnection"), request);
  }
  CallAnswer<pb::UpdateConnectionResponse> update(const pb::Connection& connection,
                                                  const pb::UpdateConnection& change) {
    pb::UpdateConnectionRequest request;
    request.set_organization_id(connection.organization_id());
    request.set_id(connection.id());
    *request.mutable_connection() = change;
    return api_.call<pb::UpdateConnectionResponse>(method("UpdateConnection"), request);
  }
  CallAnswer<pb::ToggleConnectionResponse> toggle(std::string_view name,
                                                  const std::string& organization,
                                                  const std::string& id) {
    pb::ToggleConnectionRequest request;
    request.set_organization_id(organization);
    request.set_id(id);
    return api_.call<pb::ToggleConnectionResponse>(method(name), request);
  }
  CallAnswer<Empty> remove(const std::string& organization, const std::string& id) {
    pb::DeleteConnectionRequest request;
    request.set_organization_id(organization);
    request.set_id(id);
    return api_.call<Empty>(method("DeleteConnection"), request);
  }
  CallAnswer<pb::ListConnectionsResponse> list(const pb::ListConnectionsRequest& request) {
    return api_.call<pb::ListConnectionsResponse>(method("ListConnections"), request);
  }
  std::vector<std::string> ids(const pb::ListConnectionsRequest& request) {
    const auto answer = list(request);
    REQUIRE(answer.ok());
    std::vector<std::string> ids;
    for (const pb::ListConnection& connection : answer.response.connections()) {
      ids.push_back(connection.id());
    }
    return ids;
  }
  ApiClient& api() { return api_; }

  const std::string acme;
  const std::string globex;

 private:
  ApiClient api_;
};

enum class Shown { all, active };
pb::ListConnectionsRequest list_of(const std::string& organization, Shown shown = Shown::all) {
  pb::ListConnectionsRequest request;
  request.set_organization_id(organization);
  if (shown == Shown::all) request.set_include("all");
  return request;
}

pb::UpdateConnection okta_change() {
  pb::UpdateConnection change;
  change.set_provider(pb::OKTA);
  change.set_type(pb::OIDC);
  return change;
}

// All that an OIDC connection needs, and a little more.
pb::UpdateConnection whole_oidc() {
  pb::UpdateConnection change = okta_change();
  change.set_configuration_type(pb::DISCOVERY);
  change.mutable_ui_button_title()->set_value("Sign in with Okta");
  (*change.mutable_attribute_mapping())["department"] = "dept";
  auto& oidc = *change.mutable_oidc_config();
  oidc.mutable_issuer()->set_value("https://acme.okta.example");
  oidc.mutable_client_id()->set_value("0oa1");
  oidc.mutable_client_secret()->set_value("a-long-client-secret-of-okta");
  oidc.add_scopes(pb::openid);
  oidc.add_scopes(pb::email);
  oidc.set_token_auth_type(pb::BASIC_AUTH);
  oidc.mutable_pkce_enabled()->set_value(true);
  oidc.mutable_jit_provisioning_with_sso_enabled()->set_value(false);
  return change;
}

bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

TEST_CASE("connections: a new one is a draft with the addresses its administrator needs") {
  World world;
  Connections connections(world);
  const pb::Connection oidc = connections.made(connections.acme);
  CHECK(oidc.id().starts_with("conn_"));
  CHECK(oidc.provider() == pb::OKTA);
  CHECK(oidc.type() == pb::OIDC);
  CHECK(oidc.status() == pb::DRAFT);
  CHECK_FALSE(oidc.enabled());
  CHECK(oidc.organization_id() == connections.acme);
  CHECK(oidc.provider_key() == "OKTA");
  const std::string base = std::string(development_url) + "/sso/v1/oidc/" + oidc.id();
  CHECK(oidc.test_connection_uri() == base + "/test");
  CHECK(oidc.oidc_config().redirect_uri() == base + "/callback");
  CHECK(oidc.oidc_config().post_logout_redirect_uri().value() == base + "/logout/callback");
  CHECK_FALSE(oidc.oidc_config().has_client_secret());
  const auto read = connections.get(connections.acme, oidc.id());
  REQUIRE(read.ok());
  CHECK(same(read.response.connection(), oidc));

  const pb::Connection saml = connections.made(connections.acme, pb::SAML);
  const std::string entity = std::string(development_url) + "/sso/v1/saml/" + saml.id();
  CHECK(saml.test_connection_uri() == entity + "/test");
  CHECK(saml.saml_config().sp_entity_id() == entity);
  CHECK(saml.saml_config().sp_assertion_url() == entity + "/callback");
  CHECK(saml.saml_config().sp_metadata_url() == entity + "/metadata");
  CHECK(saml.saml_config().sp_slo_url().value() == entity + "/slo/callback");
  CHECK(world.violations().empty());
}

TEST_CASE("connections: the simulator can be made with a key of its own, and enabled") {
  World world;
  Connections connections(world);
  const auto answer = connections.create(connections.acme, pb::IDP_SIMULATOR, pb::OIDC, "test-key");
  REQUIRE(answer.ok());
  const pb::Connection& simulator = answer.response.connection();
  CHECK(simulator.provider() == pb::IDP_SIMULATOR);
  CHECK(simulator.provider_key() == "test-key");
  const auto enabled = connections.toggle("EnableConnection", connections.acme, simulator.id());
  REQUIRE(enabled.ok());
  CHECK(enabled.response.enabled());
}

TEST_CASE("connections: what cannot be made is refused with its field") {
  World world;
  Connections connections(world);
  const auto& acme = connections.acme;
  for (const pb::ConnectionType type : {pb::OAUTH, pb::PASSWORDLESS, pb::WEBAUTHN, pb::INVALID,
                                        pb::PASSWORD, pb::BASIC, pb::API_KEY, pb::GOOGLE_DWD}) {
    CAPTURE(type);
    check_refused(connections.create(acme, pb::OKTA, type), Status::invalid_argument);
  }
  check_refused(connections.create(acme, pb::CONNECTION_PROVIDER_UNSPECIFIED, pb::OIDC),
                Status::invalid_argument);
  check_refused(connections.create(acme, static_cast<pb::ConnectionProvider>(99), pb::OIDC),
                Status::invalid_argument);
  check_refused(connections.create(acme, pb::OKTA, static_cast<pb::ConnectionType>(99)),
                Status::invalid_argument);
  check_refused(connections.create(acme, pb::SCALEKIT, pb::OIDC, "OKTA"), Status::invalid_argument);
  check_refused(connections.create("org_1", pb::OKTA, pb::OIDC), Status::not_found);
  check_refused(connections.create("nonsense", pb::OKTA, pb::OIDC), Status::invalid_argument,
                "organization_id");
  CHECK(connections.ids(list_of(acme)).empty());
}

TEST_CASE("connections: an update completes one, and never tells the secret again") {
  World world;
  Connections connections(world);
  const pb::Connection draft = connections.made(connections.acme);
  world.keep_canary("a-long-client-secret-of-okta");
  const auto answer = connections.update(draft, whole_oidc());
  REQUIRE(answer.ok());
  const pb::Connection& ready = answer.response.connection();
  CHECK(ready.status() == pb::COMPLETED);
  CHECK(ready.ui_button_title() == "Sign in with Okta");
  CHECK(ready.configuration_type() == pb::DISCOVERY);
  CHECK(ready.attribute_mapping().at("department") == "dept");
  const auto& oidc = ready.oidc_config();
  CHECK(oidc.issuer().value() == "https://acme.okta.example");
  CHECK(oidc.client_secret().value() == "********okta");
  CHECK(oidc.scopes_size() == 2);
  CHECK(oidc.token_auth_type() == pb::BASIC_AUTH);
  CHECK(oidc.pkce_enabled().value());
  CHECK(oidc.has_jit_provisioning_with_sso_enabled());
  CHECK_FALSE(oidc.jit_provisioning_with_sso_enabled().value());
  CHECK_FALSE(oidc.has_sync_user_profile_on_login());

  // What is not given stays; settings sent back as they were read keep the secret.
  pb::UpdateConnection again = okta_change();
  *again.mutable_oidc_config() = oidc;
  const auto kept = connections.update(draft, again);
  REQUIRE(kept.ok());
  CHECK(kept.response.connection().status() == pb::COMPLETED);
  CHECK(kept.response.connection().ui_button_title() == "Sign in with Okta");
  CHECK(kept.response.connection().attribute_mapping_size() == 1);
}

TEST_CASE("connections: updates that cannot be are refused with their field") {
  World world;
  Connections connections(world);
  const pb::Connection made = connections.made(connections.acme);
  pb::UpdateConnection change = okta_change();
  change.mutable_oidc_config()->mutable_issuer()->set_value("http://acme.okta.example");
  check_refused(connections.update(made, change), Status::invalid_argument,
                "connection.oidc_config.issuer");
  change.mutable_debug_enabled()->set_value(true);
  CHECK(connections.update(made, change).ok());
  change = okta_change();
  change.mutable_oidc_config()->add_scopes(static_cast<pb::OIDCScope>(77));
  check_refused(connections.update(made, change), Status::invalid_argument,
                "connection.oidc_config.scopes[0]");
  change = okta_change();
  change.mutable_saml_config()->mutable_idp_entity_id()->set_value("urn:x");
  check_refused(connections.update(made, change), Status::invalid_argument, "connection.settings");
  change = okta_change();
  change.mutable_static_config();
  check_refused(connections.update(made, change), Status::invalid_argument,
                "connection.static_config");
  change = okta_change();
  change.mutable_google_dwd_config();
  check_refused(connections.update(made, change), Status::invalid_argument,
                "connection.google_dwd_config");
  change = okta_change();
  change.set_type(pb::SAML);
  check_refused(connections.update(made, change), Status::invalid_argument, "connection.type");
  change.set_type(pb::OAUTH);
  check_refused(connections.update(made, change), Status::invalid_argument);
  change = okta_change();
  for (int i = 0; i < 31; ++i) (*change.mutable_attribute_mapping())[std::to_string(i)] = "x";
  check_refused(connections.update(made, change), Status::invalid_argument);
  change = pb::UpdateConnection();
  check_refused(connections.update(made, change), Status::invalid_argument);
  change = okta_change();
  pb::Connection stolen = made;
  stolen.set_organization_id(connections.globex);
  check_refused(connections.update(stolen, change), Status::not_found);
}

TEST_CASE("connections: SAML certificates are read, and bad ones refused") {
  World world;
  Connections connections(world);
  const pb::Connection made = connections.made(connections.acme, pb::SAML);
  pb::UpdateConnection change;
  change.set_provider(pb::OKTA);
  auto& saml = *change.mutable_saml_config();
  saml.mutable_idp_entity_id()->set_value("http://www.okta.example/exk1");
  saml.mutable_idp_sso_url()->set_value("https://acme.okta.example/sso");
  saml.mutable_idp_certificate()->set_value(
      "-----BEGIN CERTIFICATE-----\n"
      "MIIBpTCCAUugAwIBAgIUdpTQ6EmlvLOR8O79k8aPJcX9YAswCgYIKoZIzj0EAwIw\n"
      "KDEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLaWRwLmV4YW1wbGUwHhcNMjYx\n"
      "MTIxMjM0MzM1WhcNNDYxMTE2MjM0MzM1WjAoMRAwDgYDVQQKDAdFeGFtcGxlMRQw\n"
      "EgYDVQQDDAtpZHAuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAKJ\n"
      "l6I5Tw+dBATjDu1FweLB+QaWRiiuk/AuoCSmNtSVokxJnQnPbKF2AUqeghp8itk4\n"
      "cH+dcan6xCozZonAdZ6jUzBRMB0GA1UdDgQWBBRuljkAXvr5VL05ET7Zn9ilu6u4\n"
      "3DAfBgNVHSMEGDAWgBRuljkAXvr5VL05ET7Zn9ilu6u43DAPBgNVHRMBAf8EBTAD\n"
      "AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCPmHfZ+z/4QXCLOaOeQee/fkghrYQu9ILI\n"
      "uUZVKQ5dKgIgE5sKnTD04ArxuBRlgV9oD1T6veX59pwef2OniSdzmus=\n"
      "-----END CERTIFICATE-----\n");
  saml.set_saml_signing_option(pb::SAML_RESPONSE_OR_ASSERTION_SIGNING);
  saml.set_idp_name_id_format(pb::EMAIL);
  saml.set_idp_sso_request_binding(pb::HTTP_REDIRECT);
  saml.mutable_sp_entity_id()->set_value("urn:known:before");
  const auto answer = connections.update(made, change);
  REQUIRE(answer.ok());
  const pb::Connection& ready = answer.response.connection();
  CHECK(ready.status() == pb::COMPLETED);
  const auto& read = ready.saml_config();
  CHECK(read.sp_entity_id() == "urn:known:before");
  CHECK(read.saml_signing_option() == pb::SAML_RESPONSE_OR_ASSERTION_SIGNING);
  CHECK(read.idp_name_id_format() == pb::EMAIL);
  CHECK(read.idp_sso_request_binding() == pb::HTTP_REDIRECT);
  REQUIRE(read.idp_certificates_size() == 1);
  CHECK(read.idp_certificates(0).certificate().starts_with("-----BEGIN CERTIFICATE-----\n"));
  CHECK(read.idp_certificates(0).issuer() == "CN=idp.example,O=Example");
  CHECK(read.idp_certificates(0).expiry_time().seconds() == 2426024615);
  CHECK(read.idp_certificates(0).id().size() == 64);
  saml.mutable_idp_certificate()->set_value("nonsense");
  check_refused(connections.update(made, change), Status::invalid_argument,
                "connection.idp_certificate");
}

TEST_CASE("connections: one is enabled when it is complete, as often as one likes") {
  World world;
  Connections connections(world);
  const auto& acme = connections.acme;
  const pb::Connection made = connections.made(acme);
  const auto early = connections.toggle("EnableConnection", acme, made.id());
  check_refused(early, Status::failed_precondition);
  REQUIRE(connections.update(made, whole_oidc()).ok());
  for (int i = 0; i < 2; ++i) {
    const auto enabled = connections.toggle("EnableConnection", acme, made.id());
    REQUIRE(enabled.ok());
    CHECK(enabled.response.enabled());
  }
  pb::UpdateConnection emptied = okta_change();
  emptied.mutable_oidc_config();
  check_refused(connections.update(made, emptied), Status::failed_precondition);
  for (int i = 0; i < 2; ++i) {
    const auto disabled = connections.toggle("DisableConnection", acme, made.id());
    REQUIRE(disabled.ok());
    CHECK_FALSE(disabled.response.enabled());
  }
  check_refused(connections.toggle("EnableConnection", connections.globex, made.id()),
                Status::not_found);
  check_refused(connections.toggle("DisableConnection", acme, "conn_1"), Status::not_found);
  check_refused(connections.toggle("DisableConnection", acme, "dir_1"), Status::invalid_argument);
  const auto told = world.must([&](Transaction& transaction) {
    return events::list(transaction, world.development(),
                        {.types = {"organization.sso_enabled", "organization.sso_disabled"}}, {});
  });
  CHECK(told.items.size() == 2);
  CHECK(told.items[0].object == "Connection");
}

TEST_CASE("connections: without include only active ones are listed; a draft with it") {
  World world;
  Connections connections(world);
  const auto& acme = connections.acme;
  CHECK(connections.ids(list_of(acme)).empty());
  const pb::Connection draft = connections.made(acme);
  world.advance(milliseconds(2));
  const pb::Connection active = connections.made(acme);
  REQUIRE(connections.update(active, whole_oidc()).ok());
  REQUIRE(connections.toggle("EnableConnection", acme, active.id()).ok());
  using Ids = std::vector<std::string>;
  CHECK(connections.ids(list_of(acme)) == Ids{active.id(), draft.id()});
  CHECK(connections.ids(list_of(acme, Shown::active)) == Ids{active.id()});
  CHECK(connections.ids(list_of(connections.globex)).empty());
  check_refused(connections.list(list_of("org_1")), Status::not_found);
  check_refused(connections.list(list_of("nonsense")), Status::invalid_argument, "organization_id");
  const auto listed = connections.list(list_of(acme)).response.connections(0);
  CHECK(listed.organization_name() == "Acme");
  CHECK(listed.type() == pb::OIDC);
  CHECK(listed.status() == pb::COMPLETED);
  CHECK(listed.enabled());
  pb::ListConnectionsRequest everywhere;
  CHECK(connections.ids(everywhere) == Ids{active.id()});
  everywhere.set_include("all");
  CHECK(connections.ids(everywhere) == Ids{active.id(), draft.id()});
}

TEST_CASE("connections: a domain leads to those of its organization") {
  World world;
  Connections connections(world);
  const pb::Connection made = connections.made(connections.acme);
  connections.made(connections.globex);
  pb::ListConnectionsRequest request;
  request.set_include("all");
  request.set_domain("acme-inc.com");
  CHECK(connections.ids(request).empty());
  scalekit::v1::domains::CreateDomainRequest domain;
  domain.set_organization_id(connections.acme);
  domain.mutable_domain()->set_domain("acme-inc.com");
  const auto added = connections.api().must<scalekit::v1::domains::CreateDomainResponse>(
      "domains.DomainService/CreateDomain", domain);
  CHECK(connections.ids(request) == std::vector<std::string>{made.id()});
  CHECK(connections.list(request).response.connections(0).domains(0) == "acme-inc.com");
  CHECK(connections.get(connections.acme, made.id()).response.connection().domains(0).id() ==
        added.domain().id());
  request.set_organization_id(connections.globex);
  CHECK(connections.ids(request).empty());
  request.clear_organization_id();
  request.clear_include();
  CHECK(connections.ids(request).empty());
  request.set_domain(std::string(33, 'a'));
  check_refused(connections.list(request), Status::invalid_argument);
}

TEST_CASE("connections: domains are assigned as a whole, and only the organization's own") {
  World world;
  Connections connections(world);
  const pb::Connection made = connections.made(connections.acme);
  const auto domain = [&](const std::string& organization, std::string name) {
    scalekit::v1::domains::CreateDomainRequest request;
    request.set_organization_id(organization);
    request.mutable_domain()->set_domain(std::move(name));
    return connections.api()
        .must<scalekit::v1::domains::CreateDomainResponse>("domains.DomainService/CreateDomain",
                                                           request)
        .domain()
        .id();
  };
  const std::string first = domain(connections.acme, "first.com");
  const std::string second = domain(connections.acme, "second.com");
  const std::string foreign = domain(connections.globex, "foreign.com");
  const auto assign = [&](const std::vector<std::string>& ids) {
    pb::AssignDomainsToConnectionRequest request;
    request.set_organization_id(connections.acme);
    request.set_connection_id(made.id());
    for (const std::string& id : ids) request.add_domain_ids(id);
    return connections.api().call<pb::AssignDomainsToConnectionResponse>(
        method("AssignDomainsToConnection"), request);
  };
  const auto assigned = assign({second});
  REQUIRE(assigned.ok());
  REQUIRE(assigned.response.connection().domains_size() == 1);
  CHECK(assigned.response.connection().domains(0).domain() == "second.com");
  check_refused(assign({first, foreign}), Status::not_found);
  check_refused(assign({"nonsense"}), Status::invalid_argument);
  check_refused(assign(std::vector<std::string>(51, first)), Status::invalid_argument);
  CHECK(connections.get(connections.acme, made.id()).response.connection().domains_size() == 1);
  CHECK(assign({}).response.connection().domains_size() == 2);
}

TEST_CASE("connections: a deleted one is gone from everywhere") {
  World world;
  Connections connections(world);
  const pb::Connection made = connections.made(connections.acme);
  check_refused(connections.remove(connections.globex, made.id()), Status::not_found);
  CHECK(connections.remove(connections.acme, made.id()).ok());
  const auto gone = connections.get(connections.acme, made.id());
  check_refused(gone, Status::not_found);
  CHECK(gone.message == "connection not found");
  CHECK(connections.ids(list_of(connections.acme)).empty());
  check_refused(connections.remove(connections.acme, made.id()), Status::not_found);
}

TEST_CASE("connections: the environment has its own, of every type, with a life like the others'") {
  World world;
  Connections connections(world);
  ApiClient& api = connections.api();
  pb::CreateEnvironmentConnectionRequest request;
  request.mutable_connection()->set_provider(pb::GOOGLE);
  request.mutable_connection()->set_type(pb::OAUTH);
  request.mutable_connection()->set_key_id("google-mail");
  request.mutable_flags()->set_is_app(true);
  const auto answer = connections.create_own(request);
  REQUIRE(answer.ok());
  const pb::Connection made = answer.response.connection();
  CHECK_FALSE(made.has_organization_id());
  CHECK(made.key_id() == "google-mail");
  CHECK(made.oauth_config().redirect_uri() ==
        std::string(development_url) + "/sso/v1/oauth/" + made.id() + "/callback");
  CHECK(made.test_connection_uri().empty());
  check_refused(connections.create_own(request), Status::already_exists, "connection.key_id");
  check_refused(connections.get(connections.acme, made.id()), Status::not_found);

  pb::UpdateEnvironmentConnectionRequest update;
  update.set_connection_id(made.id());
  update.mutable_connection()->set_provider(pb::GOOGLE);
  auto& oauth = *update.mutable_connection()->mutable_oauth_config();
  oauth.mutable_use_platform_creds()->set_value(true);
  check_refused(
      api.call<pb::UpdateConnectionResponse>(method("UpdateEnvironmentConnection"), update),
      Status::invalid_argument, "connection.oauth_config.use_platform_creds");
  oauth.clear_use_platform_creds();
  oauth.mutable_extensions()->mutable_smart()->set_aud("x");
  check_refused(
      api.call<pb::UpdateConnectionResponse>(method("UpdateEnvironmentConnection"), update),
      Status::invalid_argument, "connection.oauth_config.extensions.smart");
  oauth.mutable_extensions()->clear_smart();
  (*oauth.mutable_extensions()->mutable_extra_authorize_params())["a"] = "b";
  oauth.mutable_client_id()->set_value("c");
  oauth.mutable_client_secret()->set_value("google-client-secret-1");
  oauth.add_scopes("mail.read");
  const auto updated =
      api.must<pb::UpdateConnectionResponse>(method("UpdateEnvironmentConnection"), update);
  CHECK(updated.connection().status() == pb::COMPLETED);
  CHECK(updated.connection().oauth_config().scopes(0) == "mail.read");
  CHECK(same(updated.connection().oauth_config().extensions(), oauth.extensions()));
  CHECK(updated.connection().oauth_config().client_secret().value() == "********et-1");

  pb::ToggleEnvironmentConnectionRequest toggle;
  toggle.set_connection_id(made.id());
  CHECK(api.must<pb::ToggleConnectionResponse>(method("EnableEnvironmentConnection"), toggle)
            .enabled());
  pb::GetEnvironmentConnectionRequest get;
  get.set_connection_id(made.id());
  CHECK(api.must<pb::GetConnectionResponse>(method("GetEnvironmentConnection"), get)
            .connection()
            .enabled());
  CHECK_FALSE(api.must<pb::ToggleConnectionResponse>(method("DisableEnvironmentConnection"), toggle)
                  .enabled());
  pb::DeleteEnvironmentConnectionRequest remove;
  remove.set_connection_id(made.id());
  api.must<Empty>(method("DeleteEnvironmentConnection"), remove);
  check_refused(api.call<pb::GetConnectionResponse>(method("GetEnvironmentConnection"), get),
                Status::not_found);
  CHECK(world.violations().empty());
}

TEST_CASE("connections: passwordless and passkeys are configured in the contract's own form") {
  World world;
  Connections connections(world);
  ApiClient& api = connections.api();
  pb::CreateEnvironmentConnectionRequest request;
  request.mutable_connection()->set_provider(pb::SCALEKIT);
  request.mutable_connection()->set_provider_key("SCALEKIT");
  request.mutable_connection()->set_type(pb::WEBAUTHN);
  check_refused(connections.create_own(request), Status::invalid_argument);
  request.mutable_connection()->set_key_id("WEBAUTHN");
  const pb::Connection passkeys = connections.create_own(request).response.connection();
  pb::UpdateEnvironmentConnectionRequest update;
  update.set_connection_id(passkeys.id());
  update.mutable_connection()->set_provider(pb::SCALEKIT);
  update.mutable_connection()->set_provider_key("SCALEKIT");
  auto& webauthn = *update.mutable_connection()->mutable_webauthn_config();
  webauthn.mutable_rp()->add_ids("acme.com");
  webauthn.mutable_rp()->add_origins("https://acme.com");
  webauthn.mutable_timeout()->mutable_login()->set_seconds(300);
  webauthn.mutable_attestation()->mutable_conveyance_preference()->set_value("none");
  webauthn.set_show_passkey_button(true);
  const auto done =
      api.must<pb::UpdateConnectionResponse>(method("UpdateEnvironmentConnection"), update);
  CHECK(done.connection().status() == pb::COMPLETED);
  CHECK(same(done.connection().webauthn_config(), webauthn));

  request.mutable_connection()->set_type(pb::PASSWORDLESS);
  request.mutable_connection()->set_key_id("PASSWORDLESS");
  const pb::Connection letters = connections.create_own(request).response.connection();
  update.set_connection_id(letters.id());
  auto& passwordless = *update.mutable_connection()->mutable_passwordless_config();
  passwordless.set_type(pb::LINK_OTP);
  passwordless.mutable_validity()->set_value(300);
  passwordless.set_code_challenge_type(pb::NUMERIC);
  const auto changed =
      api.must<pb::UpdateConnectionResponse>(method("UpdateEnvironmentConnection"), update);
  CHECK(same(changed.connection().passwordless_config(), passwordless));
  passwordless.mutable_validity()->set_value(5);
  check_refused(
      api.call<pb::UpdateConnectionResponse>(method("UpdateEnvironmentConnection"), update),
      Status::invalid_argument, "connection.passwordless_config.validity");
}

TEST_CASE("connections: organizations' and applications' are listed and searched in pages") {
  World world;
  Connections connections(world);
  ApiClient& api = connections.api();
  std::vector<std::string> made;
  for (int i = 0; i < 3; ++i) {
    world.advance(milliseconds(2));
    made.push_back(connections.made(connections.acme).id());
  }
  world.advance(milliseconds(2));
  const std::string saml = connections.made(connections.globex, pb::SAML).id();
  pb::ListOrganizationConnectionsRequest list;
  list.set_page_size(2);
  const auto first = api.must<pb::ListOrganizationConnectionsResponse>(
      method("ListOrganizationConnections"), list);
  CHECK(first.total_size() == 4);
  CHECK(first.connections(0).id() == saml);
  CHECK(first.connections(0).organization_name() == "Globex");
  CHECK(first.prev_page_token().empty());
  list.set_page_token(first.next_page_token());
  const auto second = api.must<pb::ListOrganizationConnectionsResponse>(
      method("ListOrganizationConnections"), list);
  CHECK(second.connections(0).id() == made[1]);
  CHECK(second.next_page_token().empty());
  list.set_page_token("nonsense");
  check_refused(api.call<pb::ListOrganizationConnectionsResponse>(
                    method("ListOrganizationConnections"), list),
                Status::invalid_argument);

  const auto search = [&](const pb::SearchOrganizationConnectionsRequest& request) {
    return api.must<pb::SearchOrganizationConnectionsResponse>(
        method("SearchOrganizationConnections"), request);
  };
  pb::SearchOrganizationConnectionsRequest request;
  request.set_query("glob");
  CHECK(search(request).total_size() == 1);
  request.clear_query();
  request.set_connection_type(pb::SAML);
  CHECK(search(request).connections(0).id() == saml);
  request.clear_connection_type();
  request.set_status(pb::COMPLETED);
  CHECK(search(request).total_size() == 0);
  request.clear_status();
  request.set_enabled(false);
  CHECK(search(request).total_size() == 4);
  request.set_provider("okta");
  CHECK(search(request).total_size() == 4);
  request.set_provider("ADFS");
  CHECK(search(request).total_size() == 0);

  pb::CreateEnvironmentConnectionRequest app;
  app.mutable_connection()->set_provider(pb::GITHUB);
  app.mutable_connection()->set_type(pb::OAUTH);
  app.mutable_flags()->set_is_app(true);
  const std::string github = connections.create_own(app).response.connection().id();
  app.mutable_flags()->set_is_app(false);
  CHECK(connections.create_own(app).ok());
  pb::ListAppConnectionsRequest apps;
  apps.set_provider("GITHUB");
  const auto found = api.must<pb::ListAppConnectionsResponse>(method("ListAppConnections"), apps);
  CHECK(found.total_size() == 1);
  CHECK(found.connections(0).id() == github);
}

TEST_CASE("connections: the outcome of a test is read by its id, and unknown ids are not found") {
  World world;
  Connections connections(world);
  const pb::Connection made = connections.made(connections.acme);
  const auto run = world.must([&](Transaction& transaction) {
    return connections::begin_test(transaction, world.development(), world.context(),
                                   world.random(), *ConnectionId::parse(made.id()));
  });
  const auto result = [&](const std::string& test) {
    pb::GetConnectionTestResultRequest request;
    request.set_connection_id(made.id());
    request.set_test_request_id(test);
    return connections.api().call<pb::GetConnectionTestResultResponse>(
        method("GetConnectionTestResult"), request);
  };
  CHECK(result(run.id.text()).response.status() == pb::PENDING);
  world.must([&](Transaction& transaction) {
    return connections::finish_test(
        transaction, world.development(), run.id,
        {.status = connections::TestStatus::success, .user_info = R"({"sub":"1"})"});
  });
  const auto done = result(run.id.text());
  CHECK(done.response.status() == pb::SUCCESS);
  CHECK(done.response.user_info() == R"({"sub":"1"})");
  CHECK_FALSE(done.response.has_error());
  check_refused(result("test_1"), Status::not_found);
  check_refused(result("test_x"), Status::invalid_argument);
}

TEST_CASE("connections: another environment's callers see nothing") {
  World world;
  Connections connections(world);
  const pb::Connection made = connections.made(connections.acme);
  Connections strangers(world, "Portal");
  check_refused(strangers.get(connections.acme, made.id()), Status::not_found);
  check_refused(strangers.remove(connections.acme, made.id()), Status::not_found);
  check_refused(strangers.list(list_of(connections.acme)), Status::not_found);
  CHECK(connections.get(connections.acme, made.id()).ok());
}

TEST_CASE("connections: REST has settings under the contract's names") {
  World world;
  Connections connections(world);
  const std::string path = "/api/v1/organizations/" + connections.acme + "/connections";
  const auto made =
      connections.api().rest(http::Method::post, path, R"({"provider":"OKTA","type":"OIDC"})");
  REQUIRE(made.status == 200);
  const Json answer = Json::parse(made.body).take();
  const std::string own = path + "/" + std::string(*answer.find("connection")->string("id"));
  const auto updated = connections.api().rest(
      http::Method::patch, own,
      R"({"provider":"OKTA","oidc_config":{"issuer":"https://idp.example","scopes":["openid"]}})");
  REQUIRE(updated.status == 200);
  const Json changed = Json::parse(updated.body).take();
  CHECK(changed.find("connection")->find("oidc_config")->string("issuer") == "https://idp.example");
  CHECK(changed.find("connection")->string("status") == "IN_PROGRESS");
  CHECK(connections.api().rest(http::Method::patch, own + ":enable").status == 400);
  CHECK(connections.api().rest(http::Method::delete_, own).status == 200);
  CHECK(connections.api().rest(http::Method::get, own).status == 404);
}

}  // namespace gatehouse::world
