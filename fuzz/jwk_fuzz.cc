// Public keys from outside. One that is taken is written and read again as the same key.

// fuzz-modules: core encoding crypto jose

#include "server/core/ensure.h"
#include "server/jose/jwk.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  const auto parsed = jose::parse_jwk({reinterpret_cast<const char*>(data), size});
  if (!parsed.ok()) return 0;
  const jose::PublicJwk& jwk = parsed.value();
  const auto read_again = jose::parse_jwk(jose::jwk_json(jwk));
  if (!read_again.ok()) {
    // OpenSSL looks for factors of an RSA modulus by chance: what it took once, it may refuse.
    ENSURE(jwk.key.algorithm() == crypto::SignatureAlgorithm::rs256);
    return 0;
  }
  const jose::PublicJwk& again = read_again.value();
  ENSURE(again.kid == jwk.kid);
  ENSURE(again.key.parts() == jwk.key.parts());
  ENSURE(jose::thumbprint(again.key) == jose::thumbprint(jwk.key));
  ENSURE(!jwk.key.verify("data", "signature"));
  return 0;
}
