// Tokens from outside, in three ways: the input as a token, as the header of a token that our key
// has signed, and as its claims. The last two reach what lies behind the signature check.

// fuzz-modules: core encoding crypto jose

#include <algorithm>
#include <array>

#include "server/core/ensure.h"
#include "server/encoding/base64.h"
#include "server/jose/jwt.h"

namespace gatehouse::jose {
namespace {

// Made for this file; the seed tokens are signed with it.
constexpr std::string_view fuzz_key_pkcs8 =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHNC04Dd+XYGaeUIyJ0l1rVwjRf2/FTF+"
    "wnneFPWzPNuhRANCAAQHu5VTd0cQcrXw+v+PtSHSmRSLJZV9e8A5UfxArQ/+uStwhfJvb1EGIWlId3f4"
    "Yp/V0vdz9NCEGvh9GjR/0yoR";

struct Fixture {
  crypto::SigningKey key =
      crypto::SigningKey::import_pkcs8(Secret(base64_decode(fuzz_key_pkcs8).value())).value();
  TokenSigner signer{key, "snk_1"};
  VerificationKeys keys{std::array{PublicJwk{.kid = "snk_1", .key = key.public_key()}}};
  JwtExpectations expectations{.issuer = "https://auth.example",
                               .audience = "app",
                               .type = TokenType::access_token,
                               .now = instant_from_ms(1'790'000'000'000)};
};

void check_claims(const Fixture& fixture, std::string_view token) {
  const auto outcome = VerifiedJwt::verify(token, fixture.keys, fixture.expectations);
  if (!outcome.ok()) return;
  const VerifiedJwt& jwt = outcome.value();
  const auto audiences = jwt.audiences();
  ENSURE(jwt.string("iss") == fixture.expectations.issuer);
  ENSURE(std::find(audiences.begin(), audiences.end(), "app") != audiences.end());
  ENSURE(jwt.expires_at() > fixture.expectations.now);
  (void)jwt.strings("roles");
  (void)jwt.claims().text();
}

void check_token(const Fixture& fixture, std::string_view token) {
  const auto outcome = verify_jws(token, fixture.keys);
  if (!outcome.ok()) return;
  ENSURE(outcome.value().kid == "snk_1");
  ENSURE(std::count(token.begin(), token.end(), '.') == 2);
  check_claims(fixture, token);
}

}  // namespace
}  // namespace gatehouse::jose

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  static const jose::Fixture fixture;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_token(fixture, input);
  check_claims(fixture, fixture.signer.sign(jose::TokenType::access_token, input));
  const std::string text =
      base64url_encode(input) + "." + base64url_encode(R"({"iss":"https://auth.example"})");
  check_token(fixture, text + "." + base64url_encode(fixture.key.sign(text)));
  return 0;
}
