#include <doctest/doctest.h>

#include "server/crypto/hmac.h"
#include "server/sso/oidc/test_provider.h"

namespace gatehouse::sso::oidc_rp::testing {
namespace {

// The same sign-in twice: as it is meant, and after `break_it`.
template <class Break>
std::optional<Diagnosis> broken(Break&& break_it) {
  Stage good;
  REQUIRE(!good.refusal().has_value());
  Stage bad;
  break_it(bad);
  return bad.refusal();
}

std::string replaced_part(const std::string& token, std::size_t part, const std::string& by) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= token.size();) {
    const std::size_t end = std::min(token.find('.', begin), token.size());
    parts.push_back(token.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.at(part) = by;
  return parts[0] + "." + parts[1] + "." + parts[2];
}

}  // namespace

TEST_CASE("id token: a sound one says who it is [OIDC Core §3.1.3.7]") {
  Stage stage;
  const auto identity = stage.sign_in();
  REQUIRE(identity.ok());
  CHECK(identity.value().connection == ConnectionId(1));
  CHECK(identity.value().issuer == issuer);
  CHECK(identity.value().subject == "ada-1");
  CHECK(identity.value().email->text() == "ada@example.com");
  CHECK(identity.value().email_claim == login::OutsideIdentity::EmailClaim::verified);
  CHECK(identity.value().name == "Ada Lovelace");
  for (const auto& entry : stage.checks.entries()) {
    CHECK(entry.outcome == CheckLog::Entry::Outcome::passed);
  }
  CHECK(stage.checks.entries().size() >= 6);
}

TEST_CASE("id token: the algorithm none is refused [RFC 8725 §3.1]") {
  CHECK(broken([](Stage& stage) {
          for (const char* const none : {"none", "None", "NONE"}) {
            stage.header["alg"] = quoted(none);
            const std::string token = stage.id_token();
            stage.publish_with(replaced_part(token, 2, ""));
            CHECK(stage.refusal() == Diagnosis::id_token_algorithm_refused);
          }
        }) == Diagnosis::id_token_algorithm_refused);
}

TEST_CASE("id token: an HMAC under the public key is refused [RFC 8725 §2.1]") {
  CHECK(broken([](Stage& stage) {
          stage.header["alg"] = quoted("HS256");
          const std::string text = base64url_encode(object_of(stage.header)) + "." +
                                   base64url_encode(object_of(stage.claims));
          const auto parts = std::get<crypto::RsaPublicParts>(stage.key.public_key().parts());
          stage.publish_with(text + "." +
                             base64url_encode(crypto::hmac_sha256(parts.modulus, text)));
        }) == Diagnosis::id_token_algorithm_refused);
  // Under the client secret too: what is verified with a shared secret can be made with it.
  CHECK(broken([](Stage& stage) {
          stage.header["alg"] = quoted("HS256");
          const std::string text = base64url_encode(object_of(stage.header)) + "." +
                                   base64url_encode(object_of(stage.claims));
          stage.publish_with(text + "." + base64url_encode(crypto::hmac_sha256("s e:cret&", text)));
        }) == Diagnosis::id_token_algorithm_refused);
}

TEST_CASE("id token: keys and pointers to keys in the header are refused [RFC 8725 §3.10]") {
  for (const char* const name : {"jwk", "jku", "x5u", "x5c", "crit", "b64"}) {
    CAPTURE(name);
    CHECK(broken([&](Stage& stage) {
            stage.header[name] = quoted("https://attacker.example/keys");
          }) == Diagnosis::id_token_malformed);
  }
  // A thumbprint names a key as kid does.
  CHECK_FALSE(broken([](Stage& stage) { stage.header["x5t"] = quoted("abc"); }).has_value());
}

TEST_CASE("id token: typ is JWT or absent, never another token's [RFC 8725 §3.11]") {
  CHECK_FALSE(broken([](Stage& stage) { stage.header.erase("typ"); }).has_value());
  CHECK_FALSE(broken([](Stage& stage) { stage.header["typ"] = quoted("jwt"); }).has_value());
  CHECK(broken([](Stage& stage) { stage.header["typ"] = quoted("at+jwt"); }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.header["typ"] = quoted("logout+jwt"); }) ==
        Diagnosis::id_token_malformed);
}

TEST_CASE("id token: what was changed after signing is refused") {
  CHECK(broken([](Stage& stage) {
          const std::string token = stage.id_token();
          stage.claims["sub"] = quoted("eve-2");
          stage.publish_with(replaced_part(token, 1, base64url_encode(object_of(stage.claims))));
        }) == Diagnosis::id_token_signature_invalid);
  CHECK(broken([](Stage& stage) {
          const std::string token = stage.id_token();
          stage.publish_with(replaced_part(token, 2, ""));
        }) == Diagnosis::id_token_signature_invalid);
  CHECK(broken([](Stage& stage) { stage.publish_with("no.token"); }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.publish_with(stage.id_token() + ".more"); }) ==
        Diagnosis::id_token_malformed);
}

TEST_CASE("id token: a signature by another's key is refused, whatever it calls itself") {
  CHECK(broken([](Stage& stage) { stage.key = rsa_key(1); }) ==
        Diagnosis::id_token_signature_invalid);
  CHECK(broken([](Stage& stage) {
          stage.key = crypto::SigningKey::generate(crypto::SigningKeyKind::p256);
          stage.header["alg"] = quoted("ES256");
        }) == Diagnosis::id_token_key_unknown);
}

TEST_CASE("id token: ES256 and EdDSA are taken, each with its own kind of key") {
  for (const auto& [kind, name] : {std::pair{crypto::SigningKeyKind::p256, "ES256"},
                                   std::pair{crypto::SigningKeyKind::ed25519, "EdDSA"}}) {
    CAPTURE(name);
    Stage stage;
    stage.key = crypto::SigningKey::generate(kind);
    stage.header["alg"] = quoted(name);
    stage.keys = {jose::jwk_json({.kid = "k1", .key = stage.key.public_key()})};
    CHECK_FALSE(stage.refusal().has_value());
    Stage other;
    other.key = stage.key;
    other.keys = stage.keys;
    CHECK(other.refusal() == Diagnosis::id_token_key_unknown);  // says RS256
  }
}

TEST_CASE("id token: the issuer is exactly the connection's") {
  for (const char* const other :
       {"https://evil.example", "https://idp.example/", "https://IDP.example", "idp.example", ""}) {
    CAPTURE(other);
    CHECK(broken([&](Stage& stage) { stage.claims["iss"] = quoted(other); }) ==
          Diagnosis::id_token_issuer_mismatch);
  }
  CHECK(broken([](Stage& stage) { stage.claims.erase("iss"); }) ==
        Diagnosis::id_token_issuer_mismatch);
}

TEST_CASE("id token: the audience holds the client, and azp settles which of several is meant") {
  CHECK(broken([](Stage& stage) { stage.claims["aud"] = quoted("client-2"); }) ==
        Diagnosis::id_token_audience_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims["aud"] = "[]"; }) ==
        Diagnosis::id_token_audience_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims["aud"] = R"(["client-1",7])"; }) ==
        Diagnosis::id_token_audience_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims.erase("aud"); }) ==
        Diagnosis::id_token_audience_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims["aud"] = R"(["client-1","client-2"])"; }) ==
        Diagnosis::id_token_party_mismatch);
  CHECK(broken([](Stage& stage) {
          stage.claims["aud"] = R"(["client-1","client-2"])";
          stage.claims["azp"] = quoted("client-2");
        }) == Diagnosis::id_token_party_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims["azp"] = quoted("client-2"); }) ==
        Diagnosis::id_token_party_mismatch);
  CHECK_FALSE(broken([](Stage& stage) {
                stage.claims["aud"] = R"(["client-2","client-1"])";
                stage.claims["azp"] = quoted("client-1");
              }).has_value());
  CHECK_FALSE(broken([](Stage& stage) { stage.claims["aud"] = R"(["client-1"])"; }).has_value());
}

TEST_CASE("id token: clocks may differ by three minutes, tokens no more") {
  const auto with = [](const char* name, Duration from_now) {
    return broken([&](Stage& stage) { stage.claims[name] = stage.seconds_text(from_now); });
  };
  CHECK_FALSE(with("exp", seconds(-179)).has_value());
  CHECK(with("exp", seconds(-180)) == Diagnosis::id_token_expired);
  CHECK_FALSE(with("iat", seconds(180)).has_value());
  CHECK(with("iat", seconds(181)) == Diagnosis::id_token_not_yet_valid);
  CHECK_FALSE(with("nbf", seconds(180)).has_value());
  CHECK(with("nbf", seconds(181)) == Diagnosis::id_token_not_yet_valid);
}

TEST_CASE("id token: dates are numbers, and exp and iat are there") {
  CHECK(broken([](Stage& stage) { stage.claims.erase("exp"); }) == Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims.erase("iat"); }) == Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims["exp"] = quoted("4000000000"); }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims["exp"] = "1e300"; }) ==
        Diagnosis::id_token_malformed);
  CHECK(broken([](Stage& stage) { stage.claims["nbf"] = "null"; }) ==
        Diagnosis::id_token_malformed);
  CHECK_FALSE(broken([](Stage& stage) {
                stage.claims["exp"] = stage.seconds_text(minutes(5)) + ".5";
              }).has_value());
}

TEST_CASE("id token: it was made for this sign-in") {
  CHECK(broken([](Stage& stage) { stage.claims["nonce"] = quoted("another"); }) ==
        Diagnosis::id_token_nonce_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims.erase("nonce"); }) ==
        Diagnosis::id_token_nonce_mismatch);
  CHECK(broken([](Stage& stage) { stage.claims["nonce"] = "null"; }) ==
        Diagnosis::id_token_nonce_mismatch);
  CHECK(broken([](Stage& stage) {
          stage.claims["nonce"] = quoted(nonce_of(stage.flow_key, "_of another request"));
        }) == Diagnosis::id_token_nonce_mismatch);
}

TEST_CASE("id token: at_hash, where it is, is the access token's") {
  const std::string digest = crypto::sha256(access_token);
  const std::string hash = base64url_encode(digest.substr(0, 16));
  CHECK_FALSE(broken([&](Stage& stage) { stage.claims["at_hash"] = quoted(hash); }).has_value());
  CHECK(broken([](Stage& stage) { stage.claims["at_hash"] = quoted("AAAAAAAAAAAAAAAAAAAAAA"); }) ==
        Diagnosis::id_token_hash_mismatch);
  CHECK(broken([&](Stage& stage) { stage.claims["at_hash"] = quoted(base64url_encode(digest)); }) ==
        Diagnosis::id_token_hash_mismatch);
}

TEST_CASE("id token: the subject is a text of 1 to 255 bytes, and kept as it is") {
  for (const char* const raw : {"null", "\"\"", "7", "true", "[\"ada\"]", "{}"}) {
    CAPTURE(raw);
    CHECK(broken([&](Stage& stage) { stage.claims["sub"] = raw; }) == Diagnosis::subject_missing);
  }
  CHECK(broken([](Stage& stage) { stage.claims.erase("sub"); }) == Diagnosis::subject_missing);
  CHECK(broken([](Stage& stage) { stage.claims["sub"] = quoted(std::string(256, 'a')); }) ==
        Diagnosis::subject_missing);
  for (const std::string& exact :
       {std::string(255, 'a'), std::string(" Ada "), std::string("ÄDA")}) {
    Stage stage;
    stage.claims["sub"] = quoted(exact);
    const auto identity = stage.sign_in();
    REQUIRE(identity.ok());
    CHECK(identity.value().subject == exact);
  }
}

TEST_CASE("id token: one with hundreds of groups is taken, an endless one is not") {
  CHECK_FALSE(broken([](Stage& stage) {
                std::string groups = "[";
                for (int i = 0; i < 200; ++i) {
                  groups += (i == 0 ? "" : ",") +
                            quoted("00000000-0000-0000-0000-000000000" + std::to_string(100 + i));
                }
                stage.claims["groups"] = groups + "]";
              }).has_value());
  CHECK(broken([](Stage& stage) {
          stage.claims["filler"] = quoted(std::string(64 * 1024, 'x'));
        }) == Diagnosis::id_token_malformed);
}

TEST_CASE("id token: repeated claims and other JSON are refused") {
  for (const char* const payload : {R"({"sub":"a","sub":"b"})", "[]", "\"text\"", "{", ""}) {
    CAPTURE(payload);
    CHECK(broken([&](Stage& stage) {
            stage.publish_with(signed_token(stage.key, stage.header, payload));
          }) == Diagnosis::id_token_malformed);
  }
}

}  // namespace gatehouse::sso::oidc_rp::testing
