#include "server/jose/foreign_jws.h"

#include <doctest/doctest.h>

#include "server/encoding/base64.h"
#include "server/jose/jwk.h"

namespace gatehouse::jose {
namespace {

using Reason = ForeignJwsRefusal::Reason;

std::string token_of(const crypto::SigningKey& key, std::string_view header,
                     std::string_view payload) {
  const std::string text = base64url_encode(header) + "." + base64url_encode(payload);
  return text + "." + base64url_encode(key.sign(text));
}

std::string key_set(const std::vector<std::string>& keys) {
  std::string out = "{\"keys\":[";
  for (const std::string& each : keys) out += (out.back() == '[' ? "" : ",") + each;
  return out + "]}";
}

std::optional<Reason> refusal(std::string_view token, const ForeignKeys& keys) {
  const auto outcome = verify_foreign_jws(token, keys);
  if (outcome.ok()) return std::nullopt;
  return outcome.error().reason;
}

}  // namespace

TEST_CASE("foreign jws: the example of the specification verifies [RFC 8037 §A.4]") {
  const ForeignKeys keys = ForeignKeys::parse(key_set({R"({"kty":"OKP","crv":"Ed25519",
          "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"}))
                               .value();
  const std::string token =
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
  const auto jws = verify_foreign_jws(token, keys);
  REQUIRE(jws.ok());
  CHECK(jws.value().payload == "Example of Ed25519 signing");
  CHECK(jws.value().algorithm == crypto::ForeignAlgorithm::eddsa);
  std::string changed = token;
  changed[30] = changed[30] == 'A' ? 'B' : 'A';
  CHECK(refusal(changed, keys) == Reason::signature_wrong);
}

TEST_CASE("foreign jws: the key set decides by kid, kind and alg") {
  const auto one = crypto::SigningKey::generate(crypto::SigningKeyKind::p256);
  const auto two = crypto::SigningKey::generate(crypto::SigningKeyKind::p256);
  const ForeignKeys keys =
      ForeignKeys::parse(key_set({jwk_json({.kid = "1", .key = one.public_key()}),
                                  jwk_json({.kid = "2", .key = two.public_key()})}))
          .value();
  CHECK(keys.size() == 2);
  CHECK_FALSE(refusal(token_of(one, R"({"alg":"ES256","kid":"1"})", "{}"), keys).has_value());
  CHECK_FALSE(refusal(token_of(two, R"({"alg":"ES256","kid":"2"})", "{}"), keys).has_value());
  CHECK(refusal(token_of(one, R"({"alg":"ES256","kid":"2"})", "{}"), keys) ==
        Reason::signature_wrong);
  CHECK(refusal(token_of(one, R"({"alg":"ES256"})", "{}"), keys) == Reason::key_unknown);
  CHECK(refusal(token_of(one, R"({"alg":"ES384","kid":"1"})", "{}"), keys) == Reason::key_unknown);
  CHECK(refusal(token_of(one, R"({"alg":"HS256","kid":"1"})", "{}"), keys) ==
        Reason::algorithm_refused);
}

TEST_CASE("foreign jws: a key set is an object with not too many keys") {
  const std::string good =
      jwk_json({.kid = "1",
                .key = crypto::SigningKey::generate(crypto::SigningKeyKind::ed25519).public_key()});
  CHECK(ForeignKeys::parse(key_set({good})).value().size() == 1);
  CHECK(ForeignKeys::parse(key_set({})).value().size() == 0);
  CHECK_FALSE(ForeignKeys::parse("[]").ok());
  CHECK_FALSE(ForeignKeys::parse("{}").ok());
  CHECK_FALSE(ForeignKeys::parse(good).ok());
  CHECK_FALSE(ForeignKeys::parse(key_set(std::vector<std::string>(65, good))).ok());
  CHECK(ForeignKeys::parse(key_set(std::vector<std::string>(64, good))).ok());
  // A published private key is nobody's.
  std::string with_secret = good;
  with_secret.insert(1, R"("d":"AAAA",)");
  CHECK(ForeignKeys::parse(key_set({with_secret})).value().size() == 0);
  std::string for_signing = good;
  for_signing.insert(1, R"("key_ops":["sign"],)");
  CHECK(ForeignKeys::parse(key_set({for_signing})).value().size() == 0);
  for_signing = good;
  for_signing.insert(1, R"("key_ops":["sign","verify"],"x5c":["MIIB"],"x5t":"a",)");
  CHECK(ForeignKeys::parse(key_set({for_signing})).value().size() == 1);
}

}  // namespace gatehouse::jose
