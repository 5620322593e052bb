#include "server/sso/oidc/back_channel_logout.h"

#include <doctest/doctest.h>

#include "server/sso/oidc/test_provider.h"

namespace gatehouse::sso::oidc_rp::testing {
namespace {

// A logout token as it should be, in place of the stage's ID token.
struct Notice {
  Stage stage;

  Notice() {
    stage.header["typ"] = quoted("logout+jwt");
    stage.claims = {{"iss", quoted(issuer)},
                    {"aud", quoted(client_id)},
                    {"iat", stage.seconds_text(seconds(-1))},
                    {"exp", stage.seconds_text(minutes(2))},
                    {"jti", quoted("logout-1")},
                    {"sub", quoted("ada-1")},
                    {"sid", quoted("session-9")},
                    {"events", R"({"http://schemas.openid.net/event/backchannel-logout":{}})"}};
  }
  Result<ProviderLogout, Failure> verify() {
    stage.publish();
    return verify_logout_token(stage.providers, stage.relying, stage.id_token(), stage.patience());
  }
};

template <class Break>
std::optional<Diagnosis> broken(Break&& break_it) {
  Notice notice;
  break_it(notice.stage);
  const auto outcome = notice.verify();
  if (outcome.ok()) return std::nullopt;
  return outcome.error().diagnosis;
}

}  // namespace

TEST_CASE("back-channel logout: a logout token says who [OIDC Back-Channel Logout §2.6]") {
  Notice notice;
  const auto logout = notice.verify();
  REQUIRE(logout.ok());
  CHECK(logout.value().issuer == issuer);
  CHECK(logout.value().subject == "ada-1");
  CHECK(logout.value().session == "session-9");
  CHECK(logout.value().token_id == "logout-1");
  CHECK(logout.value().expires_at > notice.stage.now);
  CHECK_FALSE(broken([](Stage& stage) { stage.claims.erase("sid"); }).has_value());
  CHECK_FALSE(broken([](Stage& stage) { stage.claims.erase("sub"); }).has_value());
  CHECK_FALSE(broken([](Stage& stage) { stage.claims.erase("exp"); }).has_value());
  CHECK_FALSE(broken([](Stage& stage) { stage.header.erase("typ"); }).has_value());
}

TEST_CASE("back-channel logout: an ID token is no logout token, nor the other way round") {
  CHECK(broken([](Stage& stage) { stage.claims.erase("events"); }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims["events"] = R"({"http://other":{}})"; }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) {
          stage.claims["events"] = R"({"http://schemas.openid.net/event/backchannel-logout":true})";
        }) == Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims["nonce"] = quoted("n"); }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.header["typ"] = quoted("at+jwt"); }) ==
        Diagnosis::id_token_malformed);
  Notice notice;
  notice.stage.publish_with(notice.stage.id_token());
  CHECK(notice.stage.refusal() == Diagnosis::id_token_malformed);
}

TEST_CASE("back-channel logout: it is held to issuer, audience, clock, names and signature") {
  CHECK(broken([](Stage& stage) { stage.claims["iss"] = quoted("https://evil.example"); }) ==
        Diagnosis::id_token_issuer_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims["aud"] = quoted("client-2"); }) ==
        Diagnosis::id_token_audience_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims["exp"] = stage.seconds_text(minutes(-4)); }) ==
        Diagnosis::id_token_expired);
  CHECK(broken([](Stage& stage) { stage.claims["iat"] = stage.seconds_text(minutes(-11)); }) ==
        Diagnosis::id_token_expired);
  CHECK(broken([](Stage& stage) { stage.claims["iat"] = stage.seconds_text(minutes(4)); }) ==
        Diagnosis::id_token_not_yet_valid);
  CHECK(broken([](Stage& stage) { stage.claims.erase("iat"); }) == Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims.erase("jti"); }) == Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims["jti"] = "7"; }) == Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims["sub"] = "null"; }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) {
          stage.claims.erase("sub");
          stage.claims.erase("sid");
        }) == Diagnosis::subject_missing);
  CHECK(broken([](Stage& stage) { stage.key = rsa_key(1); }) ==
        Diagnosis::id_token_signature_invalid);
  CHECK(broken([](Stage& stage) { stage.header["alg"] = quoted("none"); }) ==
        Diagnosis::id_token_algorithm_refused);
  CHECK(broken([](Stage& stage) { stage.header["kid"] = quoted("k2"); }) ==
        Diagnosis::id_token_key_unknown);
}

}  // namespace gatehouse::sso::oidc_rp::testing
