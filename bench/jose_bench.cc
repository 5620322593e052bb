// How fast tokens are signed and verified, by algorithm, on one thread, in its processor time, as
// `openssl speed rsa2048 ecdsap256 ed25519` counts, its peer. Every answer is checked.
//
//   jose_bench [seconds per figure]

#include <time.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "server/core/ensure.h"
#include "server/core/function_ref.h"
#include "server/jose/jwt.h"

namespace gatehouse::jose {
namespace {

// Processor time of this thread, in microseconds.
double cpu_time_us() {
  timespec now = {};
  ENSURE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// An access token of an ordinary user.
constexpr std::string_view claims =
    R"({"iss":"https://auth.example","aud":["skc_7203948571234567890"],"sub":"usr_7203948571)"
    R"(234567891",)"
    R"("exp":1790000900,"iat":1790000000,"nbf":1789999940,"jti":"tkn_7203948571234567892",)"
    R"("sid":"ses_7203948571234567893","oid":"org_7203948571234567894",)"
    R"("org_id":"org_7203948571234567894","client_id":"skc_7203948571234567890",)"
    R"("roles":["admin"],"permissions":[],"scope":"openid profile email",)"
    R"("scopes":["openid","profile","email"],"email":"ada@acme.test","email_verified":true,)"
    R"("name":"Ada Lovelace","given_name":"Ada","family_name":"Lovelace"})";

// Microseconds for one call, measured for about `duration`.
double measure(Duration duration, FunctionRef<void()> work) {
  const double start = cpu_time_us();
  const double enough = static_cast<double>(duration.count()) * 1e3;
  double elapsed = 0;
  std::int64_t count = 0;
  for (; elapsed < enough; elapsed = cpu_time_us() - start) {
    for (int i = 0; i < 16; ++i) work();
    count += 16;
  }
  return elapsed / static_cast<double>(count);
}

void report(std::string_view what, std::string_view algorithm, double microseconds) {
  std::printf("%-16.*s %-8.*s %9.1f us %10.0f /s\n", static_cast<int>(what.size()), what.data(),
              static_cast<int>(algorithm.size()), algorithm.data(), microseconds,
              1'000'000 / microseconds);
}

void run(crypto::SigningKeyKind kind, Duration duration) {
  const crypto::SigningKey key = crypto::SigningKey::generate(kind);
  const std::string_view name = crypto::algorithm_name(key.algorithm());
  const TokenSigner signer(key, "snk_7203948571234567895");
  const std::array published = {
      PublicJwk{.kid = "snk_7203948571234567895", .key = key.public_key()}};
  const VerificationKeys keys(published);
  const JwtExpectations expectations{.issuer = "https://auth.example",
                                     .audience = "skc_7203948571234567890",
                                     .type = TokenType::access_token,
                                     .now = instant_from_ms(1'790'000'000'000)};
  std::string token;
  const double signing =
      measure(duration, [&] { token = signer.sign(TokenType::access_token, claims); });
  report("sign a token", name, signing);
  const double verifying = measure(duration, [&] {
    ENSURE(VerifiedJwt::verify(token, keys, expectations).value().subject().has_value());
  });
  report("verify a token", name, verifying);
  const std::string signature = key.sign(claims);
  report("sign alone", name, measure(duration, [&] { ENSURE(!key.sign(claims).empty()); }));
  report("verify alone", name,
         measure(duration, [&] { ENSURE(published[0].key.verify(claims, signature)); }));
  const Secret der = key.export_pkcs8();
  report("open a key", name, measure(duration, [&] {
           ENSURE(crypto::SigningKey::import_pkcs8(der).value().public_key().algorithm() ==
                  key.algorithm());
         }));
}

}  // namespace
}  // namespace gatehouse::jose

int main(int argc, char** argv) {
  using namespace gatehouse;
  const double each = argc > 1 ? std::atof(argv[1]) : 1.0;
  const Duration duration(static_cast<std::int64_t>(each * 1000));
  jose::run(crypto::SigningKeyKind::p256, duration);
  jose::run(crypto::SigningKeyKind::rsa_2048, duration);
  jose::run(crypto::SigningKeyKind::ed25519, duration);
  return 0;
}
