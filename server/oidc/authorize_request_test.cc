// The parameters of an authorization request that say who shall do the signing in.

#include "server/oidc/authorize_request.h"

#include <doctest/doctest.h>

namespace gatehouse::oidc {
namespace {

applications::Application application() {
  return {.id = ApplicationId(1),
          .environment = EnvironmentId(1),
          .client_id = "c",
          .type = applications::Type::web_app,
          .name = {},
          .signing_algorithm = {},
          .enforce_pkce = false,
          .allow_api_access = false,
          .initiate_login_uri = {},
          .access_token_lifetime = {},
          .scopes = {},
          .audience = {},
          .custom_claims = {},
          .grant_types = {},
          .callback_uris = {},
          .post_logout_uris = {},
          .back_channel_logout_uris = {},
          .secrets = {},
          .created_at = {},
          .updated_at = {}};
}

Result<AuthorizeRequest, RedirectRefusal> decode(const std::string& query) {
  const auto form = Form::parse("response_type=code&scope=openid" + query);
  REQUIRE(form.ok());
  return decode_authorize_request(form.value(), {.client_id = "c", .redirect_uri = "https://a/"},
                                  application());
}

login::RouteHints hints(const std::string& query) { return route_hints(decode(query).value()); }

OAuthCode refused(const std::string& query) {
  const auto decoded = decode(query);
  REQUIRE_FALSE(decoded.ok());
  return decoded.error().error.code;
}

}  // namespace

TEST_CASE("domain and domain_hint are one thing, which may come under both names") {
  CHECK(hints("&domain=acme.com").domain == "acme.com");
  CHECK(hints("&domain_hint=acme.com").domain == "acme.com");
  CHECK(hints("&domain=acme.com&domain_hint=acme.com").domain == "acme.com");
  CHECK(hints("&domain=&domain_hint=acme.com").domain == "acme.com");
  CHECK(hints("").domain.empty());
  CHECK(refused("&domain=acme.com&domain_hint=evil.com") == OAuthCode::invalid_request);
  CHECK(refused("&domain=" + std::string(321, 'a')) == OAuthCode::invalid_request);
}

TEST_CASE("every selector reaches the routing as it was sent") {
  const auto all = hints(
      "&provider=google&connection_id=conn_5&organization_id=org_7&domain=acme.com"
      "&login_hint=ada%40acme.com");
  CHECK(all.provider == "google");
  CHECK(all.connection == "conn_5");
  CHECK(all.organization == "org_7");
  CHECK(all.domain == "acme.com");
  CHECK(all.address == "ada@acme.com");
  CHECK(hints("&connection_id=nonsense").connection == "nonsense");
  CHECK(login::selector_of(hints("")) == login::RouteSelector::none);
  CHECK(login::selector_of(hints("&provider=&connection_id=&organization_id=&login_hint=")) ==
        login::RouteSelector::none);
  CHECK(refused("&organization_id=acme") == OAuthCode::invalid_organization_id);
  CHECK(refused("&connection_id=" + std::string(301, 'c')) == OAuthCode::invalid_connection_id);
  CHECK(refused("&provider=" + std::string(301, 'p')) == OAuthCode::invalid_request);
}

TEST_CASE("a flow keeps what its end has to hold the sign-in against") {
  AuthorizeRequest request = decode("&connection_id=conn_5").value();
  CHECK_FALSE(authorize_request_from_json(authorize_request_to_json(request))
                  .value()
                  .required_connection.has_value());
  request.required_connection = ConnectionId(5);
  CHECK(
      authorize_request_from_json(authorize_request_to_json(request)).value().required_connection ==
      ConnectionId(5));
}

}  // namespace gatehouse::oidc
