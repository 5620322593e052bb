#include "server/crypto/hkdf.h"

#include <array>

#include "server/core/ensure.h"
#include "server/crypto/handles.h"
#include "server/crypto/hash.h"

namespace gatehouse::crypto {
namespace {

// OSSL_PARAM takes pointers to mutable bytes, which it only reads.
OSSL_PARAM octets(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

}  // namespace

Secret hkdf_sha256(const HkdfInput& input, std::size_t output_bytes) {
  ENSURE(!input.key.empty() && output_bytes >= 1 && output_bytes <= 255 * sha256_bytes);
  const KdfContext context(EVP_KDF_CTX_new(algorithms().hkdf.get()));
  ENSURE(context != nullptr);
  std::string digest = "SHA256";
  std::array<OSSL_PARAM, 5> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      octets(OSSL_KDF_PARAM_KEY, input.key), OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end(),
      OSSL_PARAM_construct_end()};
  std::size_t count = 2;
  // Absent and empty are the same to the algorithm, but not to OpenSSL's parameters.
  if (!input.salt.empty()) params[count++] = octets(OSSL_KDF_PARAM_SALT, input.salt);
  if (!input.label.empty()) params[count++] = octets(OSSL_KDF_PARAM_INFO, input.label);
  std::string derived(output_bytes, '\0');
  ENSURE(EVP_KDF_derive(context.get(), bytes_of(derived), derived.size(), params.data()) == 1);
  return Secret(std::move(derived));
}

}  // namespace gatehouse::crypto
