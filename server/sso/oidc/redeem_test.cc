#include <doctest/doctest.h>

#include "server/jose/jwt.h"
#include "server/sso/oidc/test_provider.h"

namespace gatehouse::sso::oidc_rp::testing {
namespace {

using connections::Provider;
using connections::TokenAuth;
using EmailClaim = login::OutsideIdentity::EmailClaim;

constexpr const char* token_uri = "https://idp.example/token";
constexpr const char* user_info_uri = "https://idp.example/userinfo";

std::optional<Diagnosis> after_answer(const CallbackParameters& answer) {
  Stage stage;
  stage.answer = answer;
  return stage.refusal();
}

std::optional<Diagnosis> after_token_answer(int status, const std::string& body) {
  Stage stage;
  stage.publish_with(stage.id_token());
  stage.http.at(token_uri, status, body);
  return stage.refusal();
}

Form sent_form(const Stage& stage) {
  return Form::parse(stage.http.calls_to(token_uri).at(0).body).value();
}

std::string header_of(const net::OutboundRequest& request, std::string_view name) {
  for (const auto& field : request.headers) {
    if (field.name == name) return field.value;
  }
  return {};
}

}  // namespace

TEST_CASE("redeem: the code goes to the token endpoint with the verifier [RFC 7636 §4.5]") {
  Stage stage;
  REQUIRE(stage.sign_in().ok());
  const auto calls = stage.http.calls_to(token_uri);
  REQUIRE(calls.size() == 1);
  CHECK(header_of(calls[0], "Content-Type") == "application/x-www-form-urlencoded");
  const Form form = sent_form(stage);
  CHECK(form.get("grant_type") == "authorization_code");
  CHECK(form.get("code") == "code-1");
  CHECK(form.get("redirect_uri") == callback_uri);
  CHECK(form.get("code_verifier") == verifier_of(stage.flow_key, stage.asked_for.request_id));
  CHECK(form.get("client_id") == client_id);
  CHECK(form.get("client_secret") == "s e:cret&");
  CHECK(header_of(calls[0], "Authorization").empty());
}

TEST_CASE("redeem: BASIC_AUTH encodes id and secret before it joins them [RFC 6749 §2.3.1]") {
  connections::OidcConfiguration oidc = Stage::openid();
  oidc.token_auth_type = TokenAuth::basic_auth;
  oidc.client_id = "client:1";
  Stage stage(connection_of(Provider::custom, oidc));
  stage.claims["aud"] = quoted("client:1");
  REQUIRE(stage.sign_in().ok());
  CHECK(header_of(stage.http.calls_to(token_uri).at(0), "Authorization") ==
        "Basic " + base64_encode("client%3A1:s+e%3Acret%26"));
  CHECK_FALSE(sent_form(stage).get("client_secret").has_value());
}

TEST_CASE(
    "redeem: with a key, an assertion for this issuer alone replaces the secret [RFC 10070]") {
  Stage stage;
  const auto key = crypto::SigningKey::generate(crypto::SigningKeyKind::p256);
  const jose::TokenSigner signer(key, "rp-1");
  stage.publish_with(stage.id_token());
  REQUIRE(stage.redeem(&signer).ok());
  const Form form = sent_form(stage);
  CHECK_FALSE(form.get("client_secret").has_value());
  CHECK(form.get("client_assertion_type") ==
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  const std::vector<jose::PublicJwk> keys = {{.kid = "rp-1", .key = key.public_key()}};
  const auto assertion =
      jose::VerifiedJwt::verify(form.get("client_assertion").value(), jose::VerificationKeys(keys),
                                {.issuer = std::string(client_id),
                                 .audience = std::string(issuer),
                                 .type = jose::TokenType::client_authentication,
                                 .now = stage.now});
  REQUIRE(assertion.ok());
  CHECK(assertion.value().subject() == client_id);
  CHECK(assertion.value().string("aud") == issuer);  // a text: no list
  CHECK(assertion.value().string("jti").has_value());
  CHECK(assertion.value().expires_at() <= stage.now + minutes(1));
}

TEST_CASE("redeem: errors of the provider are told apart [RFC 6749 §4.1.2.1]") {
  const auto refused = [](const char* error) {
    return after_answer({.state = "_s", .error = error, .error_description = "why"});
  };
  CHECK(refused("access_denied") == Diagnosis::provider_refused);
  CHECK(refused("user_cancelled_login") == Diagnosis::provider_refused);
  CHECK(refused("login_required") == Diagnosis::provider_needs_user);
  CHECK(refused("interaction_required") == Diagnosis::provider_needs_user);
  CHECK(refused("consent_required") == Diagnosis::provider_needs_user);
  CHECK(refused("server_error") == Diagnosis::provider_error);
  CHECK(refused("temporarily_unavailable") == Diagnosis::provider_error);
  CHECK(refused("invalid_scope") == Diagnosis::provider_request_refused);
  CHECK(refused("redirect_uri_mismatch") == Diagnosis::provider_request_refused);
  CHECK(after_answer({.state = "_s"}) == Diagnosis::code_missing);
  // An error counts, whatever else is there.
  CHECK(after_answer({.state = "_s", .code = "code-1", .error = "access_denied"}) ==
        Diagnosis::provider_refused);

  Stage stage;
  stage.answer = {.state = "_s", .error = "access_denied", .error_description = "AADSTS65004"};
  const auto outcome = stage.sign_in();
  CHECK(outcome.error().received == "access_denied: AADSTS65004");
  REQUIRE(stage.checks.entries().size() == 1);
  CHECK(stage.checks.entries()[0].outcome == CheckLog::Entry::Outcome::failed);
  CHECK(stage.http.calls_to(token_uri).empty());
}

TEST_CASE("redeem: iss of the answer is the provider's that was asked [RFC 9207 §2.4]") {
  const auto with_iss = [](const char* iss, const char* announced) {
    Stage stage;
    stage.document["authorization_response_iss_parameter_supported"] = announced;
    stage.answer.iss = iss;
    const auto refusal = stage.refusal();
    if (refusal.has_value()) CHECK(stage.http.calls_to(token_uri).empty());
    return refusal;
  };
  CHECK_FALSE(with_iss("https://idp.example", "false").has_value());
  CHECK_FALSE(with_iss("https://idp.example", "true").has_value());
  CHECK_FALSE(with_iss("", "false").has_value());
  CHECK(with_iss("", "true") == Diagnosis::response_issuer_mismatch);
  CHECK(with_iss("https://evil.example", "true") == Diagnosis::response_issuer_mismatch);
  CHECK(with_iss("https://evil.example", "false") == Diagnosis::response_issuer_mismatch);
  CHECK(with_iss("https://idp.example/", "true") == Diagnosis::response_issuer_mismatch);
  // Also with an error: another provider has nothing to say here.
  CHECK(after_answer({.state = "_s", .error = "access_denied", .iss = "https://evil.example"}) ==
        Diagnosis::response_issuer_mismatch);
}

TEST_CASE("redeem: a parameter that comes twice is none [RFC 6749 §3.1]") {
  const auto parse = [](const char* query) {
    return callback_parameters(Form::parse(query).value());
  };
  const auto good = parse("state=_s&code=c&iss=https%3A%2F%2Fidp.example&session_state=x");
  REQUIRE(good.ok());
  CHECK(good.value().state == "_s");
  CHECK(good.value().code == "c");
  CHECK(good.value().iss == "https://idp.example");
  CHECK(parse("state=_s&code=c&code=d").error().diagnosis == Diagnosis::code_missing);
  CHECK(parse("state=_s&state=_t&code=c").error().diagnosis == Diagnosis::code_missing);
  CHECK(parse("iss=a&iss=b").error().diagnosis == Diagnosis::code_missing);
}

TEST_CASE("redeem: refusals of the token endpoint are told apart") {
  CHECK(after_token_answer(401, R"({"error":"invalid_client"})") ==
        Diagnosis::token_client_refused);
  CHECK(after_token_answer(401, "no") == Diagnosis::token_client_refused);
  CHECK(after_token_answer(400, R"({"error":"unauthorized_client"})") ==
        Diagnosis::token_client_refused);
  CHECK(after_token_answer(400, R"({"error":"invalid_grant"})") == Diagnosis::token_code_refused);
  CHECK(after_token_answer(400, R"({"error":"invalid_grant","error_description":
        "The 'redirect_uri' does not match"})") == Diagnosis::token_redirect_refused);
  CHECK(after_token_answer(400, R"({"error":"invalid_request","error_description":
        "AADSTS500112: The reply address does not match"})") == Diagnosis::token_redirect_refused);
  CHECK(after_token_answer(400, R"({"error":"redirect_uri_mismatch"})") ==
        Diagnosis::token_redirect_refused);
  CHECK(after_token_answer(400, R"({"error":"unsupported_grant_type"})") ==
        Diagnosis::token_request_refused);
  CHECK(after_token_answer(200, R"({"error":"bad_verification_code"})") ==
        Diagnosis::token_code_refused);
  CHECK(after_token_answer(503, "<html>") == Diagnosis::provider_error);
  CHECK(after_token_answer(307, "") == Diagnosis::provider_answer_malformed);
  CHECK(after_token_answer(200, "access_token=a") == Diagnosis::provider_answer_malformed);
  CHECK(after_token_answer(200, R"({"access_token":7})") == Diagnosis::provider_answer_malformed);
  CHECK(after_token_answer(200, R"({"access_token":"a b\r\nX-Evil: 1"})") ==
        Diagnosis::provider_answer_malformed);
  CHECK(after_token_answer(200, R"({"access_token":"a"})") == Diagnosis::id_token_missing);
  CHECK(after_token_answer(200, R"({"access_token":"a","id_token":7})") ==
        Diagnosis::id_token_missing);
}

TEST_CASE("redeem: what is secret is not repeated, even where the provider repeats it") {
  Stage stage;
  stage.publish_with(stage.id_token());
  stage.http.at(token_uri, 401,
                R"({"error":"invalid_client","error_description":"bad secret s e:cret&"})");
  const auto outcome = stage.sign_in();
  CHECK(outcome.error().received == "HTTP 401, invalid_client");
  CHECK(stage.checks.json().find("cret&") == std::string::npos);
  stage.http.at(token_uri, 400,
                R"({"error":"invalid_grant","error_description":"code code-1 is old"})");
  CHECK(stage.sign_in().error().received == "HTTP 400, invalid_grant");
  stage.http.at(token_uri, 400, R"({"error":"invalid_grant","error_description":"too old"})");
  CHECK(stage.sign_in().error().received == "HTTP 400, invalid_grant: too old");
}

TEST_CASE("redeem: a token of another connection's provider is refused") {
  // Both connections trust the same keys; what keeps them apart is issuer, audience and nonce.
  Stage one;
  Stage two;
  two.claims["aud"] = quoted("client-2");
  one.publish_with(two.id_token());
  CHECK(one.refusal() == Diagnosis::id_token_audience_mismatch);
  Stage three;
  three.key = rsa_key(2);
  one.publish_with(three.id_token());
  CHECK(one.refusal() == Diagnosis::id_token_signature_invalid);
}

TEST_CASE("redeem: userinfo completes what the ID token lacks, about the same person only") {
  const auto with_user_info = [](const char* sub) {
    Stage stage;
    stage.claims.erase("email");
    stage.user_info = {{"sub", sub},
                       {"email", quoted("ada@example.org")},
                       {"email_verified", "true"},
                       {"given_name", quoted("Ada")},
                       {"family_name", quoted("King")}};
    stage.publish_with(stage.id_token());
    return stage.redeem();
  };
  const auto identity = with_user_info("\"ada-1\"");
  REQUIRE(identity.ok());
  CHECK(identity.value().email->text() == "ada@example.org");
  CHECK(identity.value().email_claim == EmailClaim::verified);
  CHECK(identity.value().name == "Ada Lovelace");  // the ID token's
  CHECK(identity.value().family_name == "King");
  for (const char* const sub : {"\"eve-2\"", "null", "\"\"", "1", "\"ADA-1\""}) {
    CAPTURE(sub);
    CHECK(with_user_info(sub).error().diagnosis == Diagnosis::subject_mismatch);
  }
}

TEST_CASE("redeem: userinfo is called where it is needed, and missed where it is") {
  Stage whole;
  REQUIRE(whole.sign_in().ok());
  CHECK(whole.http.calls_to(user_info_uri).empty());

  Stage lacking;
  lacking.claims.erase("email");
  lacking.publish_with(lacking.id_token());
  REQUIRE(lacking.redeem().ok());
  CHECK(header_of(lacking.http.calls_to(user_info_uri).at(0), "Authorization") ==
        "Bearer " + std::string(access_token));
  lacking.http.at(user_info_uri, 403, "");
  CHECK(lacking.redeem().error().diagnosis == Diagnosis::profile_request_failed);
  lacking.http.at(user_info_uri, 200, "[]");
  CHECK(lacking.redeem().error().diagnosis == Diagnosis::profile_request_failed);
  lacking.http.fail(user_info_uri, ErrorCode::deadline_exceeded);
  CHECK(lacking.redeem().error().diagnosis == Diagnosis::provider_too_slow);

  Stage nameless;
  nameless.claims.erase("name");
  nameless.publish_with(nameless.id_token());
  nameless.http.at(user_info_uri, 500, "");
  CHECK(nameless.redeem().ok());
}

TEST_CASE("redeem: an address is verified only if the provider says so of that address") {
  const auto claim_of = [](const char* verified) {
    Stage stage;
    if (verified == nullptr) {
      stage.claims.erase("email_verified");
    } else {
      stage.claims["email_verified"] = verified;
    }
    return stage.sign_in().value().email_claim;
  };
  CHECK(claim_of("true") == EmailClaim::verified);
  CHECK(claim_of("\"true\"") == EmailClaim::verified);
  CHECK(claim_of("false") == EmailClaim::asserted);
  CHECK(claim_of("\"false\"") == EmailClaim::asserted);
  CHECK(claim_of("\"yes\"") == EmailClaim::asserted);
  CHECK(claim_of("null") == EmailClaim::asserted);
  CHECK(claim_of("[true]") == EmailClaim::asserted);
  CHECK(claim_of(nullptr) == EmailClaim::asserted);

  // What userinfo says of one address is nothing about the ID token's.
  Stage other;
  other.claims.erase("email_verified");
  other.claims.erase("name");
  other.user_info["email"] = quoted("eve@example.com");
  other.user_info["email_verified"] = "true";
  const auto identity = other.sign_in().value();
  CHECK(identity.email->text() == "ada@example.com");
  CHECK(identity.email_claim == EmailClaim::asserted);
}

TEST_CASE("redeem: an address that is none is refused, a missing one is left to the caller") {
  Stage malformed;
  malformed.claims["email"] = quoted("ada@example.com, eve@example.com");
  CHECK(malformed.refusal() == Diagnosis::email_malformed);
  Stage without;
  without.claims.erase("email");
  without.user_info.erase("email");
  const auto identity = without.sign_in();
  REQUIRE(identity.ok());
  CHECK_FALSE(identity.value().email.has_value());
}

TEST_CASE("redeem: attributes are mapped, custom ones too") {
  auto connection = connection_of(Provider::custom, Stage::openid());
  connection.attribute_mapping = {{"email", "https://acme.example/mail"},
                                  {"firstName", "vorname"},
                                  {"groups", "https://acme.example/teams"},
                                  {"department", "dept"},
                                  {"badges", "badges"}};
  Stage stage(connection);
  stage.claims["https://acme.example/mail"] = quoted("lovelace@example.com");
  stage.claims["vorname"] = quoted("Ada");
  stage.claims["given_name"] = quoted("Other");
  stage.claims["https://acme.example/teams"] = R"(["eng","eng","ops",""])";
  stage.claims["dept"] = quoted("R&D\u202e");
  stage.claims["badges"] = R"([7,"gold"])";
  stage.claims["sid"] = quoted("session-9");
  const auto identity = stage.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().email->text() == "lovelace@example.com");
  CHECK(identity.value().email_claim == EmailClaim::asserted);  // email_verified is of another
  CHECK(identity.value().given_name == "Ada");
  CHECK(identity.value().groups == std::vector<std::string>{"eng", "ops"});
  CHECK(identity.value().custom_attributes.at("department") == "R&D");
  CHECK(identity.value().custom_attributes.at("badges") == "7,gold");
  CHECK(identity.value().custom_attributes.size() == 2);
  CHECK(identity.value().session_index == "session-9");
}

TEST_CASE("redeem: pictures are https, locales are tags, raw attributes are without the protocol") {
  Stage stage;
  stage.claims["picture"] = quoted("https://img.example/a.png");
  stage.claims["locale"] = R"({"language":"de","country":"AT"})";
  stage.claims["at_hash"] =
      quoted([] { return base64url_encode(crypto::sha256(access_token).substr(0, 16)); }());
  auto identity = stage.sign_in().value();
  CHECK(identity.picture == "https://img.example/a.png");
  CHECK(identity.locale == "de-AT");
  const Json raw = Json::parse(identity.raw_attributes).value();
  CHECK(raw.string("email") == "ada@example.com");
  for (const char* const name : {"nonce", "at_hash", "aud", "exp", "iat"}) {
    CHECK(raw.find(name) == nullptr);
  }
  for (const char* const picture : {"http://img.example/a.png", "javascript:alert(1)", "a.png",
                                    "https://u:p@img.example/a.png"}) {
    Stage bad;
    bad.claims["picture"] = quoted(picture);
    bad.claims["locale"] = quoted("<script>");
    identity = bad.sign_in().value();
    CHECK(identity.picture.empty());
    CHECK(identity.locale.empty());
  }
}

TEST_CASE("redeem: who was to sign in anew did not do so long ago") {
  const auto signed_in = [](ProviderRequest::Authentication asked, Duration ago) {
    Stage stage;
    stage.asked_for.authentication = asked;
    stage.claims["auth_time"] = stage.seconds_text(-ago);
    return stage.refusal();
  };
  using Authentication = ProviderRequest::Authentication;
  CHECK_FALSE(signed_in(Authentication::fresh, minutes(1)).has_value());
  CHECK(signed_in(Authentication::fresh, hours(1)) == Diagnosis::provider_needs_user);
  CHECK_FALSE(signed_in(Authentication::as_needed, hours(1)).has_value());
}

TEST_CASE("redeem: a provider that is slow at any step is named so, one that recovers is used") {
  for (const char* const url : {"https://idp.example/.well-known/openid-configuration",
                                "https://idp.example/keys", token_uri}) {
    CAPTURE(url);
    Stage stage;
    stage.publish_with(stage.id_token());
    stage.http.fail(url, ErrorCode::deadline_exceeded);
    CHECK(stage.refusal() == Diagnosis::provider_too_slow);
    stage.publish();
    CHECK_FALSE(stage.refusal().has_value());
  }
}

TEST_CASE("redeem: endpoints that moved are read anew for the next sign-in") {
  Stage stage;
  CHECK_FALSE(stage.refusal().has_value());
  stage.now += minutes(2);
  stage.publish_with(stage.id_token());
  stage.http.fail(token_uri, ErrorCode::unavailable);
  CHECK(stage.redeem().error().diagnosis == Diagnosis::provider_unreachable);
  stage.document["token_endpoint"] = quoted("https://idp.example/token-2");
  stage.publish();
  stage.http.at("https://idp.example/token-2", 200, object_of(stage.token_answer));
  stage.http.fail(token_uri, ErrorCode::unavailable);
  CHECK(stage.redeem().ok());
}

}  // namespace gatehouse::sso::oidc_rp::testing
