#include "server/jose/jwt.h"

#include <doctest/doctest.h>

#include <array>

#include "server/core/limits.h"
#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"

namespace gatehouse::jose {
namespace {

constexpr Instant now = instant_from_ms(1'790'000'000'000);
constexpr std::string_view good_claims =
    R"({"iss":"https://auth.example","aud":["app"],"sub":"usr_1","exp":1790000060,"nbf":1789)"
    R"(999940,)"
    R"("roles":["admin","member"],"email_verified":true})";

// One key of each algorithm, as an environment might have them.
class Keys {
 public:
  Keys() {
    const std::array published = {PublicJwk{.kid = "snk_1", .key = rsa.public_key()},
                                  PublicJwk{.kid = "snk_2", .key = p256.public_key()},
                                  PublicJwk{.kid = "snk_3", .key = ed25519.public_key()}};
    set = VerificationKeys(published);
  }

  crypto::SigningKey rsa = crypto::SigningKey::generate(crypto::SigningKeyKind::rsa_2048);
  crypto::SigningKey p256 = crypto::SigningKey::generate(crypto::SigningKeyKind::p256);
  crypto::SigningKey ed25519 = crypto::SigningKey::generate(crypto::SigningKeyKind::ed25519);
  VerificationKeys set;
};

JwtExpectations expected() {
  return {.issuer = "https://auth.example",
          .audience = "app",
          .type = TokenType::access_token,
          .now = now};
}

std::string sign(const crypto::SigningKey& key, std::string_view header, std::string_view payload) {
  const std::string text = base64url_encode(header) + "." + base64url_encode(payload);
  return text + "." + base64url_encode(key.sign(text));
}

// Why a token is refused: "" if it is not.
std::string refusal(std::string_view token, const VerificationKeys& keys,
                    const JwtExpectations& expectations) {
  const auto outcome = VerifiedJwt::verify(token, keys, expectations);
  if (outcome.ok()) return "";
  CHECK(outcome.error().code == ErrorCode::unauthenticated);
  return outcome.error().detail;
}

TEST_CASE("jwt: a token of each algorithm is taken, and its claims come out as their types") {
  const Keys keys;
  const std::array signers = {TokenSigner(keys.rsa, "snk_1"), TokenSigner(keys.p256, "snk_2"),
                              TokenSigner(keys.ed25519, "snk_3")};
  for (const TokenSigner& signer : signers) {
    const std::string token = signer.sign(TokenType::access_token, good_claims);
    const VerifiedJwt jwt = VerifiedJwt::verify(token, keys.set, expected()).value();
    CHECK(jwt.subject() == "usr_1");
    CHECK(jwt.audiences() == std::vector<std::string>{"app"});
    CHECK(jwt.strings("roles") == std::vector<std::string>{"admin", "member"});
    CHECK(jwt.boolean("email_verified") == true);
    CHECK(jwt.integer("exp") == 1790000060);
    CHECK(jwt.expires_at() == now + seconds(60));
    CHECK_FALSE(jwt.string("roles").has_value());
    CHECK_FALSE(jwt.integer("absent").has_value());
    CHECK(jwt.strings("exp").empty());
  }
}

TEST_CASE("jwt: the header we write is alg, kid and typ, and nothing else") {
  const Keys keys;
  const std::string token = TokenSigner(keys.p256, "snk_2").sign(TokenType::logout_token, R"({})");
  CHECK_EQ(base64url_decode(token.substr(0, token.find('.'))).value(),
           R"({"alg":"ES256","kid":"snk_2","typ":"logout+jwt"})");
}

TEST_CASE("jws: an alg other than the key's is refused: none, HMAC, another signature") {
  const Keys keys;
  for (const char* alg : {"none", "None", "HS256", "RS256", "EdDSA", "ES512", "es256", ""}) {
    const std::string header =
        R"({"alg":")" + std::string(alg) + R"(","kid":"snk_2","typ":"at+jwt"})";
    CAPTURE(alg);
    CHECK_EQ(refusal(sign(keys.p256, header, good_claims), keys.set, expected()),
             "token: alg is not the key's");
  }
  const std::string header = R"({"alg":"none","kid":"snk_2","typ":"at+jwt"})";
  CHECK_NE(refusal(base64url_encode(header) + "." + base64url_encode(good_claims) + ".", keys.set,
                   expected()),
           "");
}

TEST_CASE("jws: a public key used as an HMAC secret proves nothing") {
  const Keys keys;
  const std::string text = base64url_encode(R"({"alg":"HS256","kid":"snk_1","typ":"at+jwt"})") +
                           "." + base64url_encode(good_claims);
  const auto rsa = std::get<crypto::RsaPublicParts>(keys.rsa.public_key().parts());
  for (const std::string& secret :
       {rsa.modulus, jwk_json({.kid = "snk_1", .key = keys.rsa.public_key()}), std::string()}) {
    const std::string code = crypto::hmac_sha256(secret, text);
    CHECK_EQ(refusal(text + "." + base64url_encode(code), keys.set, expected()),
             "token: alg is not the key's");
  }
}

TEST_CASE("jws: a key is found by kid alone, and a key of ours under another kid does not pass") {
  const Keys keys;
  CHECK_EQ(refusal(TokenSigner(keys.p256, "snk_9").sign(TokenType::access_token, good_claims),
                   keys.set, expected()),
           "token: no key of ours has this kid");
  CHECK_EQ(refusal(sign(keys.p256, R"({"alg":"ES256","typ":"at+jwt"})", good_claims), keys.set,
                   expected()),
           "token: no alg or no kid");
  const auto stranger = crypto::SigningKey::generate(crypto::SigningKeyKind::p256);
  CHECK_EQ(refusal(TokenSigner(stranger, "snk_2").sign(TokenType::access_token, good_claims),
                   keys.set, expected()),
           "token: wrong signature");
  CHECK_EQ(refusal(TokenSigner(keys.p256, "snk_2").sign(TokenType::access_token, good_claims),
                   VerificationKeys(), expected()),
           "token: no key of ours has this kid");
}

TEST_CASE("jws: keys, pointers to keys and extensions in the header are refused, though signed") {
  const Keys keys;
  for (const char* member :
       {R"("crit":["exp"])", R"("crit":[])", R"("b64":false)", R"("jwk":{})",
        R"("jku":"https://evil.example/keys")", R"("x5u":"https://evil.example")",
        R"("x5c":["AAAA"])", R"("enc":"A256GCM")", R"("zip":"DEF")"}) {
    const std::string header =
        R"({"alg":"ES256","kid":"snk_2","typ":"at+jwt",)" + std::string(member) + "}";
    CAPTURE(member);
    CHECK_EQ(refusal(sign(keys.p256, header, good_claims), keys.set, expected()),
             "token: header carries keys or extensions");
  }
}

TEST_CASE("jws: headers that are no JSON object, too long, too deep or ambiguous are refused") {
  const Keys keys;
  for (const std::string& header :
       {std::string(), std::string("[]"), std::string("{"), std::string("\"ES256\""),
        std::string(R"({"alg":"ES256","alg":"none","kid":"snk_2"})"),
        std::string(R"({"alg":"ES256","kid":2})"),
        std::string(R"({"alg":["ES256"],"kid":"snk_2"})"),
        std::string(R"({"alg":"ES256","kid":"snk_2","typ":null})"),
        R"({"alg":"ES256","kid":"snk_2","typ":"at+jwt","x":")" + std::string(1024, 'x') + "\"}",
        std::string(R"({"alg":"ES256","kid":"snk_2","typ":"at+jwt","x":[[[[[[1]]]]]]})")}) {
    CAPTURE(header);
    CHECK_NE(refusal(sign(keys.p256, header, good_claims), keys.set, expected()), "");
  }
}

TEST_CASE("jws: whatever is cut off, added or changed in a token's text, it is refused") {
  const Keys keys;
  const std::string token =
      TokenSigner(keys.p256, "snk_2").sign(TokenType::access_token, good_claims);
  REQUIRE_EQ(refusal(token, keys.set, expected()), "");
  for (std::size_t size = 0; size < token.size(); ++size) {
    CHECK_NE(refusal(token.substr(0, size), keys.set, expected()), "");
  }
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_NE(refusal(changed, keys.set, expected()), "");
  }
  CHECK_EQ(refusal(token + ".", keys.set, expected()), "token: more than two dots");
  for (const std::string& changed :
       {token + ".", "." + token, token + "=", token + "A", token + "\n", " " + token,
        token + "." + token, std::string(4000, '.'), std::string("..")}) {
    CHECK_NE(refusal(changed, keys.set, expected()), "");
  }
}

TEST_CASE("jws: a signature with stray last bits is another text for the same bytes: refused") {
  const Keys keys;
  std::string token = TokenSigner(keys.p256, "snk_2").sign(TokenType::access_token, good_claims);
  // 64 bytes take 86 characters, and the last of them carries four bits that belong to no byte.
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::size_t last = alphabet.find(token.back());
  REQUIRE_EQ(last % 16, 0);
  token.back() = alphabet[last + 1];
  CHECK_EQ(refusal(token, keys.set, expected()), "token: signature is not base64url");
}

TEST_CASE("jws: a token of 16 KB is refused before it is looked at, a full-sized one is taken") {
  const Keys keys;
  auto token_of = [&keys](std::size_t filling) {
    std::string claims(good_claims.substr(0, good_claims.size() - 1));
    claims += R"(,"x":")" + std::string(filling, 'x') + "\"}";
    return TokenSigner(keys.p256, "snk_2").sign(TokenType::access_token, claims);
  };
  CHECK_EQ(refusal(token_of(5500), keys.set, expected()), "");
  const std::string big = token_of(12'000);
  REQUIRE(big.size() > 16'000);
  CHECK_EQ(refusal(big, keys.set, expected()), "token: too long");
}

TEST_CASE("jwt: another issuer, audience or type, or none, is refused") {
  const Keys keys;
  const TokenSigner signer(keys.p256, "snk_2");
  auto outcome = [&](TokenType type, std::string_view claims) {
    return refusal(signer.sign(type, claims), keys.set, expected());
  };
  CHECK_EQ(outcome(TokenType::jwt, good_claims), "token: another typ");
  CHECK_EQ(outcome(TokenType::logout_token, good_claims), "token: another typ");
  for (const char* claims : {R"({"iss":"https://auth.example/","aud":["app"],"exp":1790000060})",
                             R"({"iss":["https://auth.example"],"aud":["app"],"exp":1790000060})",
                             R"({"aud":["app"],"exp":1790000060})"}) {
    CHECK_EQ(outcome(TokenType::access_token, claims), "token: another iss");
  }
  for (const char* claims : {R"({"iss":"https://auth.example","aud":["other"],"exp":1790000060})",
                             R"({"iss":"https://auth.example","aud":[],"exp":1790000060})",
                             R"({"iss":"https://auth.example","aud":["app",7],"exp":1790000060})",
                             R"({"iss":"https://auth.example","aud":{"app":1},"exp":1790000060})",
                             R"({"iss":"https://auth.example","aud":"app2","exp":1790000060})",
                             R"({"iss":"https://auth.example","exp":1790000060})"}) {
    CAPTURE(claims);
    CHECK_EQ(outcome(TokenType::access_token, claims), "token: another aud");
  }
  CHECK_EQ(outcome(TokenType::access_token,
                   R"({"iss":"https://auth.example","aud":["x","app"],"exp":1790000060})"),
           "");
  CHECK_EQ(outcome(TokenType::access_token,
                   R"({"iss":"https://auth.example","aud":"app","exp":1790000060})"),
           "");
}

TEST_CASE("jwt: times hold to the second, and skew is given only where asked for") {
  const Keys keys;
  const std::string token =
      TokenSigner(keys.p256, "snk_2").sign(TokenType::access_token, good_claims);
  auto at = [&](Instant instant, Expiry expiry, Duration skew_max) {
    JwtExpectations expectations = expected();
    expectations.now = instant;
    expectations.expiry = expiry;
    expectations.skew_max = skew_max;
    return refusal(token, keys.set, expectations);
  };
  const Duration none(0);
  CHECK_EQ(at(now + seconds(60) - milliseconds(1), Expiry::enforced, none), "");
  CHECK_EQ(at(now + seconds(60), Expiry::enforced, none), "token: expired");
  CHECK_EQ(at(now + seconds(60), Expiry::enforced, seconds(5)), "");
  CHECK_EQ(at(now + seconds(65), Expiry::enforced, seconds(5)), "token: expired");
  CHECK_EQ(at(now + days(400), Expiry::ignored, none), "");
  CHECK_EQ(at(now - seconds(60), Expiry::enforced, none), "");
  CHECK_EQ(at(now - seconds(61), Expiry::enforced, none), "token: not valid yet");
  CHECK_EQ(at(now - seconds(61), Expiry::ignored, none), "token: not valid yet");
  CHECK_EQ(at(now - seconds(61), Expiry::enforced, seconds(5)), "");
}

TEST_CASE("jwt: a token without exp, or with dates that are no dates, is refused") {
  const Keys keys;
  const TokenSigner signer(keys.p256, "snk_2");
  for (const char* dates :
       {R"("iat":1790000060)", R"("exp":"1790000060")", R"("exp":1790000060.5)", R"("exp":null)",
        R"("exp":-1)", R"("exp":1e300)", R"("exp":9223372036854775807)", R"("exp":253402300800)",
        R"("exp":1790000060,"nbf":"now")", R"("exp":1790000060,"nbf":1e10)"}) {
    const std::string claims =
        R"({"iss":"https://auth.example","aud":["app"],)" + std::string(dates) + "}";
    CAPTURE(dates);
    CHECK_NE(refusal(signer.sign(TokenType::access_token, claims), keys.set, expected()), "");
  }
}

TEST_CASE(
    "jwt: a payload that is no JSON object, or says a claim twice, is refused though signed") {
  const Keys keys;
  const TokenSigner signer(keys.p256, "snk_2");
  for (const char* payload :
       {"", "null", "[]", "{", "text",
        R"({"iss":"https://auth.example","iss":"x","exp":1790000060})", "{\"iss\":\"\xff\"}"}) {
    CAPTURE(payload);
    CHECK_EQ(refusal(signer.sign(TokenType::access_token, payload), keys.set, expected()),
             "token: payload is not a JSON object");
  }
}

TEST_CASE("jwt: without an expected audience, aud is for the caller to judge") {
  const Keys keys;
  JwtExpectations expectations = expected();
  expectations.audience.reset();
  const std::string token =
      TokenSigner(keys.p256, "snk_2").sign(TokenType::access_token, good_claims);
  const VerifiedJwt jwt = VerifiedJwt::verify(token, keys.set, expectations).value();
  CHECK(jwt.audiences() == std::vector<std::string>{"app"});
}

}  // namespace
}  // namespace gatehouse::jose
