// The small parts of the provider: PKCE, scopes, error codes, hashes, retry times, stored requests.

#include <doctest/doctest.h>

#include <set>

#include "server/oidc/authorize_request.h"
#include "server/oidc/back_channel.h"
#include "server/oidc/claims.h"
#include "server/oidc/error.h"
#include "server/oidc/pkce.h"

namespace gatehouse::oidc {
namespace {

TEST_CASE("the verifier and challenge of RFC 7636 appendix B belong together") {
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const std::string challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  CHECK(verifier_matches(verifier, challenge));
  CHECK(!verifier_matches(challenge, challenge));
  CHECK(!verifier_matches(verifier + "a", challenge));
  CHECK(!verifier_matches("", challenge));
  CHECK(is_code_challenge(challenge));
  CHECK(is_code_verifier(verifier));
}

TEST_CASE("challenges and verifiers have the lengths and characters of the grammar") {
  CHECK(!is_code_challenge(std::string(42, 'a')));
  CHECK(!is_code_challenge(std::string(44, 'a')));
  CHECK(!is_code_challenge(std::string(42, 'a') + "="));
  CHECK(!is_code_challenge(std::string(42, 'a') + "+"));
  CHECK(!is_code_verifier(std::string(42, 'a')));
  CHECK(is_code_verifier(std::string(43, '~')));
  CHECK(is_code_verifier(std::string(128, '.')));
  CHECK(!is_code_verifier(std::string(129, 'a')));
  CHECK(!is_code_verifier(std::string(42, 'a') + " "));
  CHECK(!is_code_verifier(std::string(42, 'a') + "\xc3\xa4"));
}

TEST_CASE("scopes are a small set of tokens in their first order") {
  const auto scopes = ScopeSet::parse("  openid email  openid profile ");
  REQUIRE(scopes.has_value());
  CHECK(scopes->text() == "openid email profile");
  CHECK(scopes->has("email"));
  CHECK(!scopes->has("mail"));
  CHECK(ScopeSet::parse("")->empty());
  for (const char* text : {"a\"b", "a\\b", "a\tb", "\xc3\xa4", "a\x7f"}) {
    CHECK(!ScopeSet::parse(text).has_value());
  }
  std::string many;
  for (int i = 0; i < 51; ++i) many += "s" + std::to_string(i) + " ";
  CHECK(!ScopeSet::parse(many).has_value());
}

TEST_CASE("a person's sign-in grants its own four scopes and no others") {
  const auto asked = ScopeSet::parse("admin openid offline_access read:items profile");
  CHECK(grantable_to_person(*asked).text() == "openid offline_access profile");
  const auto of_machine = asked->intersected_with({"read:items", "write:items"});
  CHECK(of_machine.text() == "read:items");
  CHECK(of_machine.is_subset_of(*asked));
  CHECK(!asked->is_subset_of(of_machine));
}

TEST_CASE("every error has a name and a status, and quotes nothing into its challenge") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(OAuthCode::user_not_active); ++i) {
    const auto code = static_cast<OAuthCode>(i);
    names.insert(oauth_code_name(code));
    CHECK(oauth_status(code) >= 400);
  }
  CHECK(names.size() == static_cast<std::size_t>(OAuthCode::user_not_active) + 1);
  const auto response =
      bearer_error_response(OAuthError(OAuthCode::invalid_token, "a \"quoted\\\" text"));
  CHECK(response.headers.get("WWW-Authenticate") ==
        "Bearer realm=\"gatehouse\", error=\"invalid_token\", error_description=\"a quoted text\"");
}

TEST_CASE("a failure below is our fault, and never shows its detail") {
  const OAuthError away(Error(ErrorCode::unavailable, "disk full at /var/lib"));
  CHECK(away.code == OAuthCode::temporarily_unavailable);
  const http::Response response = oauth_error_response(away);
  CHECK(response.status == 503);
  CHECK(response.headers.get("Retry-After") == "1");
  CHECK(response.body.find("disk") == std::string::npos);
  CHECK(OAuthError(Error(ErrorCode::not_found, "x")).code == OAuthCode::server_error);
}

TEST_CASE("token hashes are the left half of the hash of the algorithm") {
  // at_hash of the example [OIDC Core §A.3]
  CHECK(token_hash("RS256", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") ==
        "77QmUPtjPfzWtF2AnpK9RQ");
  CHECK(token_hash("RS256", "x").size() == 22);
  CHECK(token_hash("EdDSA", "x").size() == 43);
}

TEST_CASE("a logout that fails is tried five times more, within three hours, then given up") {
  Duration whole(0);
  for (int attempts = 1; attempts <= 5; ++attempts) {
    const auto delay = logout_retry_delay(attempts);
    REQUIRE(delay.has_value());
    whole += *delay;
  }
  CHECK(whole < hours(3));
  CHECK(!logout_retry_delay(6).has_value());
  CHECK(!logout_retry_delay(0).has_value());
  CHECK(!logout_retry_delay(1'000'000).has_value());
}

TEST_CASE("a request that waits for its sign-in comes back as it went") {
  AuthorizeRequest request;
  request.back = {"skc_1", "https://app.example.test/cb", ResponseMode::form_post, "st \"a\\te"};
  request.scope = *ScopeSet::parse("openid email");
  request.nonce = "n-\xc3\xa4";
  request.code_challenge = std::string(43, 'c');
  const auto back = authorize_request_from_json(authorize_request_to_json(request));
  REQUIRE(back.ok());
  CHECK(back.value().back.client_id == "skc_1");
  CHECK(back.value().back.redirect_uri == request.back.redirect_uri);
  CHECK(back.value().back.mode == ResponseMode::form_post);
  CHECK(back.value().back.state == request.back.state);
  CHECK(back.value().scope.text() == "openid email");
  CHECK(back.value().nonce == request.nonce);
  CHECK(back.value().code_challenge == request.code_challenge);
  CHECK(!authorize_request_from_json("{}").ok());
  CHECK(!authorize_request_from_json("").ok());
}

}  // namespace
}  // namespace gatehouse::oidc
