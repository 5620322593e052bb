#include <doctest/doctest.h>

#include "server/crypto/hash.h"
#include "server/sso/oidc/rp_logout.h"
#include "server/sso/oidc/test_provider.h"

namespace gatehouse::sso::oidc_rp::testing {
namespace {

using connections::OAuthConfiguration;
using connections::Provider;

OAuthConfiguration oauth_client() {
  OAuthConfiguration oauth;
  oauth.client_id = std::string(client_id);
  return oauth;
}

Form departure_query(Stage& stage, std::string login_hint = {}) {
  return query_of(stage.depart(std::move(login_hint)).value());
}

std::optional<Diagnosis> refusal_of(Provider provider, connections::Configuration configuration,
                                    connections::ConfigurationMode mode = {}) {
  auto connection = connection_of(provider, std::move(configuration));
  connection.mode = mode;
  const auto relying =
      relying_of(connection, Secret("secret"), urls(), net::AddressPolicy::public_only);
  if (relying.ok()) return std::nullopt;
  return relying.error().diagnosis;
}

}  // namespace

TEST_CASE("departure: an authorization request with state, nonce and PKCE [OIDC Core §3.1.2.1]") {
  Stage stage;
  stage.publish();
  const auto departure = stage.depart("ada@example.com");
  REQUIRE(departure.ok());
  CHECK(departure.value().kind == Departure::Kind::redirect);
  CHECK(departure.value().url.starts_with("https://idp.example/authorize?"));
  const Form query = query_of(departure.value());
  CHECK(query.get("response_type") == "code");
  CHECK(query.get("client_id") == client_id);
  CHECK(query.get("redirect_uri") == callback_uri);
  CHECK(query.get("scope") == "openid email profile");
  CHECK(query.get("state") == stage.asked_for.request_id);
  CHECK(query.get("nonce") == nonce_of(stage.flow_key, stage.asked_for.request_id));
  CHECK(query.get("code_challenge_method") == "S256");
  const std::string verifier = verifier_of(stage.flow_key, stage.asked_for.request_id);
  CHECK(verifier.size() == 43);
  CHECK(query.get("code_challenge") == base64url_encode(crypto::sha256(verifier)));
  CHECK(query.get("login_hint") == "ada@example.com");
  CHECK_FALSE(query.get("prompt").has_value());
  CHECK_FALSE(query.first_duplicate().has_value());
  // What is secret is not in the address.
  CHECK(departure.value().url.find(verifier) == std::string::npos);
  CHECK(departure.value().url.find("cret") == std::string::npos);
}

TEST_CASE("departure: nonce and verifier are of the request, the key and their purpose") {
  const Secret key("one");
  const Secret other("two");
  CHECK(nonce_of(key, "_a") == nonce_of(key, "_a"));
  CHECK(nonce_of(key, "_a") != nonce_of(key, "_b"));
  CHECK(nonce_of(key, "_a") != nonce_of(other, "_a"));
  CHECK(nonce_of(key, "_a") != verifier_of(key, "_a"));
}

TEST_CASE("departure: PKCE goes only where a connection switches it off") {
  connections::OidcConfiguration oidc = Stage::openid();
  oidc.pkce_enabled = false;
  Stage off(connection_of(Provider::custom, oidc));
  off.publish();
  CHECK_FALSE(departure_query(off).get("code_challenge").has_value());
  CHECK(departure_query(off).get("nonce").has_value());
}

TEST_CASE("departure: a fresh sign-in is asked for in the words that the provider knows") {
  Stage stage;
  stage.publish();
  stage.asked_for.authentication = ProviderRequest::Authentication::fresh;
  CHECK(departure_query(stage).get("prompt") == "login");
  CHECK(departure_query(stage).get("max_age") == "0");
  Stage google(connection_of(Provider::google, oauth_client()));
  google.asked_for.authentication = ProviderRequest::Authentication::fresh;
  CHECK(departure_query(google).get("prompt") == "select_account");
  CHECK_FALSE(departure_query(google).get("max_age").has_value());
}

TEST_CASE("departure: extra parameters are added and never replace the protocol's") {
  OAuthConfiguration oauth = oauth_client();
  oauth.prompt = "consent";
  oauth.access_type = "offline";
  oauth.extensions.emplace();
  oauth.extensions->extra_authorize_params = {{"audience", "a&b=c"},
                                              {"state", "fixed"},
                                              {"redirect_uri", "https://evil.example"},
                                              {"client_id", "other"},
                                              {"nonce", "fixed"},
                                              {"scope", "all"},
                                              {"code_challenge", "fixed"},
                                              {"response_type", "token"},
                                              {"response_mode", "fragment"},
                                              {"request_uri", "https://evil.example"}};
  Stage stage(connection_of(Provider::google, oauth));
  const Form query = departure_query(stage);
  CHECK(query.get("audience") == "a&b=c");
  CHECK(query.get("prompt") == "consent");
  CHECK(query.get("access_type") == "offline");
  CHECK(query.get("state") == stage.asked_for.request_id);
  CHECK(query.get("redirect_uri") == callback_uri);
  CHECK(query.get("client_id") == client_id);
  CHECK(query.get("nonce") == nonce_of(stage.flow_key, stage.asked_for.request_id));
  CHECK(query.get("scope") == "openid email profile");
  CHECK(query.get("response_type") == "code");
  CHECK_FALSE(query.get("response_mode").has_value());
  CHECK_FALSE(query.get("request_uri").has_value());
  CHECK_FALSE(query.first_duplicate().has_value());
}

TEST_CASE("departure: the query that an authorize address has stays") {
  connections::OidcConfiguration oidc = Stage::openid();
  oidc.authorize_uri = "https://idp.example/authorize?p=policy";
  Stage stage(connection_of(Provider::custom, oidc));
  stage.publish();
  const auto departure = stage.depart().value();
  CHECK(departure.url.starts_with("https://idp.example/authorize?p=policy&"));
  CHECK(query_of(departure).get("client_id") == client_id);
}

TEST_CASE("departure: social providers are known by their names") {
  const std::array<std::pair<Provider, const char*>, 6> places = {
      {{Provider::google, "https://accounts.google.com/o/oauth2/v2/auth?"},
       {Provider::microsoft, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?"},
       {Provider::github, "https://github.com/login/oauth/authorize?"},
       {Provider::gitlab, "https://gitlab.com/oauth/authorize?"},
       {Provider::linkedin, "https://www.linkedin.com/oauth/v2/authorization?"},
       {Provider::salesforce, "https://login.salesforce.com/services/oauth2/authorize?"}}};
  for (const auto& [provider, place] : places) {
    CAPTURE(place);
    Stage stage(connection_of(provider, oauth_client()));
    CHECK(stage.depart().value().url.starts_with(place));
    CHECK(stage.http.calls() == 0);
  }
}

TEST_CASE("departure: what is peculiar of social providers") {
  Stage github(connection_of(Provider::github, oauth_client()));
  const Form asked = departure_query(github, "ada@example.com");
  CHECK(asked.get("scope") == "read:user user:email");
  CHECK(asked.get("login") == "ada@example.com");
  CHECK(asked.get("code_challenge").has_value());
  CHECK_FALSE(asked.get("nonce").has_value());
  // LinkedIn refuses the token request of whoever uses PKCE without having it switched on there.
  Stage linkedin(connection_of(Provider::linkedin, oauth_client()));
  CHECK_FALSE(departure_query(linkedin).get("code_challenge").has_value());
  OAuthConfiguration with_pkce = oauth_client();
  with_pkce.pkce_enabled = true;
  Stage switched_on(connection_of(Provider::linkedin, with_pkce));
  CHECK(departure_query(switched_on).get("code_challenge").has_value());
}

TEST_CASE("departure: Microsoft's tenant and Salesforce's domain are settings") {
  const auto place = [](Provider provider, const char* setting) {
    OAuthConfiguration oauth = oauth_client();
    oauth.tenant_id = setting;
    Stage stage(connection_of(provider, oauth));
    const std::string url = stage.depart().value().url;
    return url.substr(0, url.find('?'));
  };
  constexpr const char* tenant = "72F988BF-86F1-41AF-91AB-2D7CD011DB47";
  CHECK(place(Provider::microsoft, tenant) ==
        "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/oauth2/v2.0/"
        "authorize");
  CHECK(place(Provider::microsoft, "organizations") ==
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize");
  CHECK(place(Provider::salesforce, "test") ==
        "https://test.salesforce.com/services/oauth2/authorize");
  CHECK(place(Provider::salesforce, "acme.my.salesforce.com") ==
        "https://acme.my.salesforce.com/services/oauth2/authorize");
  for (const auto& [provider, setting] :
       {std::pair{Provider::microsoft, "contoso.com"}, std::pair{Provider::microsoft, "a/../b"},
        std::pair{Provider::salesforce, "evil.example"},
        std::pair{Provider::salesforce, "evil.example/.salesforce.com"}}) {
    CAPTURE(setting);
    OAuthConfiguration oauth = oauth_client();
    oauth.tenant_id = setting;
    CHECK(refusal_of(provider, oauth) == Diagnosis::connection_incomplete);
  }
}

TEST_CASE("departure: an organization's provider is told the domain") {
  connections::OidcConfiguration oidc = Stage::openid();
  Stage google(connection_of(Provider::google, oidc));
  google.publish();
  CHECK(departure_query(google, "ada@example.com").get("hd") == "example.com");
  CHECK_FALSE(departure_query(google).get("hd").has_value());
  Stage entra(connection_of(Provider::microsoft_ad, oidc));
  entra.publish();
  CHECK(departure_query(entra, "ada@example.com").get("domain_hint") == "example.com");
  Stage social(connection_of(Provider::google, oauth_client()));
  CHECK_FALSE(departure_query(social, "ada@example.com").get("hd").has_value());
}

TEST_CASE("relying: what a connection lacks is named") {
  CHECK_FALSE(refusal_of(Provider::custom, Stage::openid()).has_value());
  connections::OidcConfiguration no_client = Stage::openid();
  no_client.client_id.reset();
  CHECK(refusal_of(Provider::custom, no_client) == Diagnosis::connection_incomplete);
  connections::OidcConfiguration nowhere = Stage::openid();
  nowhere.issuer.reset();
  CHECK(refusal_of(Provider::custom, nowhere) == Diagnosis::connection_incomplete);
  CHECK(refusal_of(Provider::custom, Stage::openid(), connections::ConfigurationMode::manual) ==
        Diagnosis::connection_incomplete);
  CHECK(refusal_of(Provider::custom, oauth_client()) == Diagnosis::connection_incomplete);
  // Whose profile would it be that comes with tokens of another place?
  OAuthConfiguration moved = oauth_client();
  moved.token_uri = "https://idp.example/token";
  CHECK(refusal_of(Provider::google, moved) == Diagnosis::connection_incomplete);
  moved.user_info_uri = "https://idp.example/userinfo";
  CHECK_FALSE(refusal_of(Provider::google, moved).has_value());
  CHECK(refusal_of(Provider::custom, connections::SamlConfiguration()) ==
        Diagnosis::connection_incomplete);
}

TEST_CASE("relying: everything by hand needs no discovery") {
  connections::OidcConfiguration oidc = Stage::openid();
  oidc.authorize_uri = "https://idp.example/authorize";
  oidc.token_uri = "https://idp.example/token";
  oidc.jwks_uri = "https://idp.example/keys";
  Stage stage(connection_of(Provider::custom, oidc));
  CHECK(stage.depart().ok());
  CHECK(stage.http.calls() == 0);
  CHECK_FALSE(stage.refusal().has_value());
}

TEST_CASE("logout: the provider is told who asks and where to come back to") {
  Stage stage;
  stage.publish();
  const ProviderLogoutRequest request{.post_logout_redirect_uri = "https://auth.example/back?a=b",
                                      .state = "s&t"};
  const auto url =
      provider_logout_url(stage.providers, stage.relying, request, stage.patience()).value();
  REQUIRE(url.has_value());
  CHECK(url->starts_with("https://idp.example/logout?"));
  const Form query = Form::parse(url->substr(url->find('?') + 1)).value();
  CHECK(query.get("client_id") == client_id);
  CHECK(query.get("post_logout_redirect_uri") == "https://auth.example/back?a=b");
  CHECK(query.get("state") == "s&t");
  Stage without;
  without.document.erase("end_session_endpoint");
  without.publish();
  CHECK_FALSE(provider_logout_url(without.providers, without.relying, request, without.patience())
                  .value()
                  .has_value());
}

}  // namespace gatehouse::sso::oidc_rp::testing
