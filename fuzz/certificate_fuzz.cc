// X.509 certificates of identity providers: what is accepted is written and read again as the same.

// fuzz-modules: core encoding crypto

#include "server/core/ensure.h"
#include "server/crypto/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  const auto found = crypto::parse_certificates({reinterpret_cast<const char*>(data), size});
  if (!found.ok()) return 0;
  ENSURE(found.value().size() <= crypto::certificates_max);
  for (const crypto::Certificate& certificate : found.value()) {
    const auto again = crypto::parse_certificates(certificate.pem());
    ENSURE(again.ok() && again.value().size() == 1);
    ENSURE(again.value()[0].der == certificate.der);
    ENSURE(again.value()[0].issuer == certificate.issuer);
    ENSURE(again.value()[0].not_after == certificate.not_after);
  }
  return 0;
}
