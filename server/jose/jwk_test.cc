#include "server/jose/jwk.h"

#include <doctest/doctest.h>

#include <array>

#include "server/core/limits.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"

namespace gatehouse::jose {
namespace {

// The public keys and signatures of the specifications' examples.
constexpr std::string_view rfc7515_rsa =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qP)"
    R"(CJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7O)"
    R"(Mg0LOL-)"
    R"(bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo)"
    R"(5ZwKh9k)"
    R"(G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",)"
    R"("e":"AQAB"})";
constexpr std::string_view rfc7515_ec =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view rfc7638_rsa =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aP)"
    R"(FFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf)"
    R"(0h4QyQ5)"
    R"(v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qN)"
    R"(Lyrdkt-)"
    R"(bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",)"
    R"("e":"AQAB","alg":"RS256","kid":"2011-04-29"})";
constexpr std::string_view rfc8037_okp =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

constexpr std::string_view rfc7515_payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";

bool verifies(std::string_view jwk, const std::string& signed_text, std::string_view signature) {
  const PublicJwk parsed = parse_jwk(jwk).value();
  const std::string bytes = base64url_decode(signature).value();
  return parsed.key.verify(signed_text, bytes) && !parsed.key.verify(signed_text + "A", bytes);
}

TEST_CASE("jwk: the RS256 example of RFC 7515 A.2 verifies") {
  CHECK(verifies(
      rfc7515_rsa, "eyJhbGciOiJSUzI1NiJ9." + std::string(rfc7515_payload),
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
      "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
      "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
      "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"));
}

TEST_CASE("jwk: the ES256 example of RFC 7515 A.3 verifies") {
  CHECK(verifies(
      rfc7515_ec, "eyJhbGciOiJFUzI1NiJ9." + std::string(rfc7515_payload),
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"));
}

TEST_CASE("jwk: the EdDSA example of RFC 8037 A.4 verifies") {
  CHECK(verifies(
      rfc8037_okp, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"));
}

TEST_CASE("jwk: thumbprints are those of RFC 7638 3.1 and RFC 8037 A.3") {
  CHECK_EQ(thumbprint(parse_jwk(rfc7638_rsa).value().key),
           "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  CHECK_EQ(thumbprint(parse_jwk(rfc8037_okp).value().key),
           "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST_CASE("jwk: what we write names kty, alg, use and kid, holds nothing private and reads back") {
  for (const auto kind : {crypto::SigningKeyKind::rsa_2048, crypto::SigningKeyKind::p256,
                          crypto::SigningKeyKind::ed25519}) {
    const PublicJwk jwk{.kid = "snk_17", .key = crypto::SigningKey::generate(kind).public_key()};
    const std::string text = jwk_json(jwk);
    const Json json = Json::parse(text).value();
    CHECK(json.string("use") == "sig");
    CHECK(json.string("kid") == "snk_17");
    CHECK(json.string("alg") == crypto::algorithm_name(jwk.key.algorithm()));
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi"}) CHECK(json.find(name) == nullptr);
    const PublicJwk again = parse_jwk(text).value();
    CHECK_EQ(again.kid, "snk_17");
    CHECK(again.key.parts() == jwk.key.parts());
  }
}

TEST_CASE("jwk: a set holds its keys in order, and an empty one is still a set") {
  const auto key = parse_jwk(rfc7515_ec).value().key;
  const std::array keys = {PublicJwk{.kid = "b", .key = key}, PublicJwk{.kid = "a", .key = key}};
  const Json set = Json::parse(jwks_json(keys)).value();
  REQUIRE(set.array("keys") != nullptr);
  REQUIRE_EQ(set.array("keys")->size(), 2);
  CHECK(set.array("keys")->at(0).string("kid") == "b");
  CHECK(set.array("keys")->at(1).string("kid") == "a");
  CHECK_EQ(jwks_json({}), R"({"keys":[]})");
}

TEST_CASE("jwk: keys of other kinds, private keys and malformed ones are refused") {
  for (const std::string_view wrong : {
           R"()",
           R"([])",
           R"("RSA")",
           R"({})",
           R"({"kty":"oct","k":"AAAA"})",
           R"({"kty":"RSA"})",
           R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
           R"({"kty":"RSA","n":1,"e":"AQAB"})",
           R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})",
           R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
           R"({"kty":"EC","x":"AA","y":"AA"})",
           R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
           R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"})",
       }) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_jwk(wrong).ok());
  }
}

TEST_CASE("jwk: one wrong or extra member spoils a good key") {
  const std::string good(rfc8037_okp.substr(0, rfc8037_okp.size() - 1));
  CHECK(parse_jwk(good + "}").ok());
  CHECK(parse_jwk(good + R"(,"use":"sig","alg":"EdDSA","key_ops":["verify"],"x-own":[1]})").ok());
  for (const char* extra : {R"("alg":"RS256")", R"("alg":"HS256")", R"("alg":"none")", R"("alg":1)",
                            R"("use":"enc")", R"("use":null)", R"("key_ops":["sign"])",
                            R"("key_ops":["verify","sign"])", R"("key_ops":"verify")",
                            R"("d":"AAAA")", R"("k":"AAAA")", R"("kid":7)", R"("kty":"OKP")"}) {
    CAPTURE(extra);
    CHECK_FALSE(parse_jwk(good + "," + extra + "}").ok());
  }
  CHECK_FALSE(
      parse_jwk(good + R"(,"note":")" + std::string(limits::jwk_bytes_max, 'x') + "\"}").ok());
  // The last character carries two bits that belong to no byte: only zeros are canonical there.
  std::string stray(rfc8037_okp);
  stray.replace(stray.find("HURo"), 4, "HURp");
  CHECK_FALSE(parse_jwk(stray).ok());
}

}  // namespace
}  // namespace gatehouse::jose
