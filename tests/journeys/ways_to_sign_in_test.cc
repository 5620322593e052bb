// What the sign-in page offers beside the address, what it remembers, and what an application gets
// that insists on one way.

#include "server/connections/connection.h"
#include "server/orgs/domain.h"
#include "server/sso/saml/test_provider.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

using connections::Connection;
using connections::ConnectionType;
using connections::Provider;
using storage::Transaction;

class Ways {
 public:
  // Of everybody, or of an organization.
  Connection connect(connections::Owner owner, const connections::NewConnection& wanted,
                     const connections::ConnectionChange& change) {
    const auto entry = world.app().catalog().current()->by_id(world.development());
    const auto seal = world.master_key().sealing_key(connections::client_secret_seal_label);
    world.advance(milliseconds(1));
    return world.must([&](Transaction& transaction) -> Result<Connection, Error> {
      const EnvironmentId here = world.development();
      const Context context = world.context();
      const auto made =
          TRY(connections::create(transaction, here, owner, context, world.random(), wanted));
      TRY(connections::update(transaction, entry->environment, owner, context, world.random(), seal,
                              made.id, change));
      TRY(connections::enable(transaction, entry->environment, owner, context, world.random(),
                              made.id));
      return connections::get(transaction, here, owner, made.id);
    });
  }
  Connection social(Provider provider) {
    return connect(
        std::nullopt,
        {.type = ConnectionType::oauth, .provider = provider, .use = {.is_login = true}},
        {.configuration =
             connections::OAuthConfiguration{.authorize_uri = "https://social.test/authorize",
                                             .token_uri = "https://social.test/token",
                                             .user_info_uri = "https://social.test/me",
                                             .client_id = "gatehouse",
                                             .scopes = {"email"}},
         .client_secret = Secret("0123456789abcdef-secret")});
  }
  Connection saml(OrgId organization) {
    return connect(
        organization, {.type = ConnectionType::saml, .provider = Provider::okta},
        {.configuration = connections::Configuration(sso::saml::test_parties().configuration),
         .idp_certificate = sso::saml::test_keys().provider.certificate.pem()});
  }
  // Signs in by mail what began at `first`.
  static Page by_mail(Browser& browser, const Page& first, const std::string& email) {
    return browser.type_code(browser.ask_for_mail(first, email), email);
  }

  World world;
};

bool is_away(const Page& page) { return page.location().starts_with("https://idp.test/sso?"); }

TEST_CASE("the sign-in page offers the environment's connections, and none of its customers'") {
  Ways ways;
  Browser browser(ways.world);
  const Page plain = browser.authorize("Console");
  CHECK(plain.find_form("/login/email") != nullptr);
  CHECK(plain.find_form("/login/connection") == nullptr);

  const Connection github = ways.social(Provider::github);
  const Connection google = ways.social(Provider::google);
  ways.saml(ways.world.organization("Acme"));
  const Page page = browser.authorize("Console");
  const PageForm* form = page.find_form("/login/connection");
  REQUIRE(form != nullptr);
  CHECK(form->buttons ==
        Fields{{"connection", google.id.text()}, {"connection", github.id.text()}});
  CHECK(page.shows("Continue with Google"));
  CHECK_FALSE(page.shows("Last used"));
  const Page away = browser.submit(page, "/login/connection", {{"connection", google.id.text()}});
  CHECK(away.location().starts_with("https://social.test/authorize?"));
  // Whoever signs up has the same choice.
  CHECK(browser.authorize("Console", {{"prompt", "create"}}).find_form("/login/connection") !=
        nullptr);
}

TEST_CASE("the way that was used last is marked in that browser, and is all that it remembers") {
  Ways ways;
  const Connection google = ways.social(Provider::google);
  ways.social(Provider::github);
  Browser browser(ways.world);
  REQUIRE(!browser.sign_in("Console", "ada@acme.test").parameter("code").empty());
  CHECK(browser.cookie("gh_last") == "email");
  const Page again = browser.authorize("Console", {{"prompt", "login"}});
  CHECK(again.shows("Work e-mail <span class=\"badge\">Last used</span>"));
  browser.set_cookie("gh_last", google.id.text());
  const Page marked = browser.authorize("Console", {{"prompt", "login"}});
  CHECK(marked.shows("Continue with Google</span> <span class=\"badge\">Last used"));
  CHECK_FALSE(marked.shows("Work e-mail <span"));
  browser.set_cookie("gh_last", "<script>");
  CHECK_FALSE(browser.authorize("Console", {{"prompt", "login"}}).shows("Last used"));
  Browser other(ways.world);
  CHECK_FALSE(other.authorize("Console").shows("Last used"));
}

TEST_CASE("a provider is found by name, and refused if it is not to be had") {
  Ways ways;
  Browser browser(ways.world);
  const auto error = [&](const Fields& hints) {
    return browser.authorize("Console", hints).parameter("error");
  };
  CHECK(error({{"provider", "google"}}) == "no_configured_connections");
  const Connection google = ways.social(Provider::google);
  CHECK(browser.authorize("Console", {{"provider", "google"}})
            .location()
            .starts_with("https://social.test/authorize?"));
  // It comes before everything else that is named.
  CHECK(browser.authorize("Console", {{"provider", "google"}, {"connection_id", "conn_17"}})
            .location()
            .starts_with("https://social.test/authorize?"));
  CHECK(error({{"provider", "github"}}) == "no_configured_connections");
  ways.world.must([&](Transaction& transaction) {
    return connections::disable(transaction, ways.world.development(), std::nullopt,
                                ways.world.context(), ways.world.random(), google.id);
  });
  CHECK(error({{"provider", "google"}}) == "no_active_connections");
  CHECK(error({{"connection_id", google.id.text()}}) == "connection_not_active");
  CHECK(error({{"organization_id", "org_17"}}) == "invalid_organization_id");
  CHECK(error({{"provider", "google"}, {"prompt", "none"}}) == "no_active_connections");
}

TEST_CASE("whoever comes back from a provider may go there again, or take another way") {
  Ways ways;
  const OrgId acme = ways.world.organization("Acme");
  const Connection corporate = ways.saml(acme);
  ways.social(Provider::google);
  Browser browser(ways.world);
  const Page away = browser.authorize("Console", {{"organization_id", acme.text()}});
  REQUIRE(is_away(away));
  const std::string flow = browser.authorize("Console").find_form("/login/email")->fields[0].second;
  CHECK(!flow.empty());
  const std::string start = away.url();
  REQUIRE(start.find("/sso/start?flow=") != std::string::npos);
  const std::string own_flow = start.substr(start.find("flow=") + 5);
  const Page back = browser.open("/login?flow=" + own_flow);
  CHECK(back.shows("Sign in at Acme"));
  CHECK(back.shows("Continue to Okta"));
  CHECK(is_away(browser.open(back.link("single-sign-on"))));
  const Page other = browser.open(back.link("other-way"));
  CHECK(other.find_form("/login/email") != nullptr);
  CHECK(other.find_form("/login/connection") != nullptr);
  CHECK(!Ways::by_mail(browser, other, "ada@acme.test").parameter("code").empty());
  static_cast<void>(corporate);
}

TEST_CASE("an application that insists on a customer's connection gets no other sign-in") {
  Ways ways;
  const Connection corporate = ways.saml(ways.world.organization("Acme"));
  const Fields insisting{{"connection_id", corporate.id.text()}};
  Browser browser(ways.world);
  const Page away = browser.authorize("Console", insisting);
  REQUIRE(is_away(away));
  const std::string own_flow = away.url().substr(away.url().find("flow=") + 5);
  const Page other = browser.open("/login/change?flow=" + own_flow);
  const Page refused = Ways::by_mail(browser, other, "ada@acme.test");
  CHECK(refused.parameter("code").empty());
  CHECK(refused.parameter("error") == "access_denied");

  // The session that was made all the same does for others, and not for this one.
  CHECK(!browser.authorize("Console").parameter("code").empty());
  CHECK(is_away(browser.authorize("Console", insisting)));
  Fields silent = insisting;
  silent.emplace_back("prompt", "none");
  CHECK(browser.authorize("Console", silent).parameter("error") == "login_required");
  // An organization that is only named keeps the live session, as long as nobody switches.
  CHECK(!browser.authorize("Console", {{"organization_id", corporate.organization->text()}})
             .parameter("code")
             .empty());
}

TEST_CASE("switching to an organization that signs its people in itself goes by way of it") {
  Ways ways;
  const OrgId acme = ways.world.organization("Acme"), globex = ways.world.organization("Globex");
  Browser browser(ways.world);
  REQUIRE(!browser.sign_in("Console", "bob@acme.test", {{"organization_id", acme.text()}})
               .parameter("code")
               .empty());
  const Fields switching{{"prompt", "select_account"}, {"organization_id", globex.text()}};
  ways.saml(globex);
  CHECK(is_away(browser.authorize("Console", switching)));
  const Fields staying{{"prompt", "select_account"}, {"organization_id", acme.text()}};
  CHECK(!browser.authorize("Console", staying).parameter("code").empty());
}

}  // namespace
}  // namespace gatehouse::world
