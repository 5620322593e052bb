#include "server/connections/connection.h"

#include <doctest/doctest.h>

#include "server/connections/invariants.h"
#include "server/connections/test_fixture.h"
#include "server/connections/test_run.h"
#include "server/core/limits.h"

namespace gatehouse::connections {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

template <class T>
ErrorCode code_of(const Result<T, Error>& outcome) {
  return outcome.error().code;
}

}  // namespace

TEST_CASE("connections: a new one is an empty draft, found, recorded and told of") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const Connection made =
      fixture.make(acme, {.type = ConnectionType::saml, .provider = Provider::okta}).take();
  CHECK(made.status == Status::draft);
  CHECK_FALSE(made.is_enabled);
  CHECK(made.provider_key == "OKTA");
  const Connection found = fixture.find(acme, made.id).take();
  CHECK(found.type == ConnectionType::saml);
  CHECK(found.provider == Provider::okta);
  CHECK(found.organization == acme);
  CHECK(found.client_secret_hint.empty());
  CHECK(std::holds_alternative<SamlConfiguration>(found.configuration));
  CHECK(fixture.audited("connection.created") == 1);
  CHECK(fixture.told("organization.sso_created") == 1);
}

TEST_CASE("connections: the provider key stands for a provider and the reverse") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const auto made = [&](std::optional<Provider> provider, std::string key) {
    return fixture
        .make(acme,
              {.type = ConnectionType::oidc, .provider = provider, .provider_key = std::move(key)})
        .take();
  };
  CHECK(made(std::nullopt, "OKTA").provider == Provider::okta);
  CHECK(made(std::nullopt, "something").provider == Provider::custom);
  CHECK(made(Provider::idp_simulator, "test-key").provider_key == "test-key");
  CHECK(code_of(fixture.make(acme, {.type = ConnectionType::oidc, .provider_key = "a\nb"})) ==
        ErrorCode::invalid_argument);
}

TEST_CASE("connections: organizations have OIDC and SAML, environments every type") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  for (const ConnectionType type :
       {ConnectionType::oauth, ConnectionType::passwordless, ConnectionType::webauthn}) {
    const auto refused = fixture.make(acme, {.type = type, .provider = Provider::google});
    CHECK(code_of(refused) == ErrorCode::invalid_argument);
    CHECK(refused.error().field == "connection.type");
    CHECK(fixture.make(std::nullopt, {.type = type, .provider = Provider::google}).ok());
  }
  CHECK(fixture.told("organization.sso_created") == 0);
  CHECK(code_of(fixture.make(OrgId(9), {.type = ConnectionType::oidc})) == ErrorCode::not_found);
  CHECK(code_of(fixture.make(acme, {.type = ConnectionType::oidc}, elsewhere)) ==
        ErrorCode::not_found);
}

TEST_CASE("connections: a key id is had once by an organization and once by the environment") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const NewConnection wanted{
      .type = ConnectionType::oidc, .provider = Provider::okta, .key_id = "main"};
  const Connection first = fixture.make(acme, wanted).take();
  CHECK(code_of(fixture.make(acme, wanted)) == ErrorCode::already_exists);
  CHECK(fixture.make(fixture.organization(), wanted).ok());
  CHECK(fixture.make(std::nullopt, wanted).ok());
  CHECK(code_of(fixture.make(std::nullopt, wanted)) == ErrorCode::already_exists);
  const Connection second = fixture.oidc(acme);
  CHECK(code_of(fixture.change(second, {.key_id = "main"})) == ErrorCode::already_exists);
  CHECK(fixture.change(second, {.key_id = "other"}).take().key_id == "other");
  CHECK(fixture.change(first, {.key_id = "main"}).ok());
}

TEST_CASE("connections: an organization has so many and no more") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  for (int i = 0; i < limits::connections_per_organization_max; ++i) fixture.oidc(acme);
  CHECK(code_of(fixture.make(acme, {.type = ConnectionType::oidc})) ==
        ErrorCode::resource_exhausted);
}

TEST_CASE("connections: only a complete one is enabled, and doing so twice changes nothing") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const Connection draft = fixture.oidc(acme);
  CHECK(code_of(fixture.turn_on(draft)) == ErrorCode::failed_precondition);
  CHECK_FALSE(fixture.find(acme, draft.id).take().is_enabled);
  const Connection ready = fixture.complete(draft);
  CHECK(ready.status == Status::completed);
  CHECK(fixture.turn_on(ready).ok());
  CHECK(fixture.turn_on(ready).ok());
  CHECK(fixture.find(acme, ready.id).take().is_enabled);
  CHECK(fixture.told("organization.sso_enabled") == 1);
  CHECK(fixture.audited("connection.enabled") == 1);
  CHECK(fixture.turn_off(ready).ok());
  CHECK(fixture.turn_off(ready).ok());
  CHECK_FALSE(fixture.find(acme, ready.id).take().is_enabled);
  CHECK(fixture.told("organization.sso_disabled") == 1);
  CHECK(fixture.audited("connection.disabled") == 1);
}

TEST_CASE("connections: an enabled one cannot be made incomplete") {
  ConnectionFixture fixture;
  const Connection ready = fixture.complete(fixture.oidc(fixture.organization()));
  REQUIRE(fixture.turn_on(ready).ok());
  CHECK(code_of(fixture.change(ready, {.client_secret = Secret("")})) ==
        ErrorCode::failed_precondition);
  CHECK(code_of(fixture.change(ready, {.configuration = OidcConfiguration{}})) ==
        ErrorCode::failed_precondition);
  REQUIRE(fixture.turn_off(ready).ok());
  const Connection emptied = fixture.change(ready, {.client_secret = Secret("")}).take();
  CHECK(emptied.status == Status::in_progress);
  CHECK(emptied.sealed_client_secret.empty());
}

TEST_CASE("connections: the simulator needs nothing, and signs nobody in where it is serious") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const Connection simulator = fixture
                                   .make(acme, {.type = ConnectionType::oidc,
                                                .provider = Provider::idp_simulator,
                                                .provider_key = "test-key"})
                                   .take();
  CHECK(simulator.status == Status::completed);
  fixture.settings.kind = environments::Kind::production;
  CHECK(code_of(fixture.turn_on(simulator)) == ErrorCode::failed_precondition);
  fixture.settings.kind = environments::Kind::development;
  CHECK(fixture.turn_on(simulator).ok());
  CHECK(code_of(fixture.change(simulator, {.provider = Provider::okta})) ==
        ErrorCode::invalid_argument);
  CHECK(code_of(fixture.change(fixture.oidc(acme), {.provider = Provider::idp_simulator})) ==
        ErrorCode::invalid_argument);
}

TEST_CASE("connections: a deleted one is gone with its event, and not twice") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const Connection made = fixture.oidc(acme);
  CHECK(fixture.remove(made).ok());
  CHECK(fixture.find(acme, made.id).error().message == "connection not found");
  CHECK(code_of(fixture.remove(made)) == ErrorCode::not_found);
  CHECK(fixture.told("organization.sso_deleted") == 1);
  const Connection other = fixture.oidc(acme);
  fixture.must([&](Transaction& transaction) {
    return orgs::delete_organization(transaction, here, fixture.context, fixture.random, acme);
  });
  CHECK(code_of(fixture.find(acme, other.id)) == ErrorCode::not_found);
}

TEST_CASE("connections: nobody else's organization or environment sees or touches one") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const Connection made = fixture.complete(fixture.oidc(acme));
  Connection stolen = made;
  stolen.organization = fixture.organization("Other");
  CHECK(code_of(fixture.find(stolen.organization, made.id)) == ErrorCode::not_found);
  CHECK(code_of(fixture.find(std::nullopt, made.id)) == ErrorCode::not_found);
  CHECK(code_of(fixture.find(acme, made.id, elsewhere)) == ErrorCode::not_found);
  CHECK(code_of(fixture.turn_on(stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.turn_off(stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.remove(stolen)) == ErrorCode::not_found);
  CHECK(code_of(fixture.change(stolen, {.ui_button_title = "x"})) == ErrorCode::not_found);
  const Connection own = fixture.make(std::nullopt, {.type = ConnectionType::oauth}).take();
  CHECK(code_of(fixture.find(acme, own.id)) == ErrorCode::not_found);
  CHECK(fixture.find(std::nullopt, own.id).ok());
}

TEST_CASE("connections: a client secret is stored sealed, and shown by its last characters only") {
  ConnectionFixture fixture;
  const Connection ready = fixture.complete(fixture.oidc(fixture.organization()));
  CHECK(ready.client_secret_hint == "********cret");
  CHECK(ready.sealed_client_secret.find("secret") == std::string::npos);
  const auto opened = [&](const Connection& connection) {
    const Connection stored = fixture.find(connection.organization, connection.id).take();
    return std::string(open_client_secret(fixture.sealing_key, stored).take().reveal());
  };
  CHECK(opened(ready) == "0123456789abcdef-secret");
  // What was read is sent back as it is.
  CHECK(fixture.change(ready, {.client_secret = Secret("********cret")}).ok());
  CHECK(opened(ready) == "0123456789abcdef-secret");
  CHECK(fixture.change(ready, {.ui_button_title = "Sign in"}).ok());
  CHECK(opened(ready) == "0123456789abcdef-secret");
  const Connection shorter = fixture.change(ready, {.client_secret = Secret("short")}).take();
  CHECK(shorter.client_secret_hint == "********");
  CHECK(opened(ready) == "short");
  // It opens as that of no other connection.
  Connection other = fixture.oidc(*ready.organization);
  other.sealed_client_secret = shorter.sealed_client_secret;
  CHECK_FALSE(open_client_secret(fixture.sealing_key, other).ok());
  const Connection saml = fixture.make(ready.organization, {.type = ConnectionType::saml}).take();
  CHECK(code_of(fixture.change(saml, {.client_secret = Secret("x")})) ==
        ErrorCode::invalid_argument);
}

TEST_CASE("connections: certificates come as PEM, are read, and stay until they are replaced") {
  ConnectionFixture fixture;
  const Connection saml =
      fixture.make(fixture.organization(), {.type = ConnectionType::saml}).take();
  const SamlConfiguration wanted{.idp_entity_id = "urn:idp", .idp_sso_url = "https://idp.example/"};
  CHECK(fixture.change(saml, {.configuration = wanted}).take().status == Status::in_progress);
  const Connection ready =
      fixture.change(saml, {.idp_certificate = std::string(idp_certificate)}).take();
  CHECK(ready.status == Status::completed);
  CHECK(fixture.change(saml, {.configuration = wanted}).take().status == Status::completed);
  const Connection stored = fixture.find(saml.organization, saml.id).take();
  const auto& certificates = std::get<SamlConfiguration>(stored.configuration).certificates;
  REQUIRE(certificates.size() == 1);
  CHECK(certificates[0].pem.text == idp_certificate);
  CHECK(certificates[0].issuer == "CN=idp.example,O=Example");
  CHECK(certificates[0].added_at_ms == to_ms(fixture.context.now));
  CHECK(to_rfc3339(instant_from_ms(certificates[0].expires_at_ms)) == "2046-11-16T23:43:35.000Z");
  CHECK(code_of(fixture.change(saml, {.idp_certificate = "nonsense"})) ==
        ErrorCode::invalid_argument);
  CHECK(fixture.change(saml, {.idp_certificate = ""}).take().status == Status::in_progress);
  CHECK(code_of(fixture.change(fixture.oidc(*saml.organization),
                               {.idp_certificate = std::string(idp_certificate)})) ==
        ErrorCode::invalid_argument);
}

TEST_CASE("connections: addresses are https, but for debugging in a development environment") {
  ConnectionFixture fixture;
  const Connection made = fixture.oidc(fixture.organization());
  const ConnectionChange plain{.configuration =
                                   OidcConfiguration{.issuer = "http://idp.localhost:9000"}};
  const auto refused = fixture.change(made, plain);
  CHECK(code_of(refused) == ErrorCode::invalid_argument);
  CHECK(refused.error().field == "connection.oidc_config.issuer");
  ConnectionChange debugged = plain;
  debugged.is_debugged = true;
  CHECK(fixture.change(made, debugged).ok());
  // Leaving the debugging with such an address in place is refused like setting it.
  CHECK(code_of(fixture.change(made, {.is_debugged = false})) == ErrorCode::invalid_argument);
  fixture.settings.kind = environments::Kind::production;
  CHECK(code_of(fixture.change(made, debugged)) == ErrorCode::invalid_argument);
  fixture.settings.kind = environments::Kind::development;
  for (const char* address : {"ftp://a.b/", "javascript:alert(1)", "https://u:p@a.b/", "a.b",
                              "https://a.b/#x", "https:///x", "https://a b/"}) {
    CAPTURE(address);
    CHECK(
        code_of(fixture.change(made, {.configuration = OidcConfiguration{.jwks_uri = address}})) ==
        ErrorCode::invalid_argument);
  }
}

TEST_CASE("connections: settings of another type, long titles and many mappings are refused") {
  ConnectionFixture fixture;
  const Connection made = fixture.oidc(fixture.organization());
  CHECK(fixture.change(made, {.configuration = SamlConfiguration{}}).error().field ==
        "connection.settings");
  CHECK(fixture.change(made, {.type = ConnectionType::saml}).error().field == "connection.type");
  CHECK(fixture.change(made, {.type = ConnectionType::oidc}).ok());
  CHECK(code_of(fixture.change(made, {.ui_button_title = std::string(101, 'x')})) ==
        ErrorCode::invalid_argument);
  AttributeMapping mapping;
  for (int i = 0; i < 30; ++i) mapping["key" + std::to_string(i)] = "value";
  CHECK(fixture.change(made, {.attribute_mapping = mapping}).ok());
  CHECK(fixture.find(made.organization, made.id).take().attribute_mapping == mapping);
  mapping["one more"] = "value";
  CHECK(code_of(fixture.change(made, {.attribute_mapping = mapping})) ==
        ErrorCode::invalid_argument);
  const Connection titled = fixture.change(made, {.ui_button_title = "Go"}).take();
  CHECK(titled.ui_button_title == "Go");
  CHECK(titled.attribute_mapping.size() == 30);
  CHECK(fixture.change(made, {.ui_button_title = ""}).take().ui_button_title.empty());
}

TEST_CASE("connections: domains are the organization's own, all unless some are named") {
  ConnectionFixture fixture;
  const OrgId acme = fixture.organization();
  const OrgId other = fixture.organization("Other");
  const Connection made = fixture.oidc(acme);
  const orgs::Domain first = fixture.domain(acme, "acme.com");
  const orgs::Domain second = fixture.domain(acme, "acme.org");
  const orgs::Domain foreign = fixture.domain(other, "other.com");
  const auto assign = [&](const std::vector<DomainId>& domains) {
    return fixture.act([&](Transaction& transaction) {
      return assign_domains(transaction, here, acme, fixture.context, fixture.random, made.id,
                            domains);
    });
  };
  const auto names = [&] {
    std::string all;
    for (const orgs::Domain& domain : fixture.must(
             [&](Transaction& transaction) { return list_domains(transaction, here, made); })) {
      all += domain.name + " ";
    }
    return all;
  };
  CHECK(names() == "acme.com acme.org ");
  CHECK(assign({second.id, second.id}).ok());
  CHECK(names() == "acme.org ");
  CHECK(code_of(assign({first.id, foreign.id})) == ErrorCode::not_found);
  CHECK(names() == "acme.org ");
  CHECK(assign({}).ok());
  CHECK(names() == "acme.com acme.org ");
  CHECK(code_of(assign(std::vector<DomainId>(51, first.id))) == ErrorCode::invalid_argument);
}

TEST_CASE("connections: a test run is pending, ends once, and is read by its connection only") {
  ConnectionFixture fixture;
  const Connection made = fixture.oidc(fixture.organization());
  const Connection other = fixture.oidc(*made.organization);
  const TestRun run = fixture.must([&](Transaction& transaction) {
    return begin_test(transaction, here, fixture.context, fixture.random, made.id);
  });
  const auto read = [&](ConnectionId connection, EnvironmentId environment) {
    return fixture.act([&](Transaction& transaction) {
      return get_test(transaction, environment, connection, run.id);
    });
  };
  const auto finish = [&](const TestOutcome& outcome) {
    return fixture.act(
        [&](Transaction& transaction) { return finish_test(transaction, here, run.id, outcome); });
  };
  CHECK(read(made.id, here).take().outcome.status == TestStatus::pending);
  CHECK(code_of(read(other.id, here)) == ErrorCode::not_found);
  CHECK(code_of(read(made.id, elsewhere)) == ErrorCode::not_found);
  CHECK(finish({.status = TestStatus::failure, .error = "invalid_id_token"}).ok());
  CHECK(code_of(finish({.status = TestStatus::success})) == ErrorCode::not_found);
  const TestRun ended = read(made.id, here).take();
  CHECK(ended.outcome.status == TestStatus::failure);
  CHECK(ended.outcome.error == "invalid_id_token");
  CHECK_FALSE(ended.outcome.user_info.has_value());
}

TEST_CASE("connections: fsck finds what cannot be, and nothing where all is well") {
  ConnectionFixture fixture;
  const Connection made = fixture.complete(fixture.oidc(fixture.organization()));
  REQUIRE(fixture.turn_on(made).ok());
  const auto problems = [&] {
    return fixture.must([](Transaction& transaction) { return check_invariants(transaction); })
        .size();
  };
  CHECK(problems() == 0);
  static constexpr storage::Sql break_sql{"test.break_connection",
                                          "UPDATE connections SET client_secret_hint = ''"};
  fixture.must([](Transaction& transaction) { return transaction.execute(break_sql, {}); });
  CHECK(problems() == 1);
}

}  // namespace gatehouse::connections
