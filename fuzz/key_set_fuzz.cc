// The key sets of identity providers.

// fuzz-modules: core encoding crypto jose

#include "server/core/ensure.h"
#include "server/jose/foreign_jws.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto keys = jose::ForeignKeys::parse(input);
  if (!keys.ok()) return 0;
  ENSURE(keys.value().size() <= jose::ForeignKeys::keys_max);
  for (const char* const token : {"eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "eyJhbGciOiJFZERTQSJ9.e30.AAAA",
                                  "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.e30.AAAA"}) {
    ENSURE(!jose::verify_foreign_jws(token, keys.value()).ok());
  }
  return 0;
}
