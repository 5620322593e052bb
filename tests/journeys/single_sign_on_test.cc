// Signing in by the identity provider of an organization, and what must not sign anyone in.

#include "server/connections/connection.h"
#include "server/core/scheduling.h"
#include "server/orgs/domain.h"
#include "server/sso/attempt.h"
#include "server/sso/saml/test_provider.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

using connections::Connection;
using sso::saml::TestAttribute;
using sso::saml::TestResponse;
using storage::Transaction;

// Corp, whose people (corp.test) sign in by a SAML provider.
struct Corp {
  World world;
  OrgId organization;
  Connection connection;

  Corp() : organization(make_organization()), connection(make_connection(organization)) {}

  [[nodiscard]] const environments::Environment& environment() {
    return world.app().catalog().current()->by_id(world.development())->environment;
  }

  OrgId make_organization() {
    return world.must([&](Transaction& transaction) -> Result<OrgId, Error> {
      const auto made = TRY(orgs::create(transaction, world.development(), world.context(),
                                         world.random(), {.display_name = "Corp"}));
      TRY(orgs::create_domain(transaction, world.development(), made.id, world.context(),
                              world.random(), {.name = "corp.test"}));
      return made.id;
    });
  }

  Connection make_connection(OrgId owner) {
    connections::SamlConfiguration settings = sso::saml::test_parties().configuration;
    const std::string certificate = sso::saml::test_keys().provider.certificate.pem();
    return change(owner, std::nullopt, settings, certificate);
  }

  Connection change(OrgId owner, std::optional<ConnectionId> id,
                    const connections::SamlConfiguration& settings,
                    std::optional<std::string> certificate = std::nullopt) {
    const auto seal = world.master_key().sealing_key(connections::client_secret_seal_label);
    return world.must([&](Transaction& transaction) -> Result<Connection, Error> {
      const EnvironmentId here = world.development();
      ConnectionId which = id.value_or(ConnectionId(1));
      if (!id.has_value()) {
        const auto made = TRY(connections::create(
            transaction, here, owner, world.context(), world.random(),
            {.type = connections::ConnectionType::saml, .provider = connections::Provider::okta}));
        which = made.id;
      }
      TRY(connections::update(
          transaction, environment(), owner, world.context(), world.random(), seal, which,
          {.configuration = connections::Configuration(settings), .idp_certificate = certificate}));
      TRY(connections::enable(transaction, environment(), owner, world.context(), world.random(),
                              which));
      return connections::get(transaction, here, owner, which);
    });
  }

  [[nodiscard]] std::string base(const Connection& of) const {
    return std::string(development_url) + "/sso/v1/saml/" + of.id.text();
  }
  [[nodiscard]] std::string acs() const { return base(connection) + "/callback"; }

  // What the provider says of somebody, in answer to that request.
  [[nodiscard]] TestResponse says(std::string email, std::string request) {
    TestResponse shape;
    shape.id = "_r" + std::to_string(++answers_);
    shape.assertion_id = "_a" + std::to_string(answers_);
    shape.destination = shape.recipient = acs();
    shape.audiences = {base(connection)};
    shape.in_response_to = shape.confirmed_request = std::move(request);
    shape.issued_at = world.now();
    shape.confirmed_until = shape.valid_until = world.now() + minutes(5);
    shape.valid_from = world.now() - minutes(1);
    shape.name_id = "00u-" + email;
    shape.name_id_format = std::string(sso::saml::persistent_format);
    shape.attributes = {{.name = "email", .values = {std::move(email)}},
                        {.name = "firstName", .values = {"Dora"}},
                        {.name = "lastName", .values = {"Corp"}}};
    return shape;
  }

  // The provider's page posts it: from another site, so without cookies. Where that leads to is not
  // followed.
  Page deliver(const TestResponse& shape, std::string url = {}) {
    Browser elsewhere(world);
    if (url.empty()) url = acs();
    const Fields form = {{"SAMLResponse", base64_encode(sso::saml::response_xml(shape))},
                         {"RelayState", shape.in_response_to}};
    return Page(url,
                elsewhere.send(http::Method::post, url.substr(development_url.size()), encode(form),
                               {{"Content-Type", "application/x-www-form-urlencoded"},
                                {"Origin", "https://idp.test"}}));
  }

 private:
  int answers_ = 0;
};

// From the application to the provider, by the address typed; the request's id.
std::string go_to_provider(Browser& browser, const std::string& email) {
  const Page first = browser.authorize("Console");
  const Page away = browser.submit(first, "/login/email", {{"email", email}});
  CHECK(away.location().starts_with("https://idp.test/sso?"));
  return away.parameter("RelayState");
}

Page sign_on(Corp& corp, Browser& browser, const std::string& email) {
  const std::string request = go_to_provider(browser, email);
  return browser.open(corp.deliver(corp.says(email, request)).location());
}

TEST_CASE("single sign-on: an address leads to the provider, and back in as a new member") {
  Corp corp;
  Browser browser(corp.world);
  const Page callback = sign_on(corp, browser, "dora@corp.test");
  REQUIRE(!callback.parameter("code").empty());

  Client console(corp.world, "Console");
  const Answer tokens = console.exchange(callback);
  const Json claims = console.claims(tokens.id_token(), jose::TokenType::jwt);
  CHECK(claims.string("email") == "dora@corp.test");
  CHECK(claims.boolean("email_verified") == true);
  CHECK(claims.string("name") == "Dora Corp");
  CHECK(claims.string("oid") == corp.organization.text());
  CHECK(claims.array("amr")->front().string() == corp.connection.id.text());
  const Json access = console.claims(tokens.access_token(), jose::TokenType::access_token);
  CHECK(access.array("roles")->front().string() == "member");
  CHECK(corp.world.all_mail("dora@corp.test").empty());
  CHECK(corp.world.violations() == "");
}

TEST_CASE("single sign-on: the second time it is the same person, whatever their address is now") {
  Corp corp;
  Browser first(corp.world), second(corp.world);
  REQUIRE(!sign_on(corp, first, "dora@corp.test").parameter("code").empty());
  const UserId dora = corp.world.user("dora@corp.test");

  const std::string request = go_to_provider(second, "dora@corp.test");
  TestResponse shape = corp.says("dora@corp.test", request);
  shape.attributes.front().values = {"dora.married@corp.test"};
  const Page callback = second.open(corp.deliver(shape).location());
  Client console(corp.world, "Console");
  const Answer tokens = console.exchange(callback);
  CHECK(console.claims(tokens.id_token(), jose::TokenType::jwt).string("sub") == dora.text());
}

TEST_CASE("single sign-on: every hint of the application leads to the provider at once") {
  Corp corp;
  for (const Fields& hint :
       {Fields{{"connection_id", corp.connection.id.text()}},
        Fields{{"organization_id", corp.organization.text()}}, Fields{{"domain", "corp.test"}},
        Fields{{"domain_hint", "CORP.test"}}, Fields{{"login_hint", "dora@corp.test"}}}) {
    Browser browser(corp.world);
    CAPTURE(hint.front().first);
    const Page away = browser.authorize("Console", hint);
    CHECK(away.location().starts_with("https://idp.test/sso?"));
  }
  Browser browser(corp.world);
  CHECK(browser.authorize("Console", {{"domain", "eu.corp.test"}}).find_form("/login/email"));
  const Page refused = browser.authorize("Console", {{"connection_id", "conn_17"}});
  CHECK(refused.parameter("error") == "invalid_connection_id");
}

TEST_CASE("single sign-on: an answer in another browser signs nobody in") {
  Corp corp;
  Browser victim(corp.world), attacker(corp.world);
  const std::string request = go_to_provider(attacker, "dora@corp.test");
  const Page delivered = corp.deliver(corp.says("dora@corp.test", request));
  go_to_provider(victim, "dora@corp.test");  // has a browser cookie of its own
  const Page taken = victim.open(delivered.location());
  CHECK(taken.status() == 403);
  CHECK(taken.text_of("reference").starts_with("err_"));
  CHECK(victim.cookie("gh_session").empty());
  CHECK(attacker.cookie("gh_session").empty());
  // The right browser has not lost anything.
  CHECK(!attacker.open(delivered.location()).parameter("code").empty());
  // And its address is good once.
  Browser again(corp.world);
  CHECK(again.open(delivered.location()).status() == 403);
}

TEST_CASE("single sign-on: an answer counts once") {
  Corp corp;
  Browser browser(corp.world);
  const std::string request = go_to_provider(browser, "dora@corp.test");
  const TestResponse shape = corp.says("dora@corp.test", request);
  REQUIRE(corp.deliver(shape).location().starts_with("/sso/complete?"));
  const Page again = corp.deliver(shape);
  CHECK(again.status() == 403);
  CHECK(again.text_of("reference").starts_with("err_"));
  TestResponse another = corp.says("dora@corp.test", request);
  another.assertion_id = "_another";
  CHECK(corp.deliver(another).status() == 403);  // nobody waits for it any more
  corp.world.run_job("write refusals");
  CHECK(corp.world.audit("login.sso_refused").size() == 2);
}

TEST_CASE("single sign-on: what is wrong is said, stored, and signs nobody in") {
  Corp corp;
  const auto refused = [&](void (*spoil)(TestResponse&), std::string_view diagnosis) {
    Browser browser(corp.world);
    TestResponse shape = corp.says("dora@corp.test", go_to_provider(browser, "dora@corp.test"));
    spoil(shape);
    const Page page = corp.deliver(shape);
    CAPTURE(diagnosis);
    CHECK(page.status() == 403);
    const auto reference = SsoAttemptId::parse(page.text_of("reference"));
    REQUIRE(reference.has_value());
    const auto attempt = corp.world.must([&](Transaction& transaction) {
      return sso::find_attempt(transaction, corp.world.development(), *reference);
    });
    REQUIRE(attempt.has_value());
    CHECK(sso::text_of(attempt->failure->diagnosis).name == diagnosis);
    CHECK(attempt->connection == corp.connection.id);
  };
  refused([](TestResponse& shape) { shape.audiences = {"https://elsewhere.test"}; },
          "audience_mismatch");
  refused([](TestResponse& shape) { shape.assertion_key = &sso::saml::test_keys().stranger; },
          "signature_key_unknown");
  refused([](TestResponse& shape) { shape.assertion_key = nullptr; }, "signature_missing");
  refused([](TestResponse& shape) { shape.recipient = "https://elsewhere.test"; },
          "recipient_mismatch");
  refused([](TestResponse& shape) { shape.assertion_issuer = "https://other.test"; },
          "issuer_mismatch");
  refused(
      [](TestResponse& shape) {
        shape.status = {"Requester", "RequestDenied"};
      },
      "provider_refused");
  CHECK(corp.world.violations() == "");
}

TEST_CASE("single sign-on: one connection's answer is nothing to another") {
  Corp corp;
  const Connection other = corp.make_connection(corp.organization);
  Browser browser(corp.world);
  const Page away = browser.authorize("Console", {{"connection_id", corp.connection.id.text()}});
  TestResponse shape = corp.says("dora@corp.test", away.parameter("RelayState"));
  shape.destination = shape.recipient = corp.base(other) + "/callback";
  shape.audiences = {corp.base(other)};
  CHECK(corp.deliver(shape, corp.base(other) + "/callback").status() == 403);
  CHECK(browser.cookie("gh_session").empty());
}

TEST_CASE("single sign-on: what the provider begins goes by way of the application") {
  Corp corp;
  const auto set_beginning = [&](std::optional<std::string> uri) {
    corp.world.must([&](Transaction& transaction) -> Result<Unit, Error> {
      const auto entry = corp.world.app().catalog().current()->by_id(corp.world.development());
      const auto* console = entry->find(corp.world.application("Console").client_id);
      TRY(applications::update(transaction, corp.environment(), corp.world.context(),
                               corp.world.random(), console->id, {.initiate_login_uri = uri}));
      return Unit{};
    });
    corp.world.run_job(app::follow_changes_job);
  };
  set_beginning(std::nullopt);
  TestResponse shape = corp.says("dora@corp.test", "");
  CHECK(corp.deliver(shape).status() == 403);  // no application says where it begins

  set_beginning("http://localhost:4321/auth/login");
  shape = corp.says("dora@corp.test", "");
  const Page started = corp.deliver(shape);
  CHECK(started.location().starts_with("http://localhost:4321/auth/login?idp_initiated_login="));
  Client console(corp.world, "Console");
  const Json claims =
      console.claims(started.parameter("idp_initiated_login"), jose::TokenType::jwt);
  CHECK(claims.string("connection_id") == corp.connection.id.text());
  CHECK(claims.string("organization_id") == corp.organization.text());
  CHECK(claims.string("login_hint") == "dora@corp.test");
  CHECK(corp.deliver(shape).status() == 403);  // the same once more
}

TEST_CASE("single sign-on: an address outside the domains is proven by mail once") {
  Corp corp;
  const UserId lone = corp.world.user("lone@acme.test");
  corp.world.must([&](Transaction& transaction) -> Result<Unit, Error> {
    const EnvironmentId here = corp.world.development();
    TRY(orgs::add_member(transaction, here, corp.organization, corp.world.context(),
                         corp.world.random(), lone, orgs::Provisioning::direct_provision));
    return Unit{};
  });
  Browser browser(corp.world);
  const std::string request = go_to_provider(browser, "x@corp.test");
  const Page code_page =
      browser.open(corp.deliver(corp.says("lone@acme.test", request)).location());
  REQUIRE(code_page.find_form("/login/code"));
  CHECK(browser.cookie("gh_session").empty());
  const Page callback = browser.type_code(code_page, "lone@acme.test");
  REQUIRE(!callback.parameter("code").empty());

  Browser later(corp.world);
  const std::string next = go_to_provider(later, "x@corp.test");
  const Page at_once = later.open(corp.deliver(corp.says("lone@acme.test", next)).location());
  CHECK(!at_once.parameter("code").empty());
}

TEST_CASE("single sign-on: nobody is taken in by an address that is not the organization's") {
  Corp corp;
  Browser browser(corp.world);
  const std::string request = go_to_provider(browser, "x@corp.test");
  const Page code_page = browser.open(corp.deliver(corp.says("ada@acme.test", request)).location());
  REQUIRE(code_page.find_form("/login/code"));
  // Even Ada herself is no member of Corp, and her proof does not make her one.
  const Page refused = browser.type_code(code_page, "ada@acme.test");
  CHECK(refused.status() == 403);
  CHECK(browser.cookie("gh_session").empty());
}

TEST_CASE("single sign-on: with provisioning off only members come in") {
  Corp corp;
  auto settings = std::get<connections::SamlConfiguration>(corp.connection.configuration);
  settings.jit_provisioning_with_sso_enabled = false;
  corp.change(corp.organization, corp.connection.id, settings);
  Browser browser(corp.world);
  CHECK(sign_on(corp, browser, "dora@corp.test").status() == 403);
  CHECK(browser.cookie("gh_session").empty());
}

TEST_CASE("single sign-on: a connection that is switched off meanwhile lets nobody in") {
  Corp corp;
  Browser browser(corp.world);
  const std::string request = go_to_provider(browser, "dora@corp.test");
  const Page delivered = corp.deliver(corp.says("dora@corp.test", request));
  corp.world.must([&](Transaction& transaction) {
    return connections::disable(transaction, corp.world.development(), corp.organization,
                                corp.world.context(), corp.world.random(), corp.connection.id);
  });
  CHECK(browser.open(delivered.location()).status() == 403);
  CHECK(browser.cookie("gh_session").empty());
}

TEST_CASE("single sign-on: a trial shows every check and signs nobody in") {
  Corp corp;
  Browser administrator(corp.world);
  const Page away = administrator.open(corp.base(corp.connection) + "/test");
  CHECK(away.location().starts_with("https://idp.test/sso?"));
  const Page works = corp.deliver(corp.says("dora@corp.test", away.parameter("RelayState")));
  CHECK(works.status() == 200);
  CHECK(works.shows("The connection works"));
  CHECK(works.shows("dora@corp.test"));

  const Page again = administrator.open(corp.base(corp.connection) + "/test");
  TestResponse shape = corp.says("dora@corp.test", again.parameter("RelayState"));
  shape.audiences = {"https://elsewhere.test"};
  const Page fails = corp.deliver(shape);
  CHECK(fails.text_of("diagnosis") == "audience_mismatch");
  CHECK(administrator.cookie("gh_session").empty());
}

}  // namespace
}  // namespace gatehouse::world
