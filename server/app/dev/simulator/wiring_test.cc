// What connections to the simulator say of it stays right while addresses and keys change, and what
// somebody has set besides stays as it is.

#include "server/app/dev/simulator/wiring.h"

#include <doctest/doctest.h>

#include "server/connections/test_fixture.h"

namespace gatehouse::app::dev {
namespace {

using connections::Connection;
using connections::ConnectionType;
using connections::OidcConfiguration;
using connections::Provider;
using connections::SamlConfiguration;

ProviderKeys made_keys() {
  return {xml::make_key_pair("current", world::test_start).value(),
          xml::make_key_pair("next", world::test_start).value()};
}
const ProviderKeys& keys() {
  static const ProviderKeys made = made_keys();
  return made;
}
const ProviderKeys& other_keys() {
  static const ProviderKeys made = made_keys();
  return made;
}

class WiringFixture : public connections::ConnectionFixture {
 public:
  Connection simulated(ConnectionType type, std::string profile) {
    return make(acme, {.type = type, .provider = Provider::idp_simulator, .provider_key = profile})
        .take();
  }
  void start(const ProviderKeys& known = keys()) {
    context.now += seconds(1);
    must([&](storage::Transaction& transaction) {
      return wire_all(transaction, context, random, {settings, sealing_key, known});
    });
  }
  Connection now(const Connection& connection) { return find(acme, connection.id).take(); }
  SamlConfiguration saml(const Connection& connection) {
    return std::get<SamlConfiguration>(now(connection).configuration);
  }

  OrgId acme = organization();
};

TEST_CASE_FIXTURE(WiringFixture, "simulator: a start gives a connection what it lacks") {
  const Connection okta = simulated(ConnectionType::saml, "okta");
  const Connection shibboleth = simulated(ConnectionType::saml, "shibboleth");
  const Connection plain = simulated(ConnectionType::oidc, "something else");
  const Connection foreign = oidc(acme);
  start();
  const SamlConfiguration wired = saml(okta);
  CHECK(wired.idp_sso_url == "http://here.localhost/dev/idp/okta/" + okta.id.text() + "/saml/sso");
  CHECK(wired.idp_entity_id->starts_with("http://www.okta.com/exk"));
  REQUIRE(wired.certificates.size() == 1);
  CHECK(wired.certificates.front().pem.text == keys().current.certificate.pem());
  CHECK(wired.saml_signing_option == connections::SamlSigning::both);
  CHECK(wired.idp_slo_required == true);
  CHECK(wired.idp_slo_url->ends_with("/saml/slo"));
  CHECK(saml(shibboleth).assertion_encrypted == true);
  // Google has no single logout.
  const Connection google = simulated(ConnectionType::saml, "google");
  start();
  CHECK(saml(google).idp_slo_url == std::nullopt);
  const Connection ready = now(plain);
  CHECK(std::get<OidcConfiguration>(ready.configuration).issuer ==
        "http://here.localhost/dev/idp/plain/" + plain.id.text() + "/oidc");
  CHECK_FALSE(ready.sealed_client_secret.empty());
  CHECK(std::get<OidcConfiguration>(now(foreign).configuration).issuer == std::nullopt);
}

TEST_CASE_FIXTURE(WiringFixture, "simulator: where nothing is different a start changes nothing") {
  const Connection okta = simulated(ConnectionType::saml, "okta");
  const Connection plain = simulated(ConnectionType::oidc, "plain");
  start();
  const Instant changed_at = now(okta).updated_at;
  const std::string secret = now(plain).sealed_client_secret;
  start();
  CHECK(now(okta).updated_at == changed_at);
  CHECK(now(plain).sealed_client_secret == secret);
}

TEST_CASE_FIXTURE(WiringFixture,
                  "simulator: another port and other keys are followed, and no more") {
  const Connection okta = simulated(ConnectionType::saml, "okta");
  start();
  SamlConfiguration own = saml(okta);
  own.saml_signing_option = connections::SamlSigning::either;
  own.jit_provisioning_with_sso_enabled = false;
  REQUIRE(change(now(okta), {.configuration = own}).ok());
  settings.base_url = "http://here.localhost:9000";
  start(other_keys());
  const SamlConfiguration moved = saml(okta);
  CHECK(moved.idp_sso_url->starts_with("http://here.localhost:9000/dev/idp/okta/"));
  REQUIRE(moved.certificates.size() == 1);
  CHECK(moved.certificates.front().pem.text == other_keys().current.certificate.pem());
  CHECK(moved.saml_signing_option == connections::SamlSigning::either);
  CHECK(moved.jit_provisioning_with_sso_enabled == false);
}

TEST_CASE_FIXTURE(WiringFixture, "simulator: another profile brings its settings, and stays") {
  const Connection okta = simulated(ConnectionType::saml, "okta");
  start();
  const Connection before = now(okta);
  must([&](storage::Transaction& transaction) {
    return wire_to(transaction, context, random, {settings, sealing_key, keys()}, before,
                   profile(ProfileName::jumpcloud));
  });
  CHECK(saml(okta).idp_entity_id == "JumpCloud");
  CHECK(saml(okta).saml_signing_option == connections::SamlSigning::response);
  start();
  CHECK(saml(okta).idp_entity_id == "JumpCloud");
  CHECK(profile_of(now(okta)) == ProfileName::jumpcloud);
}

}  // namespace
}  // namespace gatehouse::app::dev
