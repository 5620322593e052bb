// What identity providers answer, in four ways: the input as an ID token, as the header of a token
// that the provider's key has signed, as its claims, and as userinfo. The last three reach what
// lies behind the signature check.

// fuzz-modules: core encoding crypto jose net sso

#include "server/core/ensure.h"
#include "server/encoding/base64.h"
#include "server/jose/jwk.h"
#include "server/sso/oidc/id_token.h"
#include "server/sso/oidc/profile.h"
#include "server/sso/oidc/user_info.h"

namespace gatehouse::sso::oidc_rp {
namespace {

// Made for this file.
constexpr std::string_view fuzz_key_pkcs8 =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHNC04Dd+XYGaeUIyJ0l1rVwjRf2/FTF+"
    "wnneFPWzPNuhRANCAAQHu5VTd0cQcrXw+v+PtSHSmRSLJZV9e8A5UfxArQ/+uStwhfJvb1EGIWlId3f4"
    "Yp/V0vdz9NCEGvh9GjR/0yoR";

struct Fixture {
  crypto::SigningKey key =
      crypto::SigningKey::import_pkcs8(Secret(base64_decode(fuzz_key_pkcs8).value())).value();
  jose::ForeignKeys keys =
      jose::ForeignKeys::parse("{\"keys\":[" +
                               jose::jwk_json({.kid = "k1", .key = key.public_key()}) + "]}")
          .value();
  IdTokenExpectations expected{.issuer = "https://idp.example",
                               .tenants = {},
                               .client_id = "client-1",
                               .nonce = "nonce-1",
                               .access_token = "access-token-1",
                               .now = instant_from_ms(1'790'000'000'000)};
  IdTokenExpectations of_any_tenant = expected;
  Relying relying{.connection = ConnectionId(1),
                  .attribute_mapping = {{"groups", "roles"}, {"department", "dept"}},
                  .redirect_uri = "https://auth.example/callback"};

  Fixture() {
    of_any_tenant.issuer = "https://login.example/{tenantid}/v2.0";
    of_any_tenant.tenants.kind = Tenants::Kind::organizations;
  }
};

void check_profile(const Fixture& fixture, const PersonClaims& claims) {
  login::OutsideIdentity identity{
      .connection = ConnectionId(1), .issuer = "https://idp.example", .subject = "ada"};
  if (!fill_profile(fixture.relying, claims, identity).ok()) return;
  ENSURE(identity.picture.empty() || identity.picture.starts_with("https://"));
  ENSURE(identity.groups.size() <= 200);
  ENSURE(Json::parse(identity.raw_attributes).ok());
  ENSURE(login::outside_identity_from_json(login::outside_identity_to_json(identity)).ok());
}

void check_token(const Fixture& fixture, std::string_view token) {
  for (const auto* expected : {&fixture.expected, &fixture.of_any_tenant}) {
    CheckLog checks;
    auto verified = verify_id_token(token, fixture.keys, *expected, checks);
    if (!verified.ok()) continue;
    const Json& claims = verified.value().claims;
    ENSURE(claims.string("nonce") == "nonce-1");
    ENSURE(claims.string("iss") == verified.value().issuer);
    ENSURE(!verified.value().subject.empty() && verified.value().subject.size() <= 255);
    check_profile(fixture, {.id_token = std::move(verified).value().claims, .user_info = Json()});
  }
}

std::string signed_by(const Fixture& fixture, std::string_view header, std::string_view payload) {
  const std::string text = base64url_encode(header) + "." + base64url_encode(payload);
  return text + "." + base64url_encode(fixture.key.sign(text));
}

}  // namespace
}  // namespace gatehouse::sso::oidc_rp

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  using namespace gatehouse::sso::oidc_rp;
  static const Fixture fixture;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_token(fixture, input);
  check_token(fixture, signed_by(fixture, R"({"alg":"ES256","kid":"k1"})", input));
  check_token(fixture, signed_by(fixture, input, R"({"iss":"https://idp.example"})"));
  const auto user_info = Json::parse(input);
  if (user_info.ok()) {
    (void)subject_of_user_info(fixture.relying, user_info.value());
    check_profile(fixture, {.id_token = Json(), .user_info = user_info.value()});
  }
  return 0;
}
