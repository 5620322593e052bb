#include <doctest/doctest.h>

#include "server/sso/oidc/test_provider.h"

namespace gatehouse::sso::oidc_rp::testing {
namespace {

using connections::OAuthConfiguration;
using connections::Provider;
using EmailClaim = login::OutsideIdentity::EmailClaim;

constexpr const char* tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
constexpr const char* other_tenant = "11111111-2222-3333-4444-555555555555";
constexpr const char* personal = "9188040d-6c67-4c5b-b112-36a304b66dad";

OAuthConfiguration oauth_client(const char* tenant_id = "") {
  OAuthConfiguration oauth;
  oauth.client_id = std::string(client_id);
  oauth.tenant_id = tenant_id;
  return oauth;
}

std::string microsoft_issuer(const std::string& of) {
  return "https://login.microsoftonline.com/" + of + "/v2.0";
}

// What Entra ID's tokens look like: no email_verified, oid and tid.
void make_entra(Stage& stage, const std::string& tid) {
  stage.claims["iss"] = quoted(microsoft_issuer(tid));
  stage.claims["tid"] = quoted(tid);
  stage.claims["oid"] = quoted("0a1b2c3d-0000-0000-0000-000000000001");
  stage.claims["sub"] = quoted("AAAApairwise");
  stage.claims.erase("email_verified");
  stage.user_info = {{"sub", quoted("AAAApairwise")}};
}

std::optional<Diagnosis> microsoft(const char* setting, const std::string& tid) {
  Stage stage(connection_of(Provider::microsoft, oauth_client(setting)));
  make_entra(stage, tid);
  return stage.refusal();
}

struct GitHub {
  Stage stage{connection_of(Provider::github, oauth_client())};
  std::string user = R"({"id":583231,"login":"ada","name":"Ada L","email":null,
      "avatar_url":"https://avatars.githubusercontent.com/u/583231"})";
  std::string emails = R"([{"email":"spare@example.com","primary":false,"verified":true},
      {"email":"ada@example.com","primary":true,"verified":true}])";

  Result<login::OutsideIdentity, Failure> sign_in() {
    stage.http.at("https://github.com/login/oauth/access_token", 200,
                  R"({"access_token":"gho_1","scope":"user:email","token_type":"bearer"})");
    stage.http.at("https://api.github.com/user", 200, user);
    stage.http.at("https://api.github.com/user/emails", 200, emails);
    return stage.sign_in();
  }
};

}  // namespace

TEST_CASE("social: Google's tokens are verified with Google's keys") {
  Stage stage(connection_of(Provider::google, oauth_client()));
  stage.claims["iss"] = quoted("https://accounts.google.com");
  const auto identity = stage.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().issuer == "https://accounts.google.com");
  CHECK(identity.value().email_claim == EmailClaim::verified);
  CHECK(stage.http.calls_to("https://www.googleapis.com/oauth2/v3/certs").size() == 1);
  CHECK(stage.http.calls_to("https://oauth2.googleapis.com/token").size() == 1);
  Stage other(connection_of(Provider::google, oauth_client()));
  CHECK(other.refusal() == Diagnosis::id_token_issuer_mismatch);
}

TEST_CASE("social: Microsoft's people are known by object id and tenant") {
  Stage stage(connection_of(Provider::microsoft, oauth_client("common")));
  make_entra(stage, tenant);
  const auto identity = stage.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().issuer == microsoft_issuer(tenant));
  CHECK(identity.value().subject == "0a1b2c3d-0000-0000-0000-000000000001");
  CHECK(identity.value().email->text() == "ada@example.com");
  CHECK(identity.value().email_claim == EmailClaim::asserted);
  Stage no_oid(connection_of(Provider::microsoft, oauth_client("common")));
  make_entra(no_oid, tenant);
  no_oid.claims.erase("oid");
  CHECK(no_oid.refusal() == Diagnosis::subject_missing);
}

TEST_CASE("social: any tenant may write any address, so only xms_edov assures of one") {
  const auto claim_of = [](const char* name, const char* value) {
    Stage stage(connection_of(Provider::microsoft, oauth_client()));
    make_entra(stage, tenant);
    stage.claims[name] = value;
    return stage.sign_in().value().email_claim;
  };
  CHECK(claim_of("email_verified", "true") == EmailClaim::asserted);
  CHECK(claim_of("xms_edov", "true") == EmailClaim::verified);
  CHECK(claim_of("xms_edov", "1") == EmailClaim::verified);
  CHECK(claim_of("xms_edov", "\"1\"") == EmailClaim::verified);
  CHECK(claim_of("xms_edov", "false") == EmailClaim::asserted);
  CHECK(claim_of("xms_edov", "\"0\"") == EmailClaim::asserted);
}

TEST_CASE("social: only tenants that the connection lets in come in") {
  CHECK_FALSE(microsoft("", tenant).has_value());
  CHECK_FALSE(microsoft("common", personal).has_value());
  CHECK_FALSE(microsoft("organizations", tenant).has_value());
  CHECK(microsoft("organizations", personal) == Diagnosis::tenant_refused);
  CHECK_FALSE(microsoft("consumers", personal).has_value());
  CHECK(microsoft("consumers", tenant) == Diagnosis::tenant_refused);
  CHECK_FALSE(microsoft(tenant, tenant).has_value());
  CHECK(microsoft(tenant, other_tenant) == Diagnosis::id_token_issuer_mismatch);
  const std::string both = std::string(tenant) + ", " + other_tenant;
  CHECK_FALSE(microsoft(both.c_str(), other_tenant).has_value());
  CHECK(microsoft(both.c_str(), personal) == Diagnosis::tenant_refused);
}

TEST_CASE("social: the tenant in the issuer is the one that the token says") {
  const auto with = [](const char* iss, const char* tid) {
    Stage stage(connection_of(Provider::microsoft, oauth_client("common")));
    make_entra(stage, tenant);
    stage.claims["iss"] = quoted(iss);
    if (tid == nullptr) {
      stage.claims.erase("tid");
    } else {
      stage.claims["tid"] = tid;
    }
    return stage.refusal();
  };
  const std::string own = microsoft_issuer(tenant);
  CHECK_FALSE(with(own.c_str(), quoted(tenant).c_str()).has_value());
  CHECK(with(own.c_str(), quoted(other_tenant).c_str()) == Diagnosis::id_token_issuer_mismatch);
  CHECK(with(own.c_str(), nullptr) == Diagnosis::id_token_issuer_mismatch);
  CHECK(with(own.c_str(), "null") == Diagnosis::id_token_issuer_mismatch);
  CHECK(with("https://login.microsoftonline.com/{tenantid}/v2.0", quoted(tenant).c_str()) ==
        Diagnosis::id_token_issuer_mismatch);
  CHECK(with("https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/",
             quoted(tenant).c_str()) == Diagnosis::id_token_issuer_mismatch);
}

TEST_CASE("social: an organization's Entra ID of many tenants lets in those that are listed") {
  connections::OidcConfiguration oidc = Stage::openid();
  oidc.issuer = microsoft_issuer("common");
  const auto sign_in = [&](std::vector<std::string> allowed) {
    Stage stage(connection_of(Provider::microsoft_ad, oidc));
    stage.relying.tenants.ids = std::move(allowed);
    make_entra(stage, tenant);
    stage.document["issuer"] = quoted(microsoft_issuer("{tenantid}"));
    stage.token_answer["id_token"] = quoted(stage.id_token());
    stage.publish(microsoft_issuer("common") + "/.well-known/openid-configuration");
    return stage.refusal();
  };
  CHECK(sign_in({}) == Diagnosis::tenant_refused);
  CHECK(sign_in({other_tenant}) == Diagnosis::tenant_refused);
  CHECK_FALSE(sign_in({other_tenant, tenant}).has_value());
  // A place left open is Entra ID's habit alone.
  Stage custom(connection_of(Provider::custom, oidc));
  custom.document["issuer"] = quoted(microsoft_issuer("{tenantid}"));
  custom.publish(microsoft_issuer("common") + "/.well-known/openid-configuration");
  CHECK(custom.providers.endpoints(custom.relying, custom.patience()).error().diagnosis ==
        Diagnosis::discovery_issuer_mismatch);
}

TEST_CASE("social: people of Entra ID without a mailbox have their sign-in name") {
  Stage stage(connection_of(Provider::microsoft, oauth_client()));
  make_entra(stage, tenant);
  stage.claims.erase("email");
  stage.claims["preferred_username"] = quoted("ada@contoso.example");
  const auto identity = stage.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().email->text() == "ada@contoso.example");
  CHECK(identity.value().email_claim == EmailClaim::asserted);
  // Elsewhere a user name is no address.
  Stage custom;
  custom.claims.erase("email");
  custom.user_info.erase("email");
  custom.claims["preferred_username"] = quoted("ada@contoso.example");
  CHECK_FALSE(custom.sign_in().value().email.has_value());
}

TEST_CASE("social: too many groups for an Entra ID token are no groups, and no reason to refuse") {
  Stage stage(connection_of(Provider::microsoft, oauth_client()));
  make_entra(stage, tenant);
  stage.claims["_claim_names"] = R"({"groups":"src1"})";
  stage.claims["_claim_sources"] = R"({"src1":{"endpoint":"https://graph.windows.net/x"}})";
  const auto identity = stage.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().groups.empty());
}

TEST_CASE("social: GitHub's person is a number, its address the primary one") {
  GitHub github;
  const auto identity = github.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().issuer == "https://github.com");
  CHECK(identity.value().subject == "583231");
  CHECK(identity.value().email->text() == "ada@example.com");
  CHECK(identity.value().email_claim == EmailClaim::verified);
  CHECK(identity.value().name == "Ada L");
  CHECK(identity.value().preferred_username == "ada");
  CHECK(identity.value().picture == "https://avatars.githubusercontent.com/u/583231");
  for (const char* const url :
       {"https://api.github.com/user", "https://api.github.com/user/emails"}) {
    CHECK(github.stage.http.calls_to(url).at(0).headers.at(0).value == "Bearer gho_1");
  }
}

TEST_CASE("social: GitHub's address is verified if GitHub says so of it") {
  const auto sign_in = [](const char* emails) {
    GitHub github;
    github.emails = emails;
    return github.sign_in().value();
  };
  const auto unverified = sign_in(R"([{"email":"ada@example.com","primary":true,"verified":false},
      {"email":"spare@example.com","primary":false,"verified":true}])");
  CHECK(unverified.email->text() == "ada@example.com");
  CHECK(unverified.email_claim == EmailClaim::asserted);
  const auto text = sign_in(R"([{"email":"ada@example.com","primary":true,"verified":"true"}])");
  CHECK(text.email_claim == EmailClaim::asserted);
  const auto no_primary = sign_in(
      R"([{"email":"a@users.noreply.github.com","verified":true},{"email":"b@example.com"},
          {"email":"spare@example.com","primary":false,"verified":true}])");
  CHECK(no_primary.email->text() == "spare@example.com");
  CHECK(no_primary.email_claim == EmailClaim::verified);
  CHECK_FALSE(sign_in("[]").email.has_value());
  CHECK_FALSE(sign_in("{}").email.has_value());
}

TEST_CASE("social: GitHub without a number of the account is nobody") {
  for (const char* const user : {"{}", R"({"id":null})", R"({"id":0})", R"({"id":-1})",
                                 R"({"id":"583231"})", R"({"id":5.5})", R"({"login":"ada"})"}) {
    CAPTURE(user);
    GitHub github;
    github.user = user;
    CHECK(github.sign_in().error().diagnosis == Diagnosis::subject_missing);
  }
}

TEST_CASE("social: LinkedIn writes no nonce; where one is, it must be ours") {
  Stage stage(connection_of(Provider::linkedin, oauth_client()));
  stage.claims["iss"] = quoted("https://www.linkedin.com/oauth");
  stage.claims.erase("nonce");
  stage.claims["email_verified"] = quoted("true");
  const auto identity = stage.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().email_claim == EmailClaim::verified);
  const auto form =
      Form::parse(stage.http.calls_to("https://www.linkedin.com/oauth/v2/accessToken").at(0).body)
          .value();
  CHECK_FALSE(form.get("code_verifier").has_value());
  Stage other(connection_of(Provider::linkedin, oauth_client()));
  other.claims["iss"] = quoted("https://www.linkedin.com/oauth");
  other.claims["nonce"] = quoted("another");
  CHECK(other.refusal() == Diagnosis::id_token_nonce_mismatch);
}

TEST_CASE(
    "social: GitLab and Salesforce are OpenID providers; Salesforce's subject is an address") {
  Stage gitlab(connection_of(Provider::gitlab, oauth_client()));
  gitlab.claims["iss"] = quoted("https://gitlab.com");
  CHECK_FALSE(gitlab.refusal().has_value());
  Stage salesforce(connection_of(Provider::salesforce, oauth_client("test")));
  const std::string subject = "https://test.salesforce.com/id/00D000000000001/005000000000001";
  salesforce.claims["iss"] = quoted("https://test.salesforce.com");
  salesforce.claims["sub"] = quoted(subject);
  const auto identity = salesforce.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().subject == subject);
  Stage production(connection_of(Provider::salesforce, oauth_client("login")));
  production.claims["iss"] = quoted("https://test.salesforce.com");
  CHECK(production.refusal() == Diagnosis::id_token_issuer_mismatch);
}

TEST_CASE("social: with places of its own, a connection believes its userinfo alone") {
  OAuthConfiguration oauth = oauth_client();
  oauth.authorize_uri = "https://git.corp.example/oauth/authorize";
  oauth.token_uri = "https://git.corp.example/oauth/token";
  oauth.user_info_uri = "https://git.corp.example/oauth/userinfo";
  const auto sign_in = [&](const char* user_info, connections::AttributeMapping mapping = {}) {
    auto connection = connection_of(Provider::gitlab, oauth);
    connection.attribute_mapping = std::move(mapping);
    Stage stage(connection);
    stage.token_answer["id_token"] = quoted("not.looked.at");
    stage.publish();
    stage.http.at("https://git.corp.example/oauth/userinfo", 200, user_info);
    return stage.redeem();
  };
  const auto identity = sign_in(R"({"sub":"17","email":"ada@example.com","email_verified":true})");
  REQUIRE(identity.ok());
  CHECK(identity.value().issuer == "https://git.corp.example");
  CHECK(identity.value().subject == "17");
  CHECK(identity.value().email_claim == EmailClaim::verified);
  CHECK(sign_in(R"({"id":17})").value().subject == "17");
  CHECK(sign_in(R"({"id":"u-17"})").value().subject == "u-17");
  CHECK(sign_in(R"({"id":17,"uuid":"x-1"})", {{"sub", "uuid"}}).value().subject == "x-1");
  for (const char* const nobody :
       {R"({})", R"({"sub":null,"id":17})", R"({"sub":""})", R"({"sub":17})", R"({"id":null})",
        R"({"id":0})", R"({"id":true})", R"({"email":"ada@example.com"})"}) {
    CAPTURE(nobody);
    CHECK(sign_in(nobody).error().diagnosis == Diagnosis::subject_missing);
  }
}

TEST_CASE("social: an answer whose iss is of another place is refused") {
  GitHub github;
  github.stage.answer.iss = "https://github.com/login/oauth";
  CHECK(github.sign_in().ok());
  github.stage.answer.iss = "https://evil.example";
  CHECK(github.sign_in().error().diagnosis == Diagnosis::response_issuer_mismatch);
}

}  // namespace gatehouse::sso::oidc_rp::testing
