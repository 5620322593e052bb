// Where a request's hints lead: the table of precedence and refusals, and what is loaded for it
// from real connections and domains.

#include "server/login/route.h"

#include <doctest/doctest.h>

#include "server/connections/test_fixture.h"

namespace gatehouse::login {
namespace {

using connections::Connection;
using connections::ConnectionType;
using connections::Provider;
using Reach = RouteCandidate::Reach;
using State = RouteCandidate::State;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class RouteFixture : public connections::ConnectionFixture {
 public:
  RouteChoice go(const RouteHints& hints, EnvironmentId environment = here) {
    const RouteFacts facts = must([&](Transaction& transaction) {
      return load_route_facts(transaction, environment, hints);
    });
    return route(hints, facts);
  }
  Connection active(OrgId organization) {
    const Connection connection = complete(oidc(organization));
    REQUIRE(turn_on(connection).ok());
    return connection;
  }
  Connection social(Provider provider, std::string key = {}, connections::Use use = {true, false}) {
    const Connection made = make(std::nullopt, {.type = ConnectionType::oauth,
                                                .provider = provider,
                                                .provider_key = std::move(key),
                                                .use = use})
                                .take();
    REQUIRE(change(made, {.configuration =
                              connections::OAuthConfiguration{
                                  .authorize_uri = "https://idp.example/authorize",
                                  .token_uri = "https://idp.example/token",
                                  .user_info_uri = "https://idp.example/me",
                                  .client_id = "gatehouse",
                                  .scopes = {"email"}},
                          .client_secret = Secret("0123456789abcdef-secret")})
                .ok());
    REQUIRE(turn_on(made).ok());
    return made;
  }
  void assign(const Connection& connection, const std::vector<DomainId>& domains) {
    must([&](Transaction& transaction) {
      return connections::assign_domains(transaction, here, *connection.organization, context,
                                         random, connection.id, domains);
    });
  }
  std::vector<SocialConnection> buttons(EnvironmentId environment = here) {
    return must(
        [&](Transaction& transaction) { return social_connections(transaction, environment); });
  }
};

RouteChoice to(const Connection& connection) {
  return UseConnection{connection.id, connection.organization};
}
const RouteChoice page = ShowSignInPage{};

}  // namespace

TEST_CASE("route: the first hint of the order decides, whatever the others say") {
  const RouteHints all{.provider = "google",
                       .connection = "conn_1",
                       .organization = "org_1",
                       .domain = "acme.com",
                       .address = "ada@acme.com"};
  RouteHints hints = all;
  CHECK(selector_of(hints) == RouteSelector::provider);
  hints.provider.clear();
  CHECK(selector_of(hints) == RouteSelector::connection);
  hints.connection.clear();
  CHECK(selector_of(hints) == RouteSelector::organization);
  hints.organization.clear();
  CHECK(selector_of(hints) == RouteSelector::domain);
  hints.address = "ada@other.com";
  CHECK(domain_of(hints) == "acme.com");
  hints.domain.clear();
  CHECK(selector_of(hints) == RouteSelector::domain);
  CHECK(domain_of(hints) == "other.com");
  hints.address.clear();
  CHECK(selector_of(hints) == RouteSelector::none);
}

TEST_CASE("route: a domain is that of the whole address, in lower case, or there is none") {
  CHECK(domain_of({.address = "Ada@ACME.com"}) == "acme.com");
  CHECK(domain_of({.domain = " Acme.COM "}) == "acme.com");
  for (const char* address : {"ada", "ada@", "@acme.com", "ada@acme.com@evil.com",
                              "\"ada@acme.com\"@evil.com x", "acme.com", "ada@acme.com\n"}) {
    CAPTURE(std::string(address));
    CHECK(domain_of({.address = address}).empty());
  }
  CHECK(domain_of({.domain = "ada@acme.com"}).empty());
  // A domain that is no domain does not fall back to the address.
  CHECK(domain_of({.domain = "nonsense", .address = "ada@acme.com"}).empty());
}

TEST_CASE("route: the table of what candidates lead to") {
  const auto candidate = [](int id, Reach reach, State state = State::enabled,
                            ConnectionType type = ConnectionType::saml) {
    return RouteCandidate{ConnectionId(id), OrgId(5), type, state, reach};
  };
  const auto used = [](int id) { return RouteChoice(UseConnection{ConnectionId(id), OrgId(5)}); };
  const auto present = RouteFacts::Organization::present;

  const RouteHints organization{.organization = "org_5"};
  CHECK(route(organization, {}) == RouteChoice(RouteRefusal::invalid_organization_id));
  CHECK(route(organization, {.organization = present}) == page);
  CHECK(route(organization, {{candidate(3, Reach::other_domains), candidate(2, Reach::all_domains),
                              candidate(1, Reach::this_domain)},
                             present}) == used(1));
  CHECK(route(organization, {{candidate(3, Reach::other_domains), candidate(2, Reach::all_domains)},
                             present}) == used(2));
  CHECK(route(organization, {{candidate(3, Reach::other_domains)}, present}) == used(3));

  const RouteHints domain{.domain = "acme.com"};
  CHECK(route(domain, {}) == page);
  CHECK(route(domain, {{candidate(3, Reach::all_domains), candidate(2, Reach::this_domain),
                        candidate(1, Reach::this_domain)}}) == used(2));
  CHECK(route(domain, {{candidate(3, Reach::all_domains), candidate(2, Reach::all_domains)}}) ==
        used(3));
  CHECK(route(domain, {{candidate(3, Reach::other_domains)}}) == page);
  CHECK(route(domain, {{candidate(3, Reach::all_domains, State::disabled)}}) == page);

  const RouteHints connection{.connection = "conn_1"};
  CHECK(route(connection, {}) == RouteChoice(RouteRefusal::invalid_connection_id));
  CHECK(route(connection, {{candidate(1, Reach::all_domains, State::disabled)}}) ==
        RouteChoice(RouteRefusal::connection_not_active));
  CHECK(route(connection, {{candidate(1, Reach::all_domains)}}) == used(1));
  CHECK(route(connection, {{candidate(1, Reach::all_domains, State::enabled,
                                      ConnectionType::passwordless)}}) == page);

  const RouteHints provider{.provider = "google"};
  CHECK(route(provider, {}) == RouteChoice(RouteRefusal::no_configured_connections));
  CHECK(route(provider, {{candidate(1, Reach::all_domains, State::disabled)}}) ==
        RouteChoice(RouteRefusal::no_active_connections));
  CHECK(route(provider, {{candidate(2, Reach::all_domains, State::disabled),
                          candidate(1, Reach::all_domains)}}) == used(1));
}

TEST_CASE("route: a connection is found by its id, in its own environment only") {
  RouteFixture fixture;
  const OrgId acme = fixture.organization();
  const Connection active = fixture.active(acme);
  const Connection draft = fixture.oidc(acme);
  const Connection social = fixture.social(Provider::google);
  const Connection app = fixture.social(Provider::salesforce, {}, {false, true});
  CHECK(fixture.go({.connection = active.id.text()}) == to(active));
  CHECK(fixture.go({.connection = social.id.text()}) == to(social));
  CHECK(fixture.go({.connection = draft.id.text()}) ==
        RouteChoice(RouteRefusal::connection_not_active));
  const RouteChoice unknown = RouteRefusal::invalid_connection_id;
  CHECK(fixture.go({.connection = active.id.text()}, elsewhere) == unknown);
  CHECK(fixture.go({.connection = app.id.text()}) == unknown);
  for (const char* id : {"conn_1", "conn_", "1", "org_1", "conn_x"}) {
    CAPTURE(std::string(id));
    // Whatever else would lead somewhere.
    CHECK(fixture.go({.connection = id, .organization = acme.text()}) == unknown);
  }
  REQUIRE(fixture.turn_off(active).ok());
  CHECK(fixture.go({.connection = active.id.text()}) ==
        RouteChoice(RouteRefusal::connection_not_active));
}

TEST_CASE("route: a provider leads to the environment's own connection, never to a customer's") {
  RouteFixture fixture;
  const OrgId acme = fixture.organization();
  const RouteChoice none = RouteRefusal::no_configured_connections;
  CHECK(fixture.go({.provider = "google"}) == none);
  const Connection own = fixture.complete(
      fixture.make(acme, {.type = ConnectionType::oidc, .provider = Provider::google}).take());
  REQUIRE(fixture.turn_on(own).ok());
  fixture.social(Provider::google, {}, {false, true});
  CHECK(fixture.go({.provider = "google"}) == none);
  const Connection google = fixture.social(Provider::google);
  const Connection branded = fixture.social(Provider::custom, "acme-id");
  CHECK(fixture.go({.provider = "google"}) == to(google));
  CHECK(fixture.go({.provider = "GOOGLE", .connection = own.id.text()}) == to(google));
  CHECK(fixture.go({.provider = "acme-id"}) == to(branded));
  CHECK(fixture.go({.provider = "github"}) == none);
  CHECK(fixture.go({.provider = "google"}, elsewhere) == none);
  REQUIRE(fixture.turn_off(google).ok());
  CHECK(fixture.go({.provider = "google"}) == RouteChoice(RouteRefusal::no_active_connections));
}

TEST_CASE("route: an organization leads to its newest active connection, or to the page") {
  RouteFixture fixture;
  const OrgId acme = fixture.organization();
  const OrgId globex = fixture.organization("Globex");
  const RouteHints hints{.organization = acme.text()};
  CHECK(fixture.go(hints) == page);
  fixture.oidc(acme);
  CHECK(fixture.go(hints) == page);
  fixture.active(globex);
  CHECK(fixture.go(hints) == page);
  const Connection first = fixture.active(acme);
  const Connection second = fixture.active(acme);
  fixture.oidc(acme);
  CHECK(fixture.go(hints) == to(second));
  const orgs::Domain com = fixture.domain(acme, "acme.com");
  const orgs::Domain org = fixture.domain(acme, "acme.org");
  fixture.assign(first, {com.id});
  RouteHints with_address = hints;
  with_address.address = "ada@acme.com";
  CHECK(fixture.go(with_address) == to(first));
  CHECK(fixture.go(hints) == to(second));
  fixture.assign(second, {org.id});
  CHECK(fixture.go(with_address) == to(first));
  with_address.address = "ada@elsewhere.org";
  CHECK(fixture.go(with_address) == to(second));
  CHECK(fixture.go(hints, elsewhere) == RouteChoice(RouteRefusal::invalid_organization_id));
  CHECK(fixture.go({.organization = "org_9"}) ==
        RouteChoice(RouteRefusal::invalid_organization_id));
  CHECK(fixture.go({.organization = "acme"}) == RouteChoice(RouteRefusal::invalid_organization_id));
}

TEST_CASE("route: a domain leads to the connections of the organization that has verified it") {
  RouteFixture fixture;
  const OrgId acme = fixture.organization();
  const OrgId squatter = fixture.organization("Squatter");
  const RouteHints hints{.address = "Ada@Acme.com"};
  const Connection everywhere = fixture.active(acme);
  fixture.active(squatter);
  fixture.domain(squatter, "acme.com", orgs::DomainClaim::by_organization);
  CHECK(fixture.go(hints) == page);
  const orgs::Domain com = fixture.domain(acme, "acme.com");
  const orgs::Domain org = fixture.domain(acme, "acme.org");
  CHECK(fixture.go(hints) == to(everywhere));
  CHECK(fixture.go({.domain = "acme.com"}) == to(everywhere));
  CHECK(fixture.go(hints, elsewhere) == page);
  for (const char* other : {"ada@eu.acme.com", "ada@acme.co", "ada@notacme.com", "ada@acme.com."}) {
    CAPTURE(std::string(other));
    CHECK(fixture.go({.address = other}) == page);
  }
  // One that is for this very domain comes first, and is for no other.
  const Connection special = fixture.active(acme);
  const Connection newest = fixture.active(acme);
  fixture.assign(special, {org.id});
  CHECK(fixture.go({.address = "ada@acme.org"}) == to(special));
  CHECK(fixture.go(hints) == to(newest));
  REQUIRE(fixture.turn_off(newest).ok());
  REQUIRE(fixture.turn_off(everywhere).ok());
  CHECK(fixture.go(hints) == page);
  CHECK(fixture.go({.address = "ada@acme.org"}) == to(special));
  static_cast<void>(com);
}

TEST_CASE("route: a domain that is allowed to join says nothing about who signs its people in") {
  RouteFixture fixture;
  const OrgId acme = fixture.organization();
  fixture.active(acme);
  fixture.must([&](storage::Transaction& transaction) {
    return orgs::create_domain(transaction, here, acme, fixture.context, fixture.random,
                               {.name = "acme.com", .type = orgs::DomainType::allowed_email});
  });
  CHECK(fixture.go({.address = "ada@acme.com"}) == page);
}

TEST_CASE(
    "route: the page's buttons stand in a fixed order, with their own words where there are") {
  RouteFixture fixture;
  fixture.active(fixture.organization());
  CHECK(fixture.buttons().empty());
  const Connection custom = fixture.social(Provider::custom, "Acme ID");
  const Connection github = fixture.social(Provider::github);
  const Connection google = fixture.social(Provider::google);
  const Connection off = fixture.social(Provider::gitlab);
  fixture.social(Provider::salesforce, {}, {false, true});
  REQUIRE(fixture.turn_off(off).ok());
  REQUIRE(fixture.change(github, {.ui_button_title = "With your GitHub name"}).ok());
  const auto buttons = fixture.buttons();
  REQUIRE(buttons.size() == 3);
  CHECK(buttons[0].id == google.id);
  CHECK(buttons[0].provider == Provider::google);
  CHECK(buttons[0].title == "Continue with Google");
  CHECK(buttons[1].id == github.id);
  CHECK(buttons[1].title == "With your GitHub name");
  CHECK(buttons[2].id == custom.id);
  CHECK(buttons[2].title == "Continue with Acme ID");
  CHECK(fixture.buttons(elsewhere).empty());
}

}  // namespace gatehouse::login
